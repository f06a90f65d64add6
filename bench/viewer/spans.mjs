// Spans as a shop's services send them, the same ones whenever they are asked for.

/** How many spans a trace has. */
export const SPANS_OF_TRACE = 10;

const SERVICES = ['gateway', 'shop', 'stock', 'payment', 'mail', 'search', 'users', 'db'];
const OPERATIONS = ['get', 'post', 'list', 'reserve', 'checkout', 'query', 'send', 'login'];
const MS_BETWEEN_TRACES = 3;

/** Milliseconds since the epoch: when the first trace begins. */
export const FIRST = Date.UTC(2024, 0, 2);

/** @param {number} spans - that are sent @returns when the last trace begins, in milliseconds */
export function lastOf(spans) {
  return FIRST + Math.ceil(spans / SPANS_OF_TRACE) * MS_BETWEEN_TRACES;
}

/** @param {number} trace - its number @returns its id */
export function traceIdOf(trace) {
  // Spread over all digits, as random ids are.
  const low = Math.imul(trace + 1, 0x9e3779b1) >>> 0;
  const high = Math.imul(trace + 1, 0x85ebca6b) >>> 0;
  return `${hex(high)}${hex(low)}${hex(trace)}${hex(low ^ high)}`;
}

/**
 * Whole traces, as JSON.
 *
 * @param {number} first - the number of the first trace
 * @param {number} count - of traces
 */
export function tracesAsJson(first, count) {
  const spans = [];
  for (let trace = first; trace < first + count; trace++) {
    const traceId = traceIdOf(trace);
    const start = (FIRST + trace * MS_BETWEEN_TRACES) * 1000;
    for (let i = 0; i < SPANS_OF_TRACE; i++) {
      spans.push(spanOf(trace, traceId, start, i));
    }
  }
  return Buffer.from(JSON.stringify(spans));
}

function spanOf(trace, traceId, start, i) {
  const isServer = i % 2 === 0;
  // A call has a client span, and its server span below it.
  const service = SERVICES[((isServer ? i : i - 1) / 2 + trace) % SERVICES.length];
  const next = SERVICES[((isServer ? i : i - 1) / 2 + trace + 1) % SERVICES.length];
  const isFailed = trace % 50 === 0 && i === SPANS_OF_TRACE - 1;
  return {
    traceId,
    ...(i > 0 && { parentId: idOf(trace, i - 1) }),
    id: idOf(trace, i),
    kind: isServer ? 'SERVER' : 'CLIENT',
    name: `${OPERATIONS[(trace + i) % OPERATIONS.length]} /${service}/{id}`,
    timestamp: start + i * 100,
    duration: (trace % 1000) * 37 + (SPANS_OF_TRACE - i) * 500,
    localEndpoint: { serviceName: service, ipv4: `10.0.0.${1 + (trace % 4)}` },
    ...(!isServer && { remoteEndpoint: { serviceName: next, ipv4: '10.0.1.1', port: 8080 } }),
    tags: {
      'http.method': i % 4 === 0 ? 'GET' : 'POST',
      'http.path': `/${service}/${trace % 5000}`,
      'http.status_code': isFailed ? '500' : '200',
      ...(i === 0 && { 'user.id': String(trace % 20_000) }),
      ...(isFailed && { error: 'out of stock' }),
    },
    ...(i === 3 && { annotations: [{ timestamp: start + 350, value: 'retry' }] }),
  };
}

function idOf(trace, i) {
  return hex(trace) + hex((Math.imul(i + 1, 0x9e3779b1) >>> 0) | 1);
}

/** Eight digits. @param {number} number */
function hex(number) {
  return (number >>> 0).toString(16).padStart(8, '0');
}
