import type { Span } from './span.js';

/** A span among its relatives. */
export interface TreeRow {
  span: Span;
  /** The row it hangs under; undefined for a root. */
  parent: TreeRow | undefined;
  /** 0 for a root. */
  depth: number;
  /** Whether no sibling follows. */
  last: boolean;
}

/**
 * The spans of a merged trace as a tree, parents before children, siblings by their start. A span
 * hangs under the span that its `parentId` names; where a client and a server share that id, under
 * the half of its own service. The server half hangs under the client half. A span whose parent is
 * not there, and one of a circle of parents, is a root of its own.
 */
export function treeOf(spans: readonly Span[]): TreeRow[] {
  const byId = group(spans, (span) => span.id);
  const children = group([...spans].sort(byStart), (span) => parentOf(span, byId));
  const rows: TreeRow[] = [];
  const seen = new Set<Span>();
  // An explicit stack, since a trace may be deeper than the call stack.
  const walk = (roots: readonly Span[]) => {
    const stack: TreeRow[] = [];
    const push = (siblings: readonly Span[], parent: TreeRow | undefined) => {
      const depth = parent === undefined ? 0 : parent.depth + 1;
      let last = true;
      for (const span of [...siblings].reverse()) {
        stack.push({ span, parent, depth, last });
        last = false;
      }
    };
    push(roots, undefined);
    for (let row = stack.pop(); row !== undefined; row = stack.pop()) {
      if (seen.has(row.span)) continue;
      seen.add(row.span);
      rows.push(row);
      push(children.get(row.span) ?? [], row);
    }
  };
  walk(children.get(undefined) ?? []);
  for (const span of spans) if (!seen.has(span)) walk([span]);
  return rows;
}

function group<K>(spans: readonly Span[], keyOf: (span: Span) => K): Map<K, Span[]> {
  const groups = new Map<K, Span[]>();
  for (const span of spans) {
    const key = keyOf(span);
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [span]);
    else members.push(span);
  }
  return groups;
}

function byStart(a: Span, b: Span): number {
  if (a.timestamp === undefined || b.timestamp === undefined) {
    return Number(a.timestamp === undefined) - Number(b.timestamp === undefined);
  }
  return a.timestamp - b.timestamp;
}

function parentOf(span: Span, byId: ReadonlyMap<string, Span[]>): Span | undefined {
  if (span.shared) {
    const client = byId.get(span.id)?.find((other) => !other.shared);
    if (client !== undefined) return client;
  }
  const candidates = span.parentId === undefined ? [] : (byId.get(span.parentId) ?? []);
  const service = span.localEndpoint?.serviceName;
  const own = candidates.filter((each) => each.localEndpoint?.serviceName === service);
  return (
    own.find((each) => each.shared) ??
    own[0] ??
    candidates.find((each) => each.shared) ??
    candidates[0]
  );
}
