const NO_BAGGAGE: Readonly<Record<string, string>> = /* @__PURE__ */ Object.freeze(
  Object.create(null),
);

/**
 * The part of a span that crosses process boundaries: its ids and its baggage. Immutable.
 *
 * The class itself is the context of the no-op tracer: it has no ids and no baggage.
 *
 * Source: OpenTracing specification, "SpanContext".
 */
export class SpanContext {
  /** The id of the trace as lower-case hex digits; `''` where the tracer has none. */
  toTraceId(): string {
    return '';
  }

  /** The id of the span as lower-case hex digits; `''` where the tracer has none. */
  toSpanId(): string {
    return '';
  }

  /** The baggage: an object without a prototype, not to be changed. */
  get baggage(): Readonly<Record<string, string>> {
    return NO_BAGGAGE;
  }

  /**
   * @internal The context of a tracer written for `opentracing@0.14` that this one stands for; `null`
   * for none. All copies of this package agree on the name.
   */
  _foreignContext(): object | null {
    return null;
  }
}

/** @internal The one context of all spans that record nothing. */
export const NOOP_SPAN_CONTEXT: SpanContext = /* @__PURE__ */ new SpanContext();
