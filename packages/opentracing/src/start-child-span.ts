import type { Span } from './span.js';
import type { SpanOptions } from './tracer.js';

/**
 * Starts a child of `parent` with the tracer that `parent` belongs to.
 *
 * Source: opentracing-python, `start_child_span`.
 *
 * @param options - like those of `Tracer.startSpan`; `childOf` is set
 * @example
 * ```ts
 * const request = new MockTracer().startSpan('request');
 * const query = startChildSpan(request, 'query', { tags: { 'db.type': 'sql' } });
 * query.finish();
 * request.finish();
 * ```
 */
export function startChildSpan(parent: Span, name: string, options?: SpanOptions | null): Span {
  return parent.tracer().startSpan(name, withParent(options, parent));
}

function withParent(options: SpanOptions | null | undefined, childOf: Span): SpanOptions {
  try {
    return { ...options, childOf };
  } catch {
    // Options that throw when they are read: the tracer looks which of them can be.
    return Object.create(options as object, { childOf: { value: childOf } });
  }
}
