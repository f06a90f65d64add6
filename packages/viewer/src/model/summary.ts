import { labelOf } from './label.js';
import type { Span } from './span.js';
import { buildTrace } from './tree.js';

/** What a list says about a trace. */
export interface TraceSummary {
  traceId: string;
  /**
   * Start of the earliest span in microseconds since the epoch, when any is known, by clocks that
   * were corrected.
   */
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
  const { id, roots, timestamp, duration, errors } = buildTrace(spans);
  const root = roots[0]?.span;
  const services = new Set<string>();
  for (const span of spans) {
    if (span.localEndpoint?.serviceName !== undefined) services.add(span.localEndpoint.serviceName);
  }
  return {
    traceId: id,
    ...(timestamp === undefined ? {} : { timestamp }),
    duration,
    service: root?.localEndpoint?.serviceName ?? '',
    name: root === undefined ? '' : labelOf(root),
    services: [...services].sort(),
    spanCount: spans.length,
    errorCount: errors,
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
