import { diagnose } from '../model/diagnosis/diagnose.js';
import {
  type Diagnosis,
  diagnoseAcross,
  diagnoseAll,
  joinFindings,
} from '../model/diagnosis/diagnose-all.js';
import { bySeverity, type Finding, withFewPlaces } from '../model/diagnosis/finding.js';
import type { Span } from '../model/span.js';
import { buildTrace } from '../model/tree.js';
import type { TraceQuery } from './query.js';
import type { SpanStore } from './store.js';

/** Requests that began so long before a trace, in microseconds, may still have been under way. */
const BEFORE = 60_000_000;
/** Traces that are looked at beside one. */
const MOST_NEIGHBOURS = 500;

/**
 * All findings about one trace, with what only the traces of the same time tell.
 * @param spans the merged spans of the trace
 * @returns warnings first
 */
export function diagnoseStored(store: SpanStore, spans: readonly Span[]): Finding[] {
  const trace = buildTrace(spans);
  const { id, timestamp, duration } = trace;
  const findings = diagnose(trace);
  if (timestamp === undefined) return findings.map((each) => withFewPlaces(each));
  const neighbours = store.search({
    annotations: [],
    from: Math.max(0, timestamp - BEFORE),
    to: timestamp + duration,
    limit: MOST_NEIGHBOURS,
  });
  const others = [...neighbours].map(buildTrace).filter((each) => each.id !== id);
  const across = diagnoseAcross([trace, ...others]).filter(({ places }) =>
    places.some((place) => place.traceId === id),
  );
  return bySeverity(joinFindings(across, findings)).map((each) => withFewPlaces(each, id));
}

/** All findings about the traces that a query finds, by operation. */
export function diagnoseQuery(store: SpanStore, query: TraceQuery): Diagnosis {
  return diagnoseAll(store.search(query));
}
