import { labelOf } from './label.js';
import { isError, type Span } from './span.js';
import { treeOf } from './tree.js';

/** What a list says about a trace. */
export interface TraceSummary {
  traceId: string;
  /** Start of the earliest span in microseconds since the epoch, when any is known. */
  timestamp?: number;
  /** From the earliest start to the latest end, in microseconds. */
  duration: number;
  /** The root's service; empty when unknown. */
  service: string;
  /** What to call the root, see `labelOf`; empty without a span. */
  name: string;
  /** All services of the trace, sorted. */
  services: string[];
  spanCount: number;
  errorCount: number;
}

/** @param spans the merged spans of one trace */
export function summarize(spans: readonly Span[]): TraceSummary {
  const root = treeOf(spans)[0]?.span;
  const { start, end } = extent(spans);
  const services = new Set<string>();
  for (const span of spans) {
    if (span.localEndpoint?.serviceName !== undefined) services.add(span.localEndpoint.serviceName);
  }
  return {
    traceId: root?.traceId ?? '',
    ...(start === undefined ? {} : { timestamp: start }),
    duration: start === undefined || end === undefined ? 0 : end - start,
    service: root?.localEndpoint?.serviceName ?? '',
    name: root === undefined ? '' : labelOf(root),
    services: [...services].sort(),
    spanCount: spans.length,
    errorCount: spans.filter(isError).length,
  };
}

/** When the spans begin and end, in microseconds since the epoch; undefined when none has a time. */
export function extent(spans: readonly Span[]): { start?: number; end?: number } {
  const known: { start?: number; end?: number } = {};
  for (const { timestamp, duration } of spans) {
    if (timestamp === undefined) continue;
    const end = timestamp + (duration ?? 0);
    known.start = Math.min(known.start ?? timestamp, timestamp);
    known.end = Math.max(known.end ?? end, end);
  }
  return known;
}
