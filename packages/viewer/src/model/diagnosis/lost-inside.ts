import { labelOf, serviceOf } from '../label.js';
import type { Node, Trace } from '../tree.js';
import { beginOf, endOf, type Finding, findingOf, groupNodes, named, namedAll } from './finding.js';

/** A span may be finished a little after the request that it belongs to. */
const TOLERANCE = 1_000;

/** A root, and the requests of the same process that were under way when it began. */
interface Suspect {
  root: Node;
  requests: Node[];
}

/**
 * Spans that began a trace of their own while their process was answering a request: what a program does
 * for a request belongs under its span, so the context was lost on the way.
 *
 * A program has work of its own, too, such as jobs that a timer starts. That is told by its roots beginning
 * while no request is under way: an operation of which one root did is not suspected.
 */
export function lostInside(traces: readonly Trace[]): Finding[] {
  const nodes = traces.flatMap((trace) => trace.nodes);
  const requests = groupNodes(
    nodes.filter(({ span }) => span.kind === 'SERVER' && span.duration !== undefined),
    processOf,
  );
  for (const group of requests.values()) group.sort((a, b) => beginOf(a) - beginOf(b));
  const roots = traces.flatMap((trace) => trace.roots.filter(isOwnWork));
  return [...groupNodes(roots, operationOf).values()].flatMap((group) => {
    const suspects = group.map((root): Suspect => {
      const ofProcess = requests.get(processOf(root)) ?? [];
      return { root, requests: ofProcess.filter((request) => wasUnderWay(request, root)) };
    });
    return suspects.every((each) => each.requests.length > 0) ? [tell(suspects)] : [];
  });
}

function isOwnWork({ span }: Node): boolean {
  const isReceiver = span.kind === 'SERVER' || span.kind === 'CONSUMER';
  return span.parentId === undefined && !isReceiver;
}

function processOf({ span: { localEndpoint } }: Node): string {
  return [localEndpoint?.serviceName, localEndpoint?.ipv4, localEndpoint?.ipv6].join(' ');
}

function operationOf(node: Node): string {
  return JSON.stringify([processOf(node), node.span.kind, labelOf(node.span)]);
}

function wasUnderWay(request: Node, root: Node): boolean {
  return (
    request.span.traceId !== root.span.traceId &&
    beginOf(request) <= beginOf(root) &&
    beginOf(root) <= endOf(request)
  );
}

function tell(suspects: readonly Suspect[]): Finding {
  // Several requests at a time, or one that ended first, leave room for chance.
  const isSure = suspects.every(
    ({ root, requests: [request, ...others] }) =>
      request !== undefined && others.length === 0 && !(endOf(root) > endOf(request) + TOLERANCE),
  );
  const roots = suspects.map(({ root }) => root) as [Node, ...Node[]];
  const [first] = suspects;
  const request = first?.requests.at(-1);
  const during = request === undefined ? 'a request' : named(request);
  const service = serviceOf(roots[0].span);
  const began = roots.length === 1 ? 'began a trace of its own' : 'each began a trace of their own';
  return {
    ...findingOf(
      'lost-inside',
      isSure ? 'warning' : 'note',
      request === undefined ? roots : [roots[0], request, ...roots.slice(1)],
      `${namedAll(roots)} ${began} while ${service} was answering ${during}.`,
      'The active span was lost on the way: a pool, a queue or an emitter calls back from where it was set up, or the scope manager does not follow asynchronous code; wrap the callback in tracer.scopeManager.bind, pass the span as childOf, or use AsyncLocalStorageScopeManager.',
    ),
    count: roots.length,
  };
}
