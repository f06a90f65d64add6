/*
 * What the cases of propagation share: the contexts on the wire, and the least code that writes ids as
 * hex digits and reads them with a check of every digit.
 */
import { createRandom } from './floor.mjs';

const DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
const VALUES = Int8Array.from({ length: 128 }, (_, code) => DIGITS.indexOf(code));
const COUNT = 64;
export const MASK = COUNT - 1;

/** Where the work leaves what it made, lest the engine finds that nobody needs it. */
export const kept = new Array(COUNT).fill(null);

const random = createRandom();

/** Contexts of child spans in sampled traces with ids of 128 bits, as 32-bit words. */
export const contexts = Array.from({ length: COUNT }, () => ({
  t0: random(),
  t1: random(),
  t2: random(),
  t3: random(),
  s0: random(),
  s1: random(),
  p0: random(),
  p1: random(),
  sampled: true,
  debug: false,
}));

/** The same contexts with their ids as hex digits. */
export const ids = contexts.map(({ t0, t1, t2, t3, s0, s1, p0, p1 }) => ({
  traceId: hex64(t0, t1) + hex64(t2, t3),
  spanId: hex64(s0, s1),
  parentId: hex64(p0, p1),
}));

/**
 * Requests as a server gets them: the values are flat strings, as the parser of HTTP makes them, not
 * what is left of joining parts.
 *
 * @param {(id: { traceId: string, spanId: string, parentId: string }) => Record<string, string>}
 *   headersOf - those of one context
 * @returns {Record<string, string>[]}
 */
export function requests(headersOf) {
  return ids.map((id) => ({
    host: 'orders.example.test',
    'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)',
    accept: 'application/json',
    'accept-encoding': 'gzip, br',
    ...Object.fromEntries(Object.entries(headersOf(id)).map(([name, text]) => [name, flat(text)])),
  }));
}

function flat(text) {
  return Buffer.from(text, 'latin1').toString('latin1');
}

/**
 * Headers as a client has them before it sends a request.
 *
 * @returns {Record<string, string>}
 */
export function outbound() {
  return { host: 'orders.example.test', accept: 'application/json' };
}

function digit(word, shift) {
  return DIGITS[(word >>> shift) & 15];
}

export function hex64(high, low) {
  return String.fromCharCode(
    digit(high, 28),
    digit(high, 24),
    digit(high, 20),
    digit(high, 16),
    digit(high, 12),
    digit(high, 8),
    digit(high, 4),
    digit(high, 0),
    digit(low, 28),
    digit(low, 24),
    digit(low, 20),
    digit(low, 16),
    digit(low, 12),
    digit(low, 8),
    digit(low, 4),
    digit(low, 0),
  );
}

/** The 32 bits of eight lower-case hex digits from `start`; NaN where one is none. */
export function parseHex32(text, start) {
  let word = 0;
  let codes = 0;
  for (let i = start; i < start + 8; i++) {
    const code = text.charCodeAt(i);
    const value = VALUES[code & 127];
    codes |= code | value;
    word = (word << 4) | value;
  }
  return (codes & ~127) === 0 ? word : Number.NaN;
}

/** One header, whose name may be written in any case. */
export function header(headers, name) {
  const direct = headers[name];
  if (direct !== undefined) {
    return direct;
  }
  for (const key in headers) {
    if (key.length === name.length && key.toLowerCase() === name) {
      return headers[key];
    }
  }
  return undefined;
}

/** A tracer of ours with one format, and children of other spans to inject. */
export async function ourTracer(format) {
  const { BasicTracer } = await import('opentracing-ts/basictracer');
  const tracer = new BasicTracer({ propagation: [format], traceId128: true });
  const spans = ids.map(() => tracer.startSpan('get', { childOf: tracer.startSpan('request') }));
  return { tracer, spans };
}

/** What the propagators of OpenTelemetry inject: contexts with the ids of ours. */
export async function openTelemetryContexts() {
  const { ROOT_CONTEXT, trace } = await import('@opentelemetry/api');
  return ids.map(({ traceId, spanId }) =>
    trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: 1 }),
  );
}

/** A tracer of jaeger-client without a reporter. */
export async function jaegerTracer() {
  const { default: jaeger } = await import('jaeger-client');
  const reporter = { report() {}, close: (done) => done?.(), setProcess() {}, name: 'none' };
  const options = { traceId128bit: true };
  return new jaeger.Tracer('bench', reporter, new jaeger.ConstSampler(true), options);
}
