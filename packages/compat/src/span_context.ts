import { es5Class } from './es5_class.js';
import { noops } from './noop_instances.js';

/** The part of a span that crosses process boundaries; what it holds is up to the tracer. */
export interface SpanContext {
  /** The id of the trace, in the form that the tracer gives it; `''` where it has none. */
  toTraceId(): string;
  /** The id of the span, in the form that the tracer gives it; `''` where it has none. */
  toSpanId(): string;
}

class SpanContextBase implements SpanContext {
  toTraceId(): string {
    return '';
  }

  toSpanId(): string {
    return '';
  }
}

/** The base of the contexts of a tracer, and the context without ids. */
export const SpanContext = es5Class(SpanContextBase, () => {});

// For opentracing-ts, whose contexts have baggage. Not declared, and a plain property: the contexts
// of a tracer may have a `baggage` of their own, of whatever type.
Object.defineProperty(SpanContext.prototype, 'baggage', {
  value: Object.freeze(Object.create(null)),
  configurable: true,
  enumerable: false,
  writable: true,
});

noops.spanContext = new SpanContext();

export default SpanContext;
