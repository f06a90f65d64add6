import { describe, expect, it } from 'vitest';
import { buildFlame, frameWith } from '../src/model/flame.js';
import { buildTrace } from '../src/model/tree.js';
import { largeTrace, type Sketch, spansOf } from './support/graph-data.js';

const flameOf = (root: Sketch) => buildFlame(buildTrace(spansOf(root)));

/** Frames as indented lines: name, number of spans, where they begin, width, own time. */
function outline(root: Sketch): string[] {
  return flameOf(root).frames.map(
    ({ depth, service, operation, nodes, left, width, self }) =>
      `${'  '.repeat(depth)}${service} ${operation} ×${nodes.length} ${left}+${width} self ${self}`,
  );
}

describe('the flame graph of a trace', () => {
  it('merges siblings of the same service and operation, and what is under them', () => {
    const query = (at: number): Sketch => ({
      service: 'shop',
      name: 'query',
      at,
      lasts: 20,
      children: [{ service: 'db', name: 'read', at, lasts: 5 }],
    });
    const root = { service: 'shop', name: 'get', lasts: 100 };
    const other = { service: 'db', name: 'query', at: 50, lasts: 10 };
    expect(outline({ ...root, children: [query(10), query(30), other] })).toEqual([
      'shop get ×1 0+100 self 50',
      '  shop query ×2 0+40 self 30',
      '    db read ×2 0+10 self 10',
      '  db query ×1 40+10 self 10',
    ]);
  });

  it('sets what ran in parallel side by side, so that no frame is wider than the one it is in', () => {
    const worker = (name: string) => ({ service: 'shop', name, at: 10, lasts: 80 });
    const root = { service: 'shop', name: 'all', lasts: 100 };
    expect(outline({ ...root, children: [worker('a'), worker('b')] })).toEqual([
      'shop all ×1 0+180 self 20',
      '  shop a ×1 0+80 self 80',
      '  shop b ×1 80+80 self 80',
    ]);
  });

  it('counts what a child does after its parent as work, but not against the parent’s own time', () => {
    const late = { service: 'mail', name: 'send', at: 90, lasts: 200 };
    expect(outline({ service: 'shop', name: 'get', lasts: 100, children: [late] })).toEqual([
      'shop get ×1 0+290 self 90',
      '  mail send ×1 0+200 self 200',
    ]);
  });

  it('counts the failed spans and the durations of a frame', () => {
    const failed = { service: 'a', name: 'b', lasts: 7, tags: { error: '' } };
    const fine = { service: 'a', name: 'b', lasts: 9 };
    const flame = flameOf({ service: 'r', name: 'r', children: [failed, fine] });
    expect(flame.frames[1]).toMatchObject({ errors: 1, total: 16, position: 1 });
  });

  it('finds a frame by any of its spans', () => {
    const child = { service: 'a', name: 'b' };
    const flame = flameOf({ service: 'r', name: 'r', children: [child, child] });
    expect(frameWith(flame, '0000000000000003')).toBe(flame.frames[1]);
    expect(frameWith(flame, 'ff')).toBeUndefined();
    expect(frameWith(flame, null)).toBeUndefined();
  });

  it('has a width that is the own time of all spans, in a trace of 10,000 of them', () => {
    const trace = buildTrace(largeTrace('00000000000000c2', 1_700_000_000_000_000));
    const flame = buildFlame(trace);
    expect(trace.nodes).toHaveLength(10_000);
    expect(flame.frames.reduce((sum, { nodes }) => sum + nodes.length, 0)).toBe(10_000);
    expect(flame.width).toBe(flame.frames.reduce((sum, { self }) => sum + self, 0));
  });

  it('takes a trace deeper than the stack', () => {
    let deep: Sketch = { service: 'a', name: 'end' };
    for (let level = 0; level < 20_000; level += 1) {
      deep = { service: 'a', name: `level ${level}`, children: [deep] };
    }
    expect(flameOf(deep)).toMatchObject({ depth: 20_001, width: 100 });
  });
});
