import type { Node, Trace } from '../tree.js';
import { type Finding, findingOf, groupNodes, namedAll } from './finding.js';

/**
 * Spans whose parent did not arrive, together by their parent: a note where the parent is of another
 * process, which may not report here.
 * @param isFresh whether the trace ended just now, so that the parent may still come
 */
export function orphans({ nodes }: Trace, isFresh: boolean): Finding[] {
  const ids = new Set(nodes.map(({ span }) => span.id));
  const orphaned = nodes.filter(({ orphan }) => orphan === 'parent missing');
  return [...groupNodes(orphaned, parentKey)].map(([, group]) => {
    const [first] = group;
    const { parentId = '' } = first.span;
    const verb = group.length === 1 ? 'names' : 'name';
    if (ids.has(parentId)) {
      return findingOf(
        'orphan',
        'warning',
        group,
        `${namedAll(group)} ${verb} as parent a span that descends from it.`,
        'Ids were mixed up: two tracers give the same ids, or a context was changed on its way; let each process make its own random ids.',
      );
    }
    const isExpected = isRemote(first) || isFresh;
    const cause = isRemote(first)
      ? 'The caller’s span is not here: the caller sends its spans elsewhere or nowhere, samples otherwise than this service, or ended before it had sent them; give it the same collector and call close() of its tracer at its end.'
      : 'A parent of the same process is missing when it was never finished, or when the process ended before it was sent: let withActiveSpan finish it, call close() of the tracer at the end, and set OPENTRACING_OPEN_SPANS=1 to see open spans.';
    return findingOf(
      'orphan',
      isExpected ? 'note' : 'warning',
      group,
      `${namedAll(group)} ${verb} the parent ${parentId}, which did not arrive.`,
      isFresh ? `It may still be open. ${cause}` : cause,
    );
  });
}

function parentKey(node: Node): string {
  return `${node.span.parentId} ${isRemote(node)}`;
}

/** Whether the parent is of another process. */
function isRemote({ span: { kind } }: Node): boolean {
  return kind === 'SERVER' || kind === 'CONSUMER';
}
