import type { Span } from '../src/model/span.js';

/** What a span of `shopTrace` is made of: times in microseconds since the start of the trace. */
interface Sketch {
  service: string;
  name: string;
  at: number;
  lasts: number;
  kind?: Span['kind'];
  tags?: Record<string, string>;
  logs?: [at: number, value: string][];
  children?: Sketch[];
}

/** How a text looks that would be markup if the page were careless. */
export const HOSTILE_NAME = '<img src=x onerror="document.title=1"><b>bold</b>';

const addresses: Readonly<Record<string, string>> = {
  gateway: '10.0.0.1',
  orders: '10.0.0.2',
  inventory: '10.0.0.3',
  pricing: '10.0.0.4',
};

/**
 * A trace of an order that crosses four services, 40 spans in all, with errors, logs, deep nesting,
 * long names, an orphan, and a span that was never finished.
 * @param traceId 16 lower-case hexadecimal digits
 * @param timestamp when it started, in microseconds since the epoch
 */
export function shopTrace(traceId: string, timestamp: number): Span[] {
  const spans: Span[] = [];
  const add = (sketch: Sketch, parentId: string | undefined): void => {
    const id = (spans.length + 1).toString(16).padStart(16, '0');
    spans.push({
      traceId,
      id,
      ...(parentId === undefined ? {} : { parentId }),
      name: sketch.name,
      ...(sketch.kind === undefined ? {} : { kind: sketch.kind }),
      timestamp: timestamp + sketch.at,
      duration: sketch.lasts,
      localEndpoint: { serviceName: sketch.service, ipv4: addresses[sketch.service] ?? '10.0.0.9' },
      ...(sketch.tags === undefined ? {} : { tags: sketch.tags }),
      ...(sketch.logs === undefined
        ? {}
        : {
            annotations: sketch.logs.map(([at, value]) => ({ timestamp: timestamp + at, value })),
          }),
    });
    for (const child of sketch.children ?? []) add(child, id);
  };
  add(order, undefined);
  const orphan = spans[30];
  const unfinished = spans[35];
  if (orphan !== undefined) orphan.parentId = 'fffffffffffffff0';
  if (unfinished !== undefined) delete unfinished.duration;
  return spans;
}

/** A call from one service to another: the caller's span with the callee's under it. */
function call(from: string, inner: Sketch, tags: Record<string, string> = {}): Sketch {
  return {
    service: from,
    name: `get ${inner.service}`,
    kind: 'CLIENT',
    at: inner.at - 1_200,
    lasts: inner.lasts + 2_500,
    tags: {
      'http.method': 'GET',
      'http.url': `http://${inner.service}:8080/${inner.name}`,
      ...tags,
    },
    children: [{ kind: 'SERVER', ...inner }],
  };
}

function chain(depth: number, at: number, lasts: number): Sketch {
  return {
    service: 'pricing',
    name: depth === 0 ? 'worker: apply the price rules of the season' : `rule ${9 - depth}`,
    at,
    lasts,
    children: depth === 0 ? [] : [chain(depth - 1, at + 900, lasts - 1_700)],
  };
}

const stockChecks: Sketch[] = Array.from({ length: 9 }, (_, index) => ({
  service: 'inventory',
  name: `select stock of article ${4_711 + index}`,
  at: 24_000 + index * 6_300,
  lasts: 4_100 + index * 350,
  tags: {
    'db.statement': `SELECT amount, reserved FROM stock WHERE article = ${4_711 + index}`,
    ...(index === 6 ? { error: 'lock wait timeout exceeded' } : {}),
  },
}));

const order: Sketch = {
  service: 'gateway',
  name: 'post /orders',
  kind: 'SERVER',
  at: 0,
  lasts: 238_400,
  tags: {
    'http.method': 'POST',
    'http.status_code': '502',
    'http.url': 'http://localhost:3000/orders?campaign=autumn&referrer=newsletter-2026-11',
    error: 'pricing answered 500',
    'user.agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36',
  },
  logs: [
    [3_000, 'event=authenticated user=4711'],
    [231_000, 'event=error message="pricing answered 500"'],
  ],
  children: [
    { service: 'gateway', name: 'authenticate', at: 900, lasts: 2_400 },
    { service: 'gateway', name: 'parse body', at: 3_500, lasts: 310, tags: { bytes: '18233' } },
    call('gateway', {
      service: 'orders',
      name: 'orders',
      at: 8_000,
      lasts: 205_000,
      logs: [[14_000, 'event=validated articles=9']],
      children: [
        {
          service: 'orders',
          name: 'validate the order against the rules of the customer, the country and the season',
          at: 9_000,
          lasts: 5_200,
        },
        call('orders', {
          service: 'inventory',
          name: 'stock',
          at: 20_000,
          lasts: 84_000,
          children: stockChecks,
        }),
        call(
          'orders',
          {
            service: 'pricing',
            name: 'price',
            at: 109_000,
            lasts: 88_000,
            tags: { error: 'RangeError: no rule for country XX', 'http.status_code': '500' },
            logs: [
              [112_000, 'event=cache.miss key=price:4711'],
              [
                191_000,
                'event=error error.kind=RangeError message="no rule for country XX"\nstack=RangeError: no rule for country XX\n    at ruleFor (rules.js:41:11)\n    at price (price.js:17:20)',
              ],
            ],
            children: [
              chain(8, 113_000, 71_000),
              { service: 'pricing', name: 'log', at: 192_000, lasts: 40 },
            ],
          },
          { error: '500', 'http.status_code': '500' },
        ),
        ...Array.from({ length: 8 }, (_, index) => ({
          service: 'orders',
          name: `release reservation ${index + 1}`,
          at: 199_000 + index * 1_900,
          lasts: 1_500,
        })),
      ],
    }),
    {
      service: 'gateway',
      name: HOSTILE_NAME,
      at: 226_000,
      lasts: 3_000,
      tags: { [HOSTILE_NAME]: HOSTILE_NAME },
    },
    { service: 'gateway', name: 'render error page', at: 231_500, lasts: 5_600 },
    { service: 'gateway', name: 'send response', at: 237_200, lasts: 900 },
  ],
};

/** A trace of one span of the gateway. The timestamp is in microseconds since the epoch. */
export function rootSpan(traceId: string, name: string, timestamp: number): Span {
  return {
    traceId,
    id: '1',
    name,
    kind: 'SERVER',
    timestamp,
    duration: 4_200,
    localEndpoint: { serviceName: 'gateway' },
  };
}

/** Six traces of two spans each, from four minutes to three hours before `now` (microseconds). */
export function smallTraces(now: number): Span[][] {
  return Array.from({ length: 6 }, (_, index) => {
    const timestamp = now - 240_000_000 - index * index * 400_000_000;
    const name = index % 3 === 0 ? 'get /products/:id' : 'get /products';
    const root = rootSpan(`00000000000000b${index}`, name, timestamp);
    return [
      { ...root, duration: 9_100 + index * 23_777 },
      {
        traceId: root.traceId,
        id: '2',
        parentId: root.id,
        name: 'select products',
        timestamp: timestamp + 800,
        duration: 7_000,
        localEndpoint: { serviceName: index % 2 === 0 ? 'pricing' : 'inventory' },
        ...(index === 2 ? { tags: { error: 'timeout' } } : {}),
      },
    ];
  });
}
