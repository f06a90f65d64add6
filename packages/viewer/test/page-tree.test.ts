import { describe, expect, it } from 'vitest';
import { mergeTrace } from '../src/model/merge.js';
import type { Span } from '../src/model/span.js';
import { lineOf, newestFirst } from '../src/model/trace-line.js';
import { buildTrace, type Node, type Trace } from '../src/model/tree.js';
import { placeBar, ticks } from '../src/page/model/timeline.js';
import { shopTrace } from './page-data.js';
import { FIXTURES, fixture } from './support/collector.js';

const second = 1_000_000;
const epoch = 1_700_000_000 * second;

/** A span with an id of one digit, so that a trace can be read. Times are relative to `epoch`. */
function span(id: string, fields: Partial<Span> & { at?: number } = {}): Span {
  const { at = 0, ...rest } = fields;
  return {
    traceId: '00000000000000a1',
    id,
    name: id,
    timestamp: epoch + at,
    duration: 100,
    localEndpoint: { serviceName: 'shop' },
    ...rest,
  };
}

/** The tree as indented keys. */
function outline({ nodes }: Trace): string[] {
  return nodes.map(({ key, depth }) => '  '.repeat(depth) + key);
}

function find(trace: Trace, key: string): Node {
  const node = trace.nodes.find((each) => each.key === key);
  if (node === undefined) throw new Error(`no node ${key}`);
  return node;
}

