import { describeValue } from '../describe-value.js';
import type { MockSpan } from './mock-span.js';

/** A recorded span and those under it, as a plain object for the `deepEqual` of any test runner. */
export interface SpanTree {
  /** The operation name. */
  name: string;
  /** Some of the tags, by their keys. `MockTracer.trees` leaves it out. */
  tags?: Record<string, unknown>;
  /** Left out for a span that has finished. */
  unfinished?: true;
  /** The spans whose parent this is, in the order in which they were started; left out for none. */
  children?: SpanTree[];
}

/**
 * The spans below each other. At the top are the roots, and the spans whose parent is not among
 * `spans`, such as one in another process.
 *
 * @param spans - in the order in which they were started
 * @param expected - which tags the trees have: those of the expected tree at the same place
 * @internal
 */
export function treesOf(spans: Iterable<MockSpan>, expected: readonly SpanTree[] = []): SpanTree[] {
  const roots: Node[] = [];
  const nodes = new Map<string, Node>();
  for (const span of spans) {
    const node: Node = { span, children: [] };
    const traceId = span.context().toTraceId();
    (nodes.get(keyOf(traceId, span.parentId ?? ''))?.children ?? roots).push(node);
    nodes.set(keyOf(traceId, span.context().toSpanId()), node);
  }
  return plain(roots, expected);
}

/** Ids that went through one of the standard formats come back with zeros before them. */
function keyOf(traceId: string, spanId: string): string {
  return `${traceId.padStart(32, '0')} ${spanId.padStart(32, '0')}`;
}

interface Node {
  span: MockSpan;
  children: Node[];
}

function plain(nodes: readonly Node[], expected: readonly SpanTree[]): SpanTree[] {
  return nodes.map(({ span, children }, i) => {
    const tree: SpanTree = { name: span.operationName };
    const tags = expected[i]?.tags;
    if (tags !== undefined) {
      tree.tags = Object.fromEntries(
        Object.entries(span.tags).filter(([key]) => Object.hasOwn(tags, key)),
      );
    }
    if (!span.finished) {
      tree.unfinished = true;
    }
    if (children.length > 0) {
      tree.children = plain(children, expected[i]?.children ?? []);
    }
    return tree;
  });
}

const KEYS = ['name', 'tags', 'unfinished', 'children'];

/** @internal Tells of trees that are none, of which a mistyped key is one that would never fail. */
export function checkTrees(trees: readonly SpanTree[]): void {
  if (!Array.isArray(trees)) {
    throw new TypeError(
      `The trees are ${describeValue(trees)}; pass a list such as [{ name: 'lunch' }].`,
    );
  }
  for (const tree of trees as SpanTree[]) {
    if (typeof tree !== 'object' || tree === null) {
      throw new TypeError(
        `A tree is ${describeValue(tree)}; pass an object such as { name: 'lunch' }.`,
      );
    }
    const unknown = Object.keys(tree).find((key) => !KEYS.includes(key));
    if (unknown !== undefined) {
      throw new TypeError(
        `A tree has the key ${describeValue(unknown)}; use name, tags, unfinished and children.`,
      );
    }
    checkTrees(tree.children ?? []);
  }
}

/** @internal Whether both are the same, tags compared by `Object.is`. */
export function areSameTrees(a: readonly SpanTree[], b: readonly SpanTree[]): boolean {
  return (
    a.length === b.length &&
    a.every((tree, i) => {
      const other = b[i] as SpanTree;
      const [tags, otherTags] = [tree.tags ?? {}, other.tags ?? {}];
      const keys = Object.keys(otherTags);
      return (
        tree.name === other.name &&
        (tree.unfinished ?? false) === (other.unfinished ?? false) &&
        keys.length === Object.keys(tags).length &&
        keys.every((key) => Object.hasOwn(tags, key) && Object.is(tags[key], otherTags[key])) &&
        areSameTrees(tree.children ?? [], other.children ?? [])
      );
    })
  );
}

/** @internal The trees as text, a line a span. */
export function textOf(trees: readonly SpanTree[]): string {
  return linesOf(trees).join('\n');
}

function linesOf(trees: readonly SpanTree[]): string[] {
  return trees.flatMap(({ name, tags = {}, unfinished, children = [] }) => [
    [
      name,
      ...Object.keys(tags).map((key) => `${key}=${show(tags[key])}`),
      ...(unfinished ? ['(unfinished)'] : []),
    ].join(' '),
    ...children.flatMap((child, i) => {
      const isLast = i === children.length - 1;
      return linesOf([child]).map(
        (line, j) => (j === 0 ? (isLast ? '└ ' : '├ ') : isLast ? '  ' : '│ ') + line,
      );
    }),
  ]);
}

/**
 * A value of any type, those that cannot be made a string included. What `Object.is` tells apart looks
 * different, but for objects.
 */
function show(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'bigint':
      return `${value}n`;
    case 'object':
      return value === null ? 'null' : Object.prototype.toString.call(value);
    default:
      return Object.is(value, -0) ? '-0' : String(value);
  }
}
