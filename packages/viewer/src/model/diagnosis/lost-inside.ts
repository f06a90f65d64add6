import { labelOf, serviceOf } from '../label.js';
import { OTLP_TAGS } from '../otlp-names.js';
import type { Node, Trace } from '../tree.js';
import { beginOf, endOf, type Finding, findingOf, groupNodes, named, namedAll } from './finding.js';

/** A span may be finished a little after the request that it belongs to. */
const TOLERANCE = 1_000;
/** What takes longer is a stream or a long poll, beside which a program goes on with work of its own. */
const LONGEST_REQUEST = 5_000_000;
/** From here on chance explains it as well: the usual level of significance. */
const LIKELY = 0.05;

const ADVICE =
  'The active span was lost on the way: a pool, a queue or an emitter calls back from where it was set up, or the scope manager does not follow asynchronous code; wrap the callback in tracer.scopeManager.bind, pass the span as childOf, or use AsyncLocalStorageScopeManager.';
const CHANCE =
  'It may be chance, as with a job that a timer starts: such work is not told of once it begins without a request.';

/** A root, and the requests of the same process that were under way when it began. */
interface Suspect {
  root: Node;
  requests: Node[];
}

/** A program that runs, as its spans tell of it. */
interface Process {
  /** Those that ended, streams left out, by start time. */
  requests: Node[];
  /** For how much of the time that was seen it answered requests, from 0 to 1. */
  load: number;
}

/**
 * Spans that began a trace of their own while their process was answering a request: what a program does
 * for a request belongs under its span, so the context was lost on the way.
 *
 * A program has work of its own, too, such as jobs that a timer starts. That is told by its roots beginning
 * while no request is under way: an operation of which one root did is not suspected. Nor is one whose few
 * roots would fall into requests by chance, as busy as the program is, while most requests have none.
 */
export function lostInside(traces: readonly Trace[]): Finding[] {
  const nodes = traces.flatMap((trace) => trace.nodes);
  const processes = new Map(
    [...groupNodes(nodes, processOf)].map(([name, group]) => [name, observe(group)]),
  );
  const roots = traces.flatMap((trace) => trace.roots.filter(isOwnWork));
  return [...groupNodes(roots, operationOf).values()].flatMap((group) => {
    const process = processes.get(processOf(group[0]));
    if (process === undefined) return [];
    const suspects = group.map((root): Suspect => {
      return { root, requests: process.requests.filter((each) => wasUnderWay(each, root)) };
    });
    const isSuspected = suspects.every((each) => each.requests.length > 0);
    return isSuspected && !isChance(suspects, process) ? [tell(suspects)] : [];
  });
}

function isOwnWork({ span }: Node): boolean {
  const isReceiver = span.kind === 'SERVER' || span.kind === 'CONSUMER';
  // What links to another trace has its context, and begins a trace on purpose.
  const hasLink = span.tags?.[`${OTLP_TAGS.link}0`] !== undefined;
  return span.parentId === undefined && !isReceiver && !hasLink;
}

function processOf({ span: { localEndpoint, tags = {} } }: Node): string {
  return JSON.stringify([
    ...[localEndpoint?.serviceName, localEndpoint?.ipv4, localEndpoint?.ipv6],
    ...[tags['service.instance.id'], tags['host.name'], tags['process.pid']],
  ]);
}

function operationOf(node: Node): string {
  return JSON.stringify([processOf(node), node.span.kind, labelOf(node.span)]);
}

function observe(nodes: readonly Node[]): Process {
  const timed = nodes.filter((node) => !Number.isNaN(beginOf(node)));
  const requests = timed
    .filter(
      ({ span: { kind, duration } }) => kind === 'SERVER' && Number(duration) <= LONGEST_REQUEST,
    )
    .sort((a, b) => beginOf(a) - beginOf(b));
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const node of timed) {
    first = Math.min(first, beginOf(node));
    last = Math.max(last, beginOf(node) + node.duration);
  }
  let [busy, until] = [0, first];
  for (const request of requests) {
    busy += Math.max(endOf(request) - Math.max(beginOf(request), until), 0);
    until = Math.max(until, endOf(request));
  }
  return { requests, load: last > first ? busy / (last - first) : 1 };
}

function wasUnderWay(request: Node, root: Node): boolean {
  return (
    request.span.traceId !== root.span.traceId &&
    beginOf(request) <= beginOf(root) &&
    beginOf(root) <= endOf(request)
  );
}

/** Whether work of the program's own would look alike. What most requests of an operation cause is no chance. */
function isChance(suspects: readonly Suspect[], { requests, load }: Process): boolean {
  if (load ** suspects.length < LIKELY) return false;
  const causes = new Set(suspects.flatMap((each) => each.requests));
  const operations = new Set([...causes].map(operationOf));
  const alike = requests.filter((request) => operations.has(operationOf(request)));
  return causes.size < alike.length / 2;
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
      isSure ? ADVICE : `${CHANCE} ${ADVICE}`,
    ),
    count: roots.length,
  };
}
