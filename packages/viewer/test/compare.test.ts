import { describe, expect, it } from 'vitest';
import { compareTraces, onlyDifferent } from '../src/model/compare.js';
import { buildTrace } from '../src/model/tree.js';
import { type Sketch, spansOf } from './support/graph-data.js';

const compare = (before: Sketch, after: Sketch) =>
  compareTraces(buildTrace(spansOf(before)), buildTrace(spansOf(after)));

/** The differences as indented lines. */
function outline(before: Sketch, after: Sketch): string[] {
  return compare(before, after).map(
    ({ depth, kind, operation }) => `${'  '.repeat(depth)}${kind} ${operation}`,
  );
}

const root = { service: 'shop', name: 'get', lasts: 1_000 };
const read = { service: 'db', name: 'read', lasts: 100 };
const write = { service: 'db', name: 'write', lasts: 100 };

describe('two traces compared', () => {
  it('say what one of them does not have, with all that is under it', () => {
    const before = { ...root, children: [{ ...read, children: [write] }, write] };
    const after = { ...root, children: [write, { ...write, service: 'mail' }] };
    expect(outline(before, after)).toEqual([
      'same get',
      '  removed read',
      '    removed write',
      '  same write',
      '  added write',
    ]);
  });

  it('say when the number of calls, of errors, or the duration is another', () => {
    const before = { ...root, children: [read, write, { ...read, name: 'count' }] };
    const more = [read, read, { ...write, tags: { error: '' } }];
    const slower = { ...read, name: 'count', lasts: 111 };
    const rows = compare(before, { ...root, children: [...more, slower] });
    expect(rows.map(({ kind }) => kind)).toEqual(['same', 'changed', 'changed', 'changed']);
    expect(rows[1]).toMatchObject({
      before: { count: 1, total: 100 },
      after: { count: 2, total: 200 },
    });
    expect(rows[2]?.after?.errors).toBe(1);
  });

  it('take small differences in duration for none', () => {
    const small = { ...read, name: 'small', lasts: 1 };
    const before = { ...root, children: [read, small] };
    const after = {
      ...root,
      children: [
        { ...read, lasts: 110 },
        { ...small, lasts: 2 },
      ],
    };
    expect(outline(before, after)).toEqual(['same get', '  same read', '  same small']);
  });

  it('keep the way to what differs and leave out the rest', () => {
    const before = { ...root, children: [read, { ...write, children: [read] }] };
    const after = { ...root, children: [read, write] };
    const kept = onlyDifferent(compare(before, after));
    expect(kept.map(({ operation, kind }) => `${kind} ${operation}`)).toEqual([
      'same get',
      'same write',
      'removed read',
    ]);
  });

  it('have nothing in common when they begin differently', () => {
    expect(outline(root, { ...root, name: 'post' })).toEqual(['removed get', 'added post']);
  });
});
