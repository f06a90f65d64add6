import type { Span } from './span.js';
import { readOptions } from './span-options.js';
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
  return parent.tracer().startSpan(name, { ...ownEntries(options), childOf: parent });
}

/** With what a tracer may know beside the standard options, as long as none throws when it is read. */
function ownEntries(options: SpanOptions | null | undefined): SpanOptions {
  try {
    return { ...options };
  } catch {
    return readOptions(options);
  }
}
