import { sortAnnotations } from './normalize.js';
import type { Endpoint, Span } from './span.js';

/**
 * Makes one span of the reports that belong together, as Zipkin's server does when it reads a trace
 * (zipkin2.internal.Trace): a tracer may send a span in pieces or twice, and the two halves of an
 * RPC may share one id. Spans with the same id merge when both or neither are `shared` and their
 * endpoints do not contradict each other: the first value wins, later tags overwrite. Every span
 * gets the longest trace id of the trace; a server half that follows a client half with its id gets
 * a missing `shared`, and either half a missing `parentId`.
 * @param spans the reports of one trace, in the order of their arrival
 * @returns new spans, sorted by id, the client half first; the reports are left as they are
 */
export function mergeTrace(spans: readonly Span[]): Span[] {
  const traceId = spans.reduce(
    (longest, span) => (span.traceId.length > longest.length ? span.traceId : longest),
    '',
  );
  const merged: Span[] = [];
  for (const report of [...spans].sort(compareReports)) {
    const last = merged.at(-1);
    if (last?.id !== report.id) {
      merged.push({ ...report, traceId });
    } else if (last.shared === report.shared && compatible(last, report)) {
      merged[merged.length - 1] = { ...combine(last, report), traceId };
    } else {
      merged.push({ ...report, traceId });
    }
  }
  completeHalves(merged);
  return merged;
}

/** Runs after the merging, since a flag that is filled in must not keep two pieces apart. */
function completeHalves(merged: Span[]): void {
  for (const [index, span] of merged.entries()) {
    const before = merged[index - 1];
    if (before?.id !== span.id) continue;
    if (before.kind === 'CLIENT' && span.kind === 'SERVER') span.shared = true;
    if (span.parentId === undefined && before.parentId !== undefined) {
      span.parentId = before.parentId;
    }
  }
}

function compareReports(a: Span, b: Span): number {
  return (
    compareText(a.id, b.id) ||
    half(a) - half(b) ||
    compareEndpoints(a.localEndpoint, b.localEndpoint)
  );
}

/** The client half comes first, the half that borrowed the id last. */
function half(span: Span): number {
  if (span.shared) return 2;
  return span.kind === 'CLIENT' ? 0 : 1;
}

function compareEndpoints(a: Endpoint | undefined, b: Endpoint | undefined): number {
  return (
    compareText(a?.serviceName, b?.serviceName) ||
    compareText(a?.ipv4, b?.ipv4) ||
    compareText(a?.ipv6, b?.ipv6)
  );
}

/** Absent comes first. */
function compareText(a = '', b = ''): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `into` carries the endpoint that its pieces have told so far. */
function compatible(into: Span, report: Span): boolean {
  const a = into.localEndpoint;
  const b = report.localEndpoint;
  if (a === undefined || b === undefined) return true;
  return (['serviceName', 'ipv4', 'ipv6', 'port'] as const).every(
    (field) => a[field] === undefined || b[field] === undefined || a[field] === b[field],
  );
}

function combine(first: Span, later: Span): Span {
  const span: Span = { ...later, ...first };
  const local = combineEndpoints(first.localEndpoint, later.localEndpoint);
  if (local !== undefined) span.localEndpoint = local;
  const remote = combineEndpoints(first.remoteEndpoint, later.remoteEndpoint);
  if (remote !== undefined) span.remoteEndpoint = remote;
  if (first.annotations !== undefined && later.annotations !== undefined) {
    span.annotations = sortAnnotations([...first.annotations, ...later.annotations]);
  }
  if (first.tags !== undefined && later.tags !== undefined) {
    span.tags = { ...first.tags, ...later.tags };
  }
  return span;
}

function combineEndpoints(first?: Endpoint, later?: Endpoint): Endpoint | undefined {
  return first === undefined || later === undefined ? (first ?? later) : { ...later, ...first };
}
