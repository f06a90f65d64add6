import { labelOf, serviceOf } from './label.js';
import type { Span } from './span.js';
import { buildTrace } from './tree.js';

/** One trace as a line of the page's lists, and as `GET /api/tail` tells it. */
export interface TraceLine {
  id: string;
  service: string;
  name: string;
  /** Whether the first span of the trace arrived. */
  hasRoot: boolean;
  /** Microseconds since the epoch; missing when unknown. */
  timestamp?: number | undefined;
  /** Microseconds. */
  duration: number;
  spans: number;
  errors: number;
  services: [name: string, spans: number][];
}

/** What a list of the page says about a trace. */
export function lineOf(spans: readonly Span[]): TraceLine {
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

/** The lines, newest first; traces without a time come last. */
export function newestFirst(lines: readonly TraceLine[]): TraceLine[] {
  return [...lines].sort((a, b) => (b.timestamp ?? 0) - (a.timestamp ?? 0));
}
