import { labelOf } from '../../model/label.js';
import type { Span } from '../../model/span.js';
import { buildTrace } from '../../model/tree.js';
import { serviceOf } from './labels.js';

/** One trace as a line of the list. */
export interface TraceSummary {
  id: string;
  service: string;
  name: string;
  /** Whether the first span of the trace arrived. */
  hasRoot: boolean;
  /** Microseconds since the epoch. */
  timestamp: number | undefined;
  /** Microseconds. */
  duration: number;
  spans: number;
  errors: number;
  services: [name: string, spans: number][];
}

/** What the list says about a trace. */
export function summarise(spans: readonly Span[]): TraceSummary {
  const trace = buildTrace(spans);
  const root = trace.roots[0];
  return {
    id: trace.id,
    service: root === undefined ? 'unknown' : serviceOf(root.span),
    name: root === undefined ? '(no spans)' : labelOf(root.span),
    hasRoot: root !== undefined && root.orphan === undefined,
    timestamp: root?.span.timestamp ?? trace.timestamp,
    duration: trace.duration,
    spans: trace.nodes.length,
    errors: trace.errors,
    services: trace.services,
  };
}

/** The summaries, newest first; traces without a time come last. */
export function newestFirst(summaries: readonly TraceSummary[]): TraceSummary[] {
  return [...summaries].sort((a, b) => (b.timestamp ?? 0) - (a.timestamp ?? 0));
}
