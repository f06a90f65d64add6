import type * as library from 'opentracing-ts';
import type { Span } from './span.js';
import type { SpanContext } from './span_context.js';

/** What may be referred to: a span or a context of this package or of `opentracing-ts`. */
export type SpanOrContext = Span | SpanContext | library.Span;

/**
 * The context of a span, told by its method `context` so that the spans of other packages count, or
 * else what was given.
 */
export function contextOf(x: SpanOrContext | null | undefined): SpanContext {
  return typeof (x as Partial<Span> | null)?.context === 'function'
    ? (x as Span).context()
    : (x as SpanContext);
}