describe('the tree of a trace', () => {
  it('has parents before children and children by start time, whatever the order of the spans', () => {
    const spans = [
      span('d', { parentId: 'b', at: 30 }),
      span('c', { parentId: 'a', at: 20 }),
      span('b', { parentId: 'a', at: 10 }),
      span('a'),
    ];
    for (const order of [spans, [...spans].reverse()]) {
      expect(outline(buildTrace(order))).toEqual(['a', '  b', '    d', '  c']);
    }
  });

  it('hangs the server half of a shared span under its client half, and the server’s children under the server half', () => {
    const trace = buildTrace([
      span('a', { kind: 'SERVER', localEndpoint: { serviceName: 'web' } }),
      span('b', { parentId: 'a', kind: 'CLIENT', at: 10, localEndpoint: { serviceName: 'web' } }),
      span('b', {
        parentId: 'a',
        kind: 'SERVER',
        shared: true,
        at: 20,
        localEndpoint: { serviceName: 'db' },
      }),
      span('c', { parentId: 'b', at: 30, localEndpoint: { serviceName: 'db' } }),
      span('d', { parentId: 'b', at: 40, localEndpoint: { serviceName: 'web' } }),
    ]);
    expect(outline(trace)).toEqual(['a', '  b', '    b-server', '      c', '    d']);
  });

  it('tells the servers apart that answered the same client', () => {
    const server = (serviceName: string, at: number) =>
      span('b', { kind: 'SERVER', shared: true, at, localEndpoint: { serviceName } });
    const trace = buildTrace([
      span('b', { kind: 'CLIENT' }),
      server('one', 10),
      server('two', 20),
      span('c', { parentId: 'b', at: 30, localEndpoint: { serviceName: 'two' } }),
    ]);
    expect(outline(trace)).toEqual(['b', '  b-server', '  b-server-2', '    c']);
    expect(new Set(trace.nodes.map(({ key }) => key)).size).toBe(4);
  });

  it('tells the instances of one service apart by their addresses', () => {
    const server = (ipv4: string, at: number) =>
      span('b', { kind: 'SERVER', shared: true, at, localEndpoint: { serviceName: 'db', ipv4 } });
    const trace = buildTrace([
      span('b', { kind: 'CLIENT' }),
      server('10.0.0.1', 10),
      server('10.0.0.2', 20),
      span('c', { parentId: 'b', at: 30, localEndpoint: { serviceName: 'db', ipv4: '10.0.0.2' } }),
    ]);
    expect(outline(trace)).toEqual(['b', '  b-server', '  b-server-2', '    c']);
  });

  it('hangs a span under the root and marks it when its parent did not arrive', () => {
    const trace = buildTrace([span('a'), span('b', { parentId: 'f', at: 5 })]);
    expect(outline(trace)).toEqual(['a', '  b']);
    expect(find(trace, 'b').orphan).toBe('parent missing');
    expect(find(trace, 'a').orphan).toBeUndefined();
  });

  it('marks a second root', () => {
    const trace = buildTrace([span('a'), span('b', { at: 5 })]);
    expect(outline(trace)).toEqual(['a', '  b']);
    expect(find(trace, 'b').orphan).toBe('second root');
  });

  it('has several roots when the first span of the trace did not arrive', () => {
    const trace = buildTrace([
      span('b', { parentId: 'a', at: 5 }),
      span('c', { parentId: 'a' }),
      span('d', { parentId: 'b', at: 6 }),
    ]);
    expect(outline(trace)).toEqual(['c', 'b', '  d']);
    expect(trace.roots.map(({ orphan }) => orphan)).toEqual(['parent missing', 'parent missing']);
  });

  it('cuts a circle of parents and loses no span', () => {
    const trace = buildTrace([
      span('a', { parentId: 'c', at: 1 }),
      span('b', { parentId: 'a', at: 2 }),
      span('c', { parentId: 'b', at: 3 }),
      span('d', { parentId: 'd', at: 4 }),
    ]);
    expect(outline(trace)).toEqual(['a', '  b', '    c', 'd']);
  });

  it('counts positions among siblings, levels, errors and services', () => {
    const trace = buildTrace([
      span('a', { localEndpoint: { serviceName: 'web' } }),
      span('b', { parentId: 'a', at: 1, tags: { error: '' } }),
      span('c', { parentId: 'a', at: 2 }),
    ]);
    expect(trace.nodes.map(({ position }) => position)).toEqual([1, 1, 2]);
    expect(trace).toMatchObject({ depth: 2, errors: 1 });
    expect(trace.services).toEqual([
      ['shop', 2],
      ['web', 1],
    ]);
  });

  it('lasts from the first start to the last end, also beyond its root', () => {
    const trace = buildTrace([
      span('a', { at: 100, duration: 50 }),
      span('b', { parentId: 'a', at: 120, duration: 500 }),
    ]);
    expect(trace).toMatchObject({ timestamp: epoch + 100, duration: 520 });
    expect(find(trace, 'b').start).toBe(20);
  });

  it('puts a span without a time where its parent starts', () => {
    const { timestamp: _, duration: __, ...untimed } = span('b', { parentId: 'a' });
    const trace = buildTrace([span('0'), span('a', { parentId: '0', at: 40 }), untimed]);
    expect(find(trace, 'b')).toMatchObject({ start: 40, duration: 0 });
  });

  it('is empty for no spans, and has no time when no span has one', () => {
    expect(buildTrace([])).toMatchObject({ nodes: [], duration: 0, timestamp: undefined });
    expect(buildTrace([{ traceId: 'a', id: 'b' }])).toMatchObject({
      duration: 0,
      timestamp: undefined,
    });
  });

  it('is built of two hundred thousand children of one span', () => {
    const spans = Array.from({ length: 200_001 }, (_, index) =>
      span(String(index), index === 0 ? {} : { parentId: '0', at: index }),
    );
    expect(buildTrace(spans).roots[0]?.children).toHaveLength(200_000);
  });

  it('is built of a hundred thousand spans in a chain without running out of stack', () => {
    const spans = Array.from({ length: 100_000 }, (_, index) =>
      span(String(index), index === 0 ? {} : { parentId: String(index - 1), at: index }),
    );
    expect(buildTrace(spans).depth).toBe(100_000);
  });
});

