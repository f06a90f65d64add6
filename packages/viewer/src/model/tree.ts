import type { Span } from './span.js';

/** A span among its relatives. */
export interface TreeRow {
  span: Span;
  /** 0 for a root. */
  depth: number;
  /** For each ancestor level and the span itself, whether it is the last of its siblings. */
  last: readonly boolean[];
}

/**
 * The spans of a merged trace as a tree, parents before children, siblings by their start. A span
 * hangs under the span that its `parentId` names; where a client and a server share that id, under
 * the half of its own service. The server half hangs under the client half. A span whose parent is
 * not there, and one of a circle of parents, is a root of its own.
 */
export function treeOf(spans: readonly Span[]): TreeRow[] {
  const byId = new Map<string, Span[]>();
  for (const span of spans) byId.set(span.id, [...(byId.get(span.id) ?? []), span]);

  const children = new Map<Span | undefined, Span[]>();
  for (const span of [...spans].sort(byStart)) {
    const parent = parentOf(span, byId);
    children.set(parent, [...(children.get(parent) ?? []), span]);
  }

  const rows: TreeRow[] = [];
  const seen = new Set<Span>();
  // An explicit stack, since a trace may be deeper than the call stack.
  const walk = (roots: readonly Span[]) => {
    const stack: TreeRow[] = [];
    const push = (siblings: readonly Span[], depth: number, last: readonly boolean[]) => {
      for (let index = siblings.length - 1; index >= 0; index -= 1) {
        const span = siblings[index];
        const isLast = index === siblings.length - 1;
        if (span !== undefined) stack.push({ span, depth, last: [...last, isLast] });
      }
    };
    push(roots, 0, []);
    for (let row = stack.pop(); row !== undefined; row = stack.pop()) {
      if (seen.has(row.span)) continue;
      seen.add(row.span);
      rows.push(row);
      push(children.get(row.span) ?? [], row.depth + 1, row.last);
    }
  };
  walk(children.get(undefined) ?? []);
  for (const span of spans) if (!seen.has(span)) walk([span]);
  return rows;
}

function byStart(a: Span, b: Span): number {
  return (a.timestamp ?? Infinity) - (b.timestamp ?? Infinity) || 0;
}

function parentOf(span: Span, byId: ReadonlyMap<string, Span[]>): Span | undefined {
  const halves = byId.get(span.id) ?? [];
  const client = halves.find((other) => other !== span && !other.shared);
  if (span.shared && client !== undefined) return client;
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
