import { serviceOf } from './label.js';
import { correctClocks } from './skew.js';
import { isError, type Span } from './span.js';

/** A span in its place in the trace. */
export interface Node {
  span: Span;
  /** Names the node inside its trace: the span's id, with a suffix for the server half of one. */
  key: string;
  parent: Node | undefined;
  /** By start time. */
  children: Node[];
  /** 0 for a root. */
  depth: number;
  /** 1 for the first child of its parent. */
  position: number;
  /** Why the node has no parent of its own, though it is no root: it was hung where it is. */
  orphan: 'parent missing' | 'second root' | undefined;
  /** Microseconds since the start of the trace, after correction of the clocks. */
  start: number;
  /** Microseconds, 0 when the span has none. */
  duration: number;
  /** How far the start was moved, in microseconds, because the clock of its host was wrong. */
  shift: number;
}

/** A trace, ready to be drawn. */
export interface Trace {
  id: string;
  /** Usually one; several only when the first span of the trace did not arrive. */
  roots: Node[];
  /** All nodes, parents before children, children by start time. */
  nodes: Node[];
  /** Microseconds since the epoch, undefined when no span has a time. */
  timestamp: number | undefined;
  /** From the first start to the last end, in microseconds. */
  duration: number;
  /** How many levels the tree has. */
  depth: number;
  errors: number;
  /** How many spans each service has, most first. */
  services: [name: string, spans: number][];
}

/**
 * Builds the tree of one trace from its spans, merged as the collector answers them, in any
 * order. A child prefers the server half of a shared span on its own service as its parent; a span
 * whose parent did not arrive hangs under the root and is marked. Never fails: a cycle is cut.
 */
export function buildTrace(spans: readonly Span[]): Trace {
  const all = spans.map(createNode);
  makeKeysUnique(all);
  link(all);
  const roots = gatherOrphans(all);
  correctClocks(roots);
  const { timestamp, end } = extent(all);
  for (const node of all) {
    // A span without a time is drawn where its parent starts.
    node.start = node.span.timestamp === undefined ? Number.NaN : node.start - (timestamp ?? 0);
  }
  const nodes = inOrder(roots);
  return {
    id: all[0]?.span.traceId ?? '',
    roots,
    nodes,
    timestamp,
    duration: timestamp === undefined ? 0 : end - timestamp,
    depth: nodes.reduce((depth, node) => Math.max(depth, node.depth + 1), 0),
    errors: nodes.filter(({ span }) => isError(span)).length,
    services: countServices(nodes),
  };
}

function createNode(span: Span): Node {
  return {
    span,
    key: span.shared === true ? `${span.id}-server` : span.id,
    parent: undefined,
    children: [],
    depth: 0,
    position: 1,
    orphan: undefined,
    start: span.timestamp ?? Number.NaN,
    duration: span.duration ?? 0,
    shift: 0,
  };
}

function makeKeysUnique(nodes: readonly Node[]): void {
  const seen = new Map<string, number>();
  for (const node of nodes) {
    const count = (seen.get(node.key) ?? 0) + 1;
    seen.set(node.key, count);
    if (count > 1) node.key += `-${count}`;
  }
}

function link(nodes: readonly Node[]): void {
  const byId = new Map<string, Node[]>();
  for (const node of nodes) {
    const same = byId.get(node.span.id);
    if (same === undefined) byId.set(node.span.id, [node]);
    else same.push(node);
  }
  for (const node of nodes) {
    node.parent = findParent(node, byId);
    if (node.parent === undefined && node.span.parentId !== undefined) {
      node.orphan = 'parent missing';
    }
  }
}

function findParent(node: Node, byId: ReadonlyMap<string, Node[]>): Node | undefined {
  const { id, parentId, shared } = node.span;
  if (shared === true) {
    const client = byId.get(id)?.find(({ span }) => span.shared !== true);
    if (client !== undefined) return client;
  }
  if (parentId === undefined) return undefined;
  const candidates = byId.get(parentId) ?? [];
  const service = serviceOf(node.span);
  const servers = candidates.filter(
    ({ span }) => span.shared === true && serviceOf(span) === service,
  );
  return (
    // A service may have several instances that answered the same call.
    servers.find(({ span }) => isSameHost(span, node.span)) ??
    servers[0] ??
    candidates.find(({ span }) => span.shared !== true) ??
    candidates[0]
  );
}

function isSameHost({ localEndpoint: a }: Span, { localEndpoint: b }: Span): boolean {
  return a?.ipv4 === b?.ipv4 && a?.ipv6 === b?.ipv6 && a?.port === b?.port;
}

/** Attaches every node to its parent, cuts cycles, and hangs what is left under the root. */
function gatherOrphans(nodes: readonly Node[]): Node[] {
  const byTime = [...nodes].sort(compareStart);
  for (const node of byTime) node.parent?.children.push(node);
  const tops = byTime.filter(({ parent }) => parent === undefined);
  const reached = new Set<Node>();
  for (const top of tops) reach(top, reached);
  for (const node of byTime) {
    // What no top leads to are spans that name each other as parents.
    if (reached.has(node) || node.parent === undefined) continue;
    node.parent.children.splice(node.parent.children.indexOf(node), 1);
    node.parent = undefined;
    node.orphan = 'parent missing';
    tops.push(node);
    reach(node, reached);
  }
  const root = tops.find(({ orphan }) => orphan === undefined);
  if (root === undefined) return tops;
  for (const node of tops) {
    if (node === root) continue;
    node.orphan ??= 'second root';
    node.parent = root;
    root.children.push(node);
  }
  return [root];
}

function reach(top: Node, reached: Set<Node>): void {
  const waiting = [top];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    reached.add(node);
    for (const child of node.children) waiting.push(child);
  }
}

function extent(nodes: readonly Node[]): { timestamp: number | undefined; end: number } {
  let first = Number.POSITIVE_INFINITY;
  let end = Number.NEGATIVE_INFINITY;
  for (const { start, duration } of nodes) {
    if (Number.isNaN(start)) continue;
    first = Math.min(first, start);
    end = Math.max(end, start + duration);
  }
  return { timestamp: Number.isFinite(first) ? first : undefined, end };
}

/** Without recursion: a trace may be deeper than the stack. */
function inOrder(roots: readonly Node[]): Node[] {
  const nodes: Node[] = [];
  const waiting = [...roots].reverse();
  roots.forEach((root, index) => {
    root.position = index + 1;
  });
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    node.depth = node.parent === undefined ? 0 : node.parent.depth + 1;
    if (Number.isNaN(node.start)) node.start = node.parent?.start ?? 0;
    node.children.sort(compareStart);
    nodes.push(node);
    for (let index = node.children.length - 1; index >= 0; index -= 1) {
      const child = node.children[index] as Node;
      child.position = index + 1;
      waiting.push(child);
    }
  }
  return nodes;
}

function compareStart(a: Node, b: Node): number {
  // Spans without a time come first, as they are drawn where their parent starts.
  const [left, right] = [a, b].map(({ start }) =>
    Number.isNaN(start) ? Number.NEGATIVE_INFINITY : start,
  ) as [number, number];
  return left < right ? -1 : left > right ? 1 : a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

function countServices(nodes: readonly Node[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const { span } of nodes) {
    const service = serviceOf(span);
    counts.set(service, (counts.get(service) ?? 0) + 1);
  }
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}
