import { followsFromParent } from './references.js';
import type { Node, Trace } from './tree.js';

/** A part of a span, from and to in microseconds since the start of the trace. */
export type Part = readonly [from: number, to: number];

/** A span whose time is being given to itself and its children, from its end backwards. */
interface Open {
  node: Node;
  /** Where it begins inside its parent. */
  start: number;
  /** Where it ends inside its parent. */
  end: number;
  /** From here on the time is given. */
  cursor: number;
  /** Children that may count, the last to end last. */
  children: Node[];
}

/**
 * What the duration of a trace is made of: for each node's key the parts of its time in which nothing that
 * the trace waited for went on in a child. All parts together are as long as the root.
 *
 * From the end of the root back, the trace waited for the child that ended last, before that child began for
 * the one that had ended last by then, and so on; a child that outlives its parent counts up to the parent's
 * end. Consumers of messages and spans that follow from their parent count for nothing, since nobody waits
 * for them, and neither do roots beside the first. A span whose parent is missing counts under the root, where
 * the page shows it: the parent that did not arrive was in between.
 *
 * Source: Jaeger's page, "Critical path".
 */
export function criticalPath({ roots }: Pick<Trace, 'roots'>): Map<string, Part[]> {
  const parts = new Map<string, Part[]>();
  const [root] = roots;
  if (root === undefined || Number.isNaN(root.start)) return parts;
  const give = (node: Node, from: number, to: number) => {
    if (to <= from) return;
    const given = parts.get(node.key);
    if (given === undefined) parts.set(node.key, [[from, to]]);
    else given.push([from, to]);
  };
  // A list rather than recursion: a trace may be deeper than the stack.
  const open = [begin(root, root.start, endOf(root))];
  for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
    const child = last.children.pop();
    if (child === undefined) {
      give(last.node, last.start, last.cursor);
      open.pop();
      continue;
    }
    const end = Math.min(endOf(child), last.end);
    // It was under way beside one that counts already, or outside of its parent.
    if (end > last.cursor || end <= last.start) continue;
    const start = Math.max(child.start, last.start);
    give(last.node, end, last.cursor);
    last.cursor = start;
    open.push(begin(child, start, end));
  }
  return parts;
}

/** How long the parts are together, in microseconds. */
export function lengthOf(parts: readonly Part[] = []): number {
  return parts.reduce((sum, [from, to]) => sum + to - from, 0);
}

function begin(node: Node, start: number, end: number): Open {
  const children = node.children.filter((child) => counts(child, end));
  children.sort((a, b) => endOf(a) - endOf(b));
  return { node, start, end, cursor: end, children };
}

/** Whether a parent that was waited for up to `end` may have waited for a child. */
function counts(child: Node, end: number): boolean {
  const { span, duration, start, orphan } = child;
  if (span.kind === 'CONSUMER' || orphan === 'second root' || followsFromParent(span)) return false;
  return duration > 0 && start < end;
}

function endOf({ start, duration }: Node): number {
  return start + duration;
}
