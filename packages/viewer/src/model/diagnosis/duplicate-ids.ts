import type { Trace } from '../tree.js';
import { type Finding, findingOf, groupNodes, named } from './finding.js';

/** Spans that have one id. */
export function duplicateIds({ nodes }: Trace): Finding[] {
  // The halves of a call may share an id, and several servers may answer one call.
  const own = nodes.filter(({ span }) => span.shared !== true);
  return [...groupNodes(own, ({ span }) => span.id)].flatMap(([id, group]) => {
    const [first, second] = group;
    if (second === undefined) return [];
    return [
      findingOf(
        'duplicate-id',
        'warning',
        group,
        `${named(first)} and ${named(second)} have the same id, ${id}.`,
        'Two processes make the same ids: the option firstId is set in both, or a random generator was seeded alike; leave firstId and idGenerator to tests.',
      ),
    ];
  });
}
