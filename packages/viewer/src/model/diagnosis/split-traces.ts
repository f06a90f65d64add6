import type { Node, Trace } from '../tree.js';
import { type Finding, findingOf, groupNodes, named, namedAll } from './finding.js';

/**
 * Spans whose parent is in another trace: the id of the span was carried on, that of its trace was not. None
 * where several traces have a span of that id, as ids that are counted do.
 */
export function splitTraces(traces: readonly Trace[]): Finding[] {
  const orphans = traces.flatMap(({ nodes }) =>
    nodes.filter(({ orphan }) => orphan === 'parent missing'),
  );
  const wanted = new Set(orphans.map(({ span }) => span.parentId));
  const parents = groupNodes(
    traces.flatMap(({ nodes }) => nodes.filter(({ span }) => wanted.has(span.id))),
    ({ span }) => span.id,
  );
  return [...groupNodes(orphans, parentOf)].flatMap(([, group]) => {
    const [first] = group;
    const [parent, ...others] = parents.get(first.span.parentId ?? '') ?? [];
    const isClear = others.every(({ span }) => span.traceId === parent?.span.traceId);
    if (parent === undefined || !isClear || parent.span.traceId === first.span.traceId) return [];
    const verb = group.length === 1 ? 'names' : 'name';
    return [
      findingOf(
        'lost-between',
        'warning',
        [first, parent, ...group.slice(1)],
        `${namedAll(group)} ${verb} as parent ${named(parent)}, which is in another trace.`,
        'The id of the span was carried on, but that of the trace was changed on the way: a program or proxy cuts it to 64 bits or makes its own; have each pass it whole, and set OPENTRACING_PROPAGATION alike on both sides.',
      ),
    ];
  });
}

function parentOf({ span }: Node): string {
  return `${span.traceId} ${span.parentId}`;
}
