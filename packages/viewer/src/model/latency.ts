import { labelOf, searchNamesOf, serviceOf } from './label.js';
import { isError, type Span } from './span.js';
import { percentile } from './statistics.js';

/** How long the spans of an operation took. Times are in microseconds. */
export interface Latency {
  service: string;
  /** The service, for a search; undefined where it is unknown. */
  serviceName: string | undefined;
  /** What to call the operation, see `labelOf`. */
  name: string;
  /** What a search calls its spans by; undefined where they have no name. */
  spanName: string | undefined;
  /** Spans with a duration. */
  count: number;
  errors: number;
  p50: number;
  p90: number;
  p95: number;
  p99: number;
  /** How many of the spans fall between one power of the square root of ten and the next, see `bucketOf`. */
  buckets: ReadonlyMap<number, number>;
}

/** The number of the bucket of a duration: two to a power of ten, 0 from one microsecond on. */
function bucketOf(duration: number): number {
  return Math.floor(2 * Math.log10(Math.max(1, duration)) + 1e-9);
}

/** Where a bucket begins, in microseconds. */
export function bucketStart(bucket: number): number {
  return 10 ** (bucket / 2);
}

/** The latencies of all operations of the spans, those of most spans first; spans without a duration do not count. */
export function latenciesOf(spans: readonly Span[]): Latency[] {
  const groups = new Map<string, Span[]>();
  for (const span of spans) {
    if (span.duration === undefined) continue;
    const key = JSON.stringify([serviceOf(span), labelOf(span)]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [span]);
    else group.push(span);
  }
  return [...groups.values()].map(latencyOf).sort((a, b) => b.count - a.count);
}

function latencyOf(spans: readonly Span[]): Latency {
  const durations = spans.map(({ duration = 0 }) => duration).sort((a, b) => a - b);
  const buckets = new Map<number, number>();
  for (const duration of durations) {
    const bucket = bucketOf(duration);
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
  }
  const first = spans[0];
  return {
    service: first === undefined ? '' : serviceOf(first),
    serviceName: first?.localEndpoint?.serviceName,
    name: first === undefined ? '' : labelOf(first),
    spanName: first && searchNamesOf(first).at(-1),
    count: durations.length,
    errors: spans.filter(isError).length,
    p50: percentile(durations, 0.5),
    p90: percentile(durations, 0.9),
    p95: percentile(durations, 0.95),
    p99: percentile(durations, 0.99),
    buckets,
  };
}
