/**
 * What a search asks for. Every condition but the time is on the spans of `serviceName` when it is
 * given, and different spans of the trace may satisfy different conditions.
 */
export interface TraceQuery {
  serviceName?: string;
  remoteServiceName?: string;
  spanName?: string;
  /** Tags that a span must have, and words that are an annotation's value or a tag's key. */
  annotations: readonly { key: string; value?: string }[];
  /** Microseconds, both ends included. */
  minDuration?: number;
  /** Microseconds, both ends included. */
  maxDuration?: number;
  /** Microseconds since the epoch; the trace starts at or after it. */
  from: number;
  /** Microseconds since the epoch; the trace starts at or before it. */
  to: number;
  /** At most this many traces, the newest. */
  limit: number;
}
