import type { Span } from '../../src/model/span.js';

/** A span as its place in a tree: times in microseconds since the start of the trace. */
export interface Sketch {
  service: string;
  name: string;
  at?: number;
  lasts?: number;
  kind?: Span['kind'];
  /** The service that is called. */
  remote?: string;
  tags?: Record<string, string>;
  children?: Sketch[];
}

/**
 * The spans of a tree, parents first, with ids in that order.
 * @param timestamp when the trace starts, in microseconds since the epoch
 */
export function spansOf(
  root: Sketch,
  traceId = '00000000000000c1',
  timestamp = 1_700_000_000_000_000,
): Span[] {
  const spans: Span[] = [];
  const waiting: { sketch: Sketch; parentId?: string }[] = [{ sketch: root }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { sketch, parentId } = next;
    const id = (spans.length + 1).toString(16).padStart(16, '0');
    spans.push({
      traceId,
      id,
      ...(parentId === undefined ? {} : { parentId }),
      name: sketch.name,
      ...(sketch.kind === undefined ? {} : { kind: sketch.kind }),
      timestamp: timestamp + (sketch.at ?? 0),
      duration: sketch.lasts ?? 100,
      localEndpoint: { serviceName: sketch.service },
      ...(sketch.remote === undefined ? {} : { remoteEndpoint: { serviceName: sketch.remote } }),
      ...(sketch.tags === undefined ? {} : { tags: sketch.tags }),
    });
    for (const child of [...(sketch.children ?? [])].reverse()) {
      waiting.push({ sketch: child, parentId: id });
    }
  }
  return spans;
}

/** A trace of 10,000 spans: a hundred requests in a row, each with up to 99 spans under it. */
export function largeTrace(traceId: string, timestamp: number): Span[] {
  const requests = Array.from({ length: 100 }, (_, request): Sketch => {
    const at = request * 10_000;
    const statements = Array.from({ length: 98 }, (_, index) => ({
      service: index % 2 === 0 ? 'stock' : 'prices',
      name: `select ${(request * 98 + index) % 400}`,
      at: at + 400 + index * 95,
      lasts: 40 + (index % 7) * 8,
      ...(index % 31 === 0 ? { tags: { error: 'timeout' } } : {}),
    }));
    const work = {
      service: 'orders',
      name: 'load',
      at: at + 300,
      lasts: 9_500,
      children: statements,
    };
    return {
      service: 'orders',
      name: `order ${request % 10}`,
      at,
      lasts: 9_900,
      children: [work],
    };
  });
  const all = spansOf(
    { service: 'batch', name: 'nightly run', lasts: 1_000_000, children: requests },
    traceId,
    timestamp,
  );
  return all.slice(0, 10_000);
}

/**
 * Traces in which services call each other: each link is a call of its own trace, from a client's span to
 * the server's under it. Callers say whom they call unless `isNamed` is false.
 */
export function callsBetween(
  links: readonly { from: string; to: string; calls: number; errors?: number; lasts?: number }[],
  timestamp: number,
  isNamed = true,
): Span[] {
  let trace = 0;
  return links.flatMap(({ from, to, calls, errors = 0, lasts = 5_000 }) =>
    Array.from({ length: calls }, (_, index) => {
      trace += 1;
      const tags = index < errors ? { tags: { error: '500' } } : {};
      const server = { service: to, name: 'serve', at: 500, lasts: lasts + index, ...tags };
      const client: Sketch = {
        service: from,
        name: `call ${to}`,
        kind: 'CLIENT',
        ...(isNamed ? { remote: to } : {}),
        lasts: lasts + index + 1_000,
        children: [{ kind: 'SERVER', ...server }],
      };
      const id = `d${trace.toString(16).padStart(15, '0')}`;
      return spansOf(client, id, timestamp + trace * 1_000);
    }).flat(),
  );
}
