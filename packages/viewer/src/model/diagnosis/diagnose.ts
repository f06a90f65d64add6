import { labelOf, serviceOf } from '../label.js';
import type { Span } from '../span.js';
import type { Node, Trace } from '../tree.js';
import { clockTrouble } from './clock-trouble.js';
import {
  beginOf,
  bySeverity,
  endOf,
  type Finding,
  findingOf,
  groupNodes,
  lengthOf,
  named,
  namedAll,
  quoted,
} from './finding.js';

/** Clocks of different processes, and of sources with milliseconds, agree no better. */
const TOLERANCE = 1_000;
/** A trace that ended so recently may have spans that are still open. */
const FRESH = 30_000_000;

/**
 * What one trace says of lost context and other trouble: missing parents, second roots, children of
 * finished spans, spans that were never finished, clocks, ids used twice, missing names of services.
 * A trace that is as it should be has no findings; children of producers and consumers, and those that
 * follow from their parent (`opentracing.ref_type`), may begin whenever they like.
 * @param now microseconds since the epoch: what is about to arrive is not yet missing
 * @returns warnings first
 */
export function diagnose(trace: Trace, now = Date.now() * 1_000): Finding[] {
  const isFresh = trace.timestamp !== undefined && now - trace.timestamp - trace.duration < FRESH;
  return bySeverity([
    ...orphans(trace, isFresh),
    ...secondRoots(trace),
    ...lateChildren(trace),
    ...unfinished(trace),
    ...clockTrouble(trace, now),
    ...duplicateIds(trace),
    ...namelessServices(trace),
  ]);
}

function orphans({ nodes }: Trace, isFresh: boolean): Finding[] {
  const ids = new Set(nodes.map(({ span }) => span.id));
  const orphaned = nodes.filter(({ orphan }) => orphan === 'parent missing');
  return [...groupNodes(orphaned, parentKey)].map(([, group]) => {
    const [first] = group;
    const { parentId = '', kind } = first.span;
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
    const seen = `${namedAll(group)} ${verb} the parent ${parentId}, which did not arrive.`;
    if (kind === 'SERVER' || kind === 'CONSUMER') {
      return findingOf(
        'orphan',
        'note',
        group,
        seen,
        'The caller’s span is not here: the caller sends its spans elsewhere or nowhere, samples otherwise than this service, or ended before it had sent them; give it the same collector and call close() of its tracer at its end.',
      );
    }
    const cause = isFresh ? 'It may still be open. ' : '';
    return findingOf(
      'orphan',
      isFresh ? 'note' : 'warning',
      group,
      seen,
      `${cause}A parent of the same process is missing when it was never finished, or when the process ended before it was sent: let withActiveSpan finish it, call close() of the tracer at the end, and set OPENTRACING_OPEN_SPANS=1 to see open spans.`,
    );
  });
}

function parentKey({ span }: Node): string {
  const isRemote = span.kind === 'SERVER' || span.kind === 'CONSUMER';
  return `${span.parentId} ${isRemote}`;
}

function secondRoots({ nodes, roots }: Trace): Finding[] {
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

function lateChildren({ nodes }: Trace): Finding[] {
  const late = nodes.filter(isLate);
  return [...groupNodes(late, ({ parent }) => parent)].flatMap(([parent, group]) => {
    if (parent === undefined) return [];
    const [first] = group;
    const gap = lengthOf(beginOf(first) - endOf(parent));
    const seen = `${namedAll(group)} began ${gap} after the end of ${quoted(labelOf(parent.span))}, the parent.`;
    if (parent.span.kind === 'CLIENT' && first.span.kind === 'SERVER') {
      return [
        findingOf(
          'late-child',
          'warning',
          group,
          seen,
          'The caller had given up by then: a timeout, an abort, or a server whose requests wait in a queue; compare the timeout with what the server takes.',
        ),
      ];
    }
    return [
      findingOf(
        'late-child',
        'warning',
        group,
        seen,
        'Nobody waited for it: await it inside of withActiveSpan, or finish the parent later; where it is meant to go on by itself, start it with references: [followsFrom(parent)].',
      ),
    ];
  });
}

function isLate(node: Node): boolean {
  const { parent, orphan, span } = node;
  if (parent === undefined || orphan !== undefined || isMessage(span) || isMessage(parent.span)) {
    return false;
  }
  if (span.tags?.['opentracing.ref_type'] === 'follows_from') return false;
  return beginOf(node) - endOf(parent) > TOLERANCE;
}

/** Both sides of a message go their own ways. */
function isMessage({ kind }: Span): boolean {
  return kind === 'PRODUCER' || kind === 'CONSUMER';
}

function unfinished({ nodes }: Trace): Finding[] {
  return nodes.filter(isUnfinished).map((node) => {
    const { kind, tags } = node.span;
    const isTold = tags?.['opentracing.unfinished'] === 'true';
    return findingOf(
      'unfinished',
      isTold || kind === undefined ? 'warning' : 'note',
      [node],
      isTold
        ? `${named(node)} was open when its program ended, or for long.`
        : `${named(node)} has no duration: it was not finished when it was sent.`,
      'On some way out nobody calls finish(): an early return, an exception, a promise that never settles, an event that never comes; use withActiveSpan, or finish in finally.',
    );
  });
}

function isUnfinished({ span }: Node): boolean {
  // OTLP has no spans without an end, so theirs is told by the tag alone.
  const isOpen = span.duration === undefined || span.duration <= 1;
  if (span.tags?.['opentracing.unfinished'] === 'true') return isOpen;
  return span.duration === undefined && span.timestamp !== undefined && !isMessage(span);
}

function duplicateIds({ nodes }: Trace): Finding[] {
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

function namelessServices({ nodes }: Trace): Finding[] {
  const [first, ...others] = nodes.filter(
    ({ span }) =>
      span.localEndpoint?.serviceName === undefined ||
      serviceOf(span).startsWith('unknown_service'),
  );
  if (first === undefined) return [];
  const group: [Node, ...Node[]] = [first, ...others];
  const verb = others.length === 0 ? 'does' : 'do';
  return [
    findingOf(
      'no-service',
      'note',
      group,
      `${namedAll(group)} ${verb} not say which service recorded it.`,
      'Give the tracer a serviceName, or the program OPENTRACING_SERVICE_NAME (OTEL_SERVICE_NAME), so that it can be searched for and has its place among the services.',
    ),
  ];
}
