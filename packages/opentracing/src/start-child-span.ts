import { globalTracer } from './global-tracer.js';
import type { Span } from './span.js';
import type { SpanContext } from './span-context.js';
import type { SpanOptions, Tracer } from './tracer.js';

/**
 * Starts a child of `parent` with the tracer that `parent` belongs to: `startSpan` with `childOf`, for
 * where there is a span and no tracer at hand.
 *
 * Source: opentracing-python, `start_child_span`.
 *
 * @param parent - a span, such as the active one. With a context, which knows no tracer, and with
 *   `null` or `undefined`, which is like leaving `childOf` out, the tracer is `globalTracer()`
 * @param options - like those of `Tracer.startSpan`; `childOf` is set
 * @example
 * ```ts
 * const request = new MockTracer().startSpan('request');
 * const query = startChildSpan(request, 'query', { tags: { 'db.type': 'sql' } });
 * query.finish();
 * request.finish();
 * ```
 */
export function startChildSpan(
  parent: Span | SpanContext | null | undefined,
  name: string,
  options?: SpanOptions | null,
): Span {
  return tracerOf(parent).startSpan(name, withParent(options, parent));
}

function tracerOf(parent: Span | SpanContext | null | undefined): Tracer {
  try {
    const tracer = (parent as Partial<Span> | null | undefined)?.tracer?.();
    if (tracer?.startSpan) {
      return tracer;
    }
  } catch {
    // What throws when it is asked is no span; `startSpan` ignores it.
  }
  return globalTracer();
}

function withParent(
  options: SpanOptions | null | undefined,
  childOf: Span | SpanContext | null | undefined,
): SpanOptions {
  try {
    return { ...options, childOf };
  } catch {
    // Options that throw when they are read: the tracer looks which of them can be.
    return { __proto__: options, childOf } as SpanOptions;
  }
}
