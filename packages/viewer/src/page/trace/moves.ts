import type { Node } from '../../model/tree.js';

/** What a key does in the tree of spans. */
export interface Move {
  does: 'focus' | 'collapse' | 'expand' | 'open';
  node: Node;
}

/** The nodes to be seen: those under a collapsed one are not. Keys name the collapsed nodes. */
export function visibleNodes(nodes: readonly Node[], collapsed: ReadonlySet<string>): Node[] {
  const visible: Node[] = [];
  let hiddenBelow = Number.POSITIVE_INFINITY;
  for (const node of nodes) {
    if (node.depth > hiddenBelow) continue;
    hiddenBelow = collapsed.has(node.key) ? node.depth : Number.POSITIVE_INFINITY;
    visible.push(node);
  }
  return visible;
}

/** The keys of the nodes under which `node` lies. */
export function ancestorKeys(node: Node): string[] {
  const keys: string[] = [];
  for (let at = node.parent; at !== undefined; at = at.parent) keys.push(at.key);
  return keys;
}

/**
 * What a key means while `node` has the focus, as the ARIA practices for trees have it; undefined
 * when it means nothing.
 * @param rowsInSight how far the keys go that turn a page
 */
export function moveFor(
  key: string,
  node: Node,
  visible: readonly Node[],
  collapsed: ReadonlySet<string>,
  rowsInSight = 10,
): Move | undefined {
  const index = visible.indexOf(node);
  const isCollapsed = collapsed.has(node.key);
  switch (key) {
    case 'ArrowDown':
      return focus(visible[index + 1]);
    case 'ArrowUp':
      return focus(visible[index - 1]);
    case 'PageDown':
      return focus(visible[Math.min(index + rowsInSight, visible.length - 1)]);
    case 'PageUp':
      return focus(visible[Math.max(index - rowsInSight, 0)]);
    case 'Home':
      return focus(visible[0]);
    case 'End':
      return focus(visible.at(-1));
    case 'ArrowRight':
      if (node.children.length === 0) return undefined;
      return isCollapsed ? { does: 'expand', node } : focus(node.children[0]);
    case 'ArrowLeft':
      if (node.children.length > 0 && !isCollapsed) return { does: 'collapse', node };
      return focus(node.parent);
    case 'Enter':
    case ' ':
      return { does: 'open', node };
    default:
      return undefined;
  }
}

/**
 * The next of some nodes below the one where one is, or above it, round at the ends; the first or the last
 * when one is nowhere.
 * @param among the nodes to step through
 * @param nodes all nodes, in the order of the rows
 */
export function stepFrom(
  among: readonly Node[],
  nodes: readonly Node[],
  current: Node | undefined,
  by: 1 | -1,
): Node | undefined {
  const wanted = new Set(among);
  const { length } = nodes;
  const from = current === undefined ? (by === 1 ? -1 : 0) : nodes.indexOf(current);
  for (let far = 1; far <= length; far += 1) {
    const node = nodes[(from + by * far + length) % length];
    if (node !== undefined && wanted.has(node)) return node;
  }
  return undefined;
}

function focus(node: Node | undefined): Move | undefined {
  return node === undefined ? undefined : { does: 'focus', node };
}
