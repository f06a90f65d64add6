import type { Trace } from '../tree.js';
import { type Finding, findingOf, named, namedAll } from './finding.js';

/** Spans without a parent in a trace that began with another. */
export function secondRoots({ nodes, roots }: Trace): Finding[] {
  const [root] = roots;
  const group = nodes.filter(
    ({ orphan, span }) => orphan === 'second root' && span.id !== root?.span.id,
  );
  const [first, ...others] = group;
  if (first === undefined || root === undefined) return [];
  const verb = others.length === 0 ? 'has' : 'have';
  return [
    findingOf(
      'second-root',
      'warning',
      group,
      `${namedAll([first, ...others])} ${verb} no parent, though the trace began with ${named(root)}.`,
      'The trace id was carried on, but not the span: pass the span or its whole context as childOf, and let inject and extract carry the context instead of the id alone.',
    ),
  ];
}
