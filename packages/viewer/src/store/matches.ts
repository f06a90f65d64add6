import { searchNamesOf } from '../model/label.js';
import type { Span } from '../model/span.js';
import type { TraceQuery } from './query.js';

/**
 * Whether a trace is one that a search finds, for traces that are at hand: what `findTraces` asks the
 * index, asked of the spans. The time and the limit of the query are left aside.
 * @param spans of one trace
 */
export function matches(query: TraceQuery, spans: readonly Span[]): boolean {
  const { serviceName, remoteServiceName, spanName, minDuration } = query;
  const maxDuration = query.maxDuration ?? Number.POSITIVE_INFINITY;
  const own = spans.filter(
    ({ localEndpoint }) => serviceName === undefined || localEndpoint?.serviceName === serviceName,
  );
  const some = (test: (span: Span) => boolean) => own.some(test);
  return (
    own.length > 0 &&
    (spanName === undefined || some((span) => searchNamesOf(span).includes(spanName))) &&
    (remoteServiceName === undefined ||
      some(({ remoteEndpoint }) => remoteEndpoint?.serviceName === remoteServiceName)) &&
    (minDuration === undefined ||
      some(({ duration = 0 }) => duration >= minDuration && duration <= maxDuration)) &&
    query.annotations.every((term) => some((span) => has(span, term)))
  );
}

function has(span: Span, { key, value }: TraceQuery['annotations'][number]): boolean {
  const { tags = {}, annotations = [] } = span;
  if (value !== undefined) return Object.hasOwn(tags, key) && tags[key] === value;
  return Object.hasOwn(tags, key) || annotations.some((annotation) => annotation.value === key);
}
