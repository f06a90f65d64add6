import { describe, expect, it } from 'vitest';
import { criticalPath, lengthOf } from '../src/model/critical-path.js';
import { buildTrace } from '../src/model/tree.js';
import { type Sketch, spansOf } from './support/graph-data.js';

/** The parts by the names of the spans. */
function pathOf(root: Sketch): Record<string, (readonly [number, number])[]> {
  const trace = buildTrace(spansOf(root));
  const path = criticalPath(trace);
  return Object.fromEntries(
    trace.nodes.flatMap(({ key, span }) => {
      const parts = path.get(key);
      return parts === undefined ? [] : [[span.name ?? '', [...parts].sort((a, b) => a[0] - b[0])]];
    }),
  );
}

const span = (name: string, at: number, lasts: number, children: Sketch[] = []): Sketch => ({
  service: 'a',
  name,
  at,
  lasts,
  children,
});

describe('the critical path of a trace', () => {
  it('is the whole of a span alone', () => {
    expect(pathOf(span('root', 0, 100))).toEqual({ root: [[0, 100]] });
  });

  it('goes through children one after the other, and through the gaps between them', () => {
    const root = span('root', 0, 100, [span('first', 10, 30), span('second', 50, 40)]);
    expect(pathOf(root)).toEqual({
      root: [
        [0, 10],
        [40, 50],
        [90, 100],
      ],
      first: [[10, 40]],
      second: [[50, 90]],
    });
  });

  it('leaves out what went on beside a longer child', () => {
    const root = span('root', 0, 100, [span('slow', 10, 80), span('quick', 20, 30)]);
    expect(Object.keys(pathOf(root))).toEqual(['root', 'slow']);
  });

  it('takes a child that outlives its parent up to the parent’s end, and none that begins after it', () => {
    const root = span('root', 0, 100, [span('long', 60, 500), span('late', 120, 10)]);
    expect(pathOf(root)).toEqual({ root: [[0, 60]], long: [[60, 100]] });
  });

  it('takes what is under a child that outlives its parent up to the parent’s end, too', () => {
    const root = span('root', 0, 10, [span('long', 2, 18, [span('longer', 3, 12)])]);
    expect(pathOf(root)).toEqual({ root: [[0, 2]], long: [[2, 3]], longer: [[3, 10]] });
  });

  it('gives a span no time before its start for a child that ended by then', () => {
    const root = span('root', 0, 100, [span('late', 50, 40, [span('early', 10, 20)])]);
    expect(pathOf(root)).toEqual({
      root: [
        [0, 50],
        [90, 100],
      ],
      late: [[50, 90]],
    });
  });

  it('does not wait for consumers of messages', () => {
    const consumer: Sketch = { ...span('consume', 20, 50), kind: 'CONSUMER' };
    expect(pathOf(span('root', 0, 100, [consumer]))).toEqual({ root: [[0, 100]] });
  });

  it.each([
    ['as Zipkin has it', { 'opentracing.ref_type': 'follows_from' }],
    [
      'as OTLP has it',
      {
        'otlp.link.0':
          '00000000000000c1|0000000000000001||{"opentracing.ref_type":"follows_from"}|0',
      },
    ],
  ])('does not wait for what follows from its parent, %s', (_form, tags) => {
    const root = span('root', 0, 100, [{ ...span('later', 10, 80), tags }]);
    expect(pathOf(root)).toEqual({ root: [[0, 100]] });
  });

  it.each([
    ['another trace', '00000000000000c2|0000000000000001', 'follows_from'],
    ['another span', '00000000000000c1|0000000000000009', 'follows_from'],
    ['its parent, of which it is a child', '00000000000000c1|0000000000000001', 'child_of'],
  ])('waits for a child that refers to %s', (_to, to, type) => {
    const tags = { 'otlp.link.0': `${to}||{"opentracing.ref_type":"${type}"}|0` };
    const root = span('root', 0, 100, [{ ...span('child', 0, 100), tags }]);
    expect(pathOf(root)).toEqual({ child: [[0, 100]] });
  });

  it('does not wait for another root, but for a span whose parent did not arrive', () => {
    const [root, ...others] = spansOf(
      span('root', 0, 100, [span('second', 10, 30), span('orphan', 50, 30)]),
    );
    const [second, orphan] = others;
    if (root === undefined || second === undefined || orphan === undefined) throw new Error();
    const { parentId: _, ...secondRoot } = second;
    const trace = buildTrace([root, secondRoot, { ...orphan, parentId: 'dead' }]);
    const names = [...criticalPath(trace).keys()].map(
      (key) => trace.nodes.find((node) => node.key === key)?.span.name,
    );
    expect(names).toEqual(['root', 'orphan']);
  });

  it('is as long as the root, however many spans there are', () => {
    const children = Array.from({ length: 300 }, (_, index) =>
      span(`child ${index}`, index * 7, 5 + (index % 40), [
        span(`inner ${index}`, index * 7 + 1, 3),
      ]),
    );
    const trace = buildTrace(spansOf(span('root', 0, 3_000, children)));
    const parts = [...criticalPath(trace).values()].flat();
    expect(lengthOf(parts)).toBe(3_000);
  });

  it('is there for a trace that is deeper than the stack', () => {
    let chain = span('0', 0, 30_000);
    for (let depth = 1; depth < 15_000; depth += 1) {
      chain = span(String(depth), 0, 30_000 + depth, [chain]);
    }
    expect(lengthOf([...criticalPath(buildTrace(spansOf(chain))).values()].flat())).toBe(44_999);
  });

  it('is empty where no span has a time', () => {
    expect(criticalPath(buildTrace([{ traceId: 'a', id: 'b' }]))).toEqual(new Map());
  });
});
