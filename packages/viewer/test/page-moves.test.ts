import { describe, expect, it } from 'vitest';
import type { Span } from '../src/model/span.js';
import { buildTrace } from '../src/model/tree.js';
import { ancestorKeys, moveFor, stepFrom, visibleNodes } from '../src/page/trace/moves.js';

const parents: [id: string, parentId?: string][] = [
  ['a'],
  ['b', 'a'],
  ['c', 'b'],
  ['d', 'b'],
  ['e', 'a'],
];
const spans: Span[] = parents.map(([id, parentId], index) => ({
  traceId: 'f',
  id,
  ...(parentId === undefined ? {} : { parentId }),
  timestamp: 1_000 + index,
}));
const { nodes } = buildTrace(spans);

/** What the key does on the node: `focus b`, `collapse a`; undefined for nothing. */
function press(key: string, at: string, collapsed: string[] = []): string | undefined {
  const keys = new Set(collapsed);
  const node = nodes.find((each) => each.key === at);
  if (node === undefined) throw new Error(`no node ${at}`);
  const move = moveFor(key, node, visibleNodes(nodes, keys), keys);
  return move && `${move.does} ${move.node.key}`;
}

describe('the rows of a trace', () => {
  it('leave out what is under a collapsed one', () => {
    const keys = (collapsed: string[]) =>
      visibleNodes(nodes, new Set(collapsed)).map(({ key }) => key);
    expect(keys([])).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(keys(['b'])).toEqual(['a', 'b', 'e']);
    expect(keys(['a', 'b'])).toEqual(['a']);
    expect(keys(['c'])).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('know what they lie under', () => {
    expect(nodes.map((node) => ancestorKeys(node).join(''))).toEqual(['', 'a', 'ba', 'ba', 'a']);
  });
});

describe('the keyboard', () => {
  it('moves up and down over what is to be seen', () => {
    expect(press('ArrowDown', 'a')).toBe('focus b');
    expect(press('ArrowDown', 'b', ['b'])).toBe('focus e');
    expect(press('ArrowUp', 'e', ['b'])).toBe('focus b');
    expect(press('ArrowUp', 'a')).toBeUndefined();
    expect(press('ArrowDown', 'e')).toBeUndefined();
    expect(press('Home', 'd')).toBe('focus a');
    expect(press('End', 'a')).toBe('focus e');
  });

  it('expands, then enters; collapses, then leaves', () => {
    expect(press('ArrowRight', 'b', ['b'])).toBe('expand b');
    expect(press('ArrowRight', 'b')).toBe('focus c');
    expect(press('ArrowRight', 'c')).toBeUndefined();
    expect(press('ArrowLeft', 'b')).toBe('collapse b');
    expect(press('ArrowLeft', 'b', ['b'])).toBe('focus a');
    expect(press('ArrowLeft', 'c')).toBe('focus b');
    expect(press('ArrowLeft', 'a', ['a'])).toBeUndefined();
  });

  it('opens with Enter and space, and leaves other keys alone', () => {
    expect(press('Enter', 'c')).toBe('open c');
    expect(press(' ', 'c')).toBe('open c');
    expect(press('x', 'c')).toBeUndefined();
  });
});

describe('a step through errors or matches', () => {
  const step = (among: string, at: string | undefined, by: 1 | -1) =>
    stepFrom(
      nodes.filter(({ key }) => among.includes(key)),
      nodes,
      nodes.find(({ key }) => key === at),
      by,
    )?.key;

  it('goes from one to the next, round at the ends', () => {
    expect(step('bd', 'b', 1)).toBe('d');
    expect(step('bd', 'd', 1)).toBe('b');
    expect(step('bd', 'b', -1)).toBe('d');
    expect(step('b', 'b', 1)).toBe('b');
  });

  it('goes from any other span to the nearest below it or above it', () => {
    expect(step('bd', 'c', 1)).toBe('d');
    expect(step('bd', 'c', -1)).toBe('b');
    expect(step('bd', 'e', 1)).toBe('b');
    expect(step('bd', 'a', -1)).toBe('d');
  });

  it('begins at an end where one is nowhere, and goes nowhere when there are none', () => {
    expect(step('ae', undefined, 1)).toBe('a');
    expect(step('ae', undefined, -1)).toBe('e');
    expect(step('', 'a', 1)).toBeUndefined();
  });
});