describe('clocks that differ between hosts', () => {
  const client = (fields = {}) =>
    span('a', { kind: 'CLIENT', duration: 1_000, localEndpoint: { ipv4: '10.0.0.1' }, ...fields });
  const server = (fields = {}) =>
    span('b', {
      kind: 'SERVER',
      parentId: 'a',
      duration: 600,
      localEndpoint: { ipv4: '10.0.0.2' },
      ...fields,
    });

  it('are set so that a server lies in the middle of its call, and what it did moves along', () => {
    const trace = buildTrace([
      client(),
      server({ at: -5_000 }),
      span('c', { parentId: 'b', at: -4_900, localEndpoint: { ipv4: '10.0.0.2' } }),
    ]);
    expect(find(trace, 'b')).toMatchObject({ start: 200, shift: 5_200 });
    expect(find(trace, 'c')).toMatchObject({ start: 300, shift: 5_200 });
    expect(trace).toMatchObject({ timestamp: epoch, duration: 1_000 });
  });

  it('are left alone when the server lies inside its call', () => {
    const trace = buildTrace([client(), server({ at: 399 })]);
    expect(find(trace, 'b')).toMatchObject({ start: 399, shift: 0 });
  });

  it('are left alone on one host, or when a host is unknown', () => {
    for (const localEndpoint of [{ ipv4: '10.0.0.1' }, { serviceName: 'x' }]) {
      const trace = buildTrace([client(), server({ at: -5_000, localEndpoint })]);
      expect(find(trace, 'b').shift).toBe(0);
    }
  });

  it('move a server that outlasts its call only when it starts before the call', () => {
    const early = buildTrace([client(), server({ at: -50, duration: 2_000 })]);
    expect(find(early, 'b').start).toBe(1);
    const late = buildTrace([client(), server({ at: 50, duration: 2_000 })]);
    expect(find(late, 'b')).toMatchObject({ start: 50, shift: 0 });
  });
});

describe('real traces', () => {
  it.each(FIXTURES)('%s keeps every span, each under an earlier row', async (name) => {
    const spans = mergeTrace((await fixture(name)) as unknown as Span[]);
    const trace = buildTrace(spans);
    expect(trace.nodes).toHaveLength(spans.length);
    for (const [index, node] of trace.nodes.entries()) {
      if (node.parent === undefined) continue;
      expect(trace.nodes.indexOf(node.parent)).toBeLessThan(index);
    }
    expect(trace.nodes.every(({ start }) => start >= 0)).toBe(true);
  });
});

describe('the summary of a trace', () => {
  it('names the root, counts spans, errors and services', () => {
    const summary = lineOf(shopTrace('00000000000000a1', epoch));
    expect(summary).toMatchObject({
      id: '00000000000000a1',
      service: 'gateway',
      name: 'post /orders',
      hasRoot: true,
      timestamp: epoch,
      duration: 238_400,
      spans: 40,
      errors: 4,
    });
    expect(summary.services.map(([name]) => name).sort()).toEqual([
      'gateway',
      'inventory',
      'orders',
      'pricing',
    ]);
  });

  it('says when the root is missing', () => {
    expect(lineOf([span('b', { parentId: 'a' })]).hasRoot).toBe(false);
  });

  it('is sorted newest first, without a time last', () => {
    const at = (id: string, timestamp?: number) => ({
      ...lineOf([span(id)]),
      id,
      timestamp,
    });
    const sorted = newestFirst([at('a', 1), at('b'), at('c', 3), at('d', 2)]);
    expect(sorted.map(({ id }) => id)).toEqual(['c', 'd', 'a', 'b']);
  });
});

describe('the time axis', () => {
  it('has round marks from 0, at most six', () => {
    expect(ticks(238_400).map(({ time }) => time)).toEqual([0, 50_000, 100_000, 150_000, 200_000]);
    expect(ticks(1_000).map(({ position }) => position)).toEqual([0, 20, 40, 60, 80, 100]);
    expect(ticks(3).map(({ time }) => time)).toEqual([0, 1, 2, 3]);
    expect(ticks(0)).toEqual([{ position: 0, time: 0 }]);
    expect(ticks(2_000, 5, 4_250)).toEqual([
      { position: 12.5, time: 4_500 },
      { position: 37.5, time: 5_000 },
      { position: 62.5, time: 5_500 },
      { position: 87.5, time: 6_000 },
    ]);
    for (let duration = 1; duration < 1e12; duration *= 3) {
      expect(ticks(duration).length).toBeLessThanOrEqual(6);
    }
  });

  it('keeps bars inside', () => {
    expect(placeBar(25, 50, 100)).toEqual({ left: 25, width: 50 });
    expect(placeBar(90, 50, 100)).toEqual({ left: 90, width: 10 });
    expect(placeBar(0, 0, 0)).toEqual({ left: 0, width: 100 });
  });
});
