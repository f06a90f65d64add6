import { Span } from './span.js';
import type { SpanContext } from './span-context.js';

/** The new span is part of the operation of the referenced one, which waits for it. */
export const REFERENCE_CHILD_OF = 'child_of';
/** The new span was caused by the referenced one, which does not wait for it. */
export const REFERENCE_FOLLOWS_FROM = 'follows_from';

/**
 * How a new span is related to the context of another one.
 *
 * Source: OpenTracing specification, "References between Spans".
 */
export class Reference {
  /** @internal */
  _type: string;
  /** @internal */
  _referencedContext: SpanContext | null | undefined;

  /**
   * @param type - {@link REFERENCE_CHILD_OF}, {@link REFERENCE_FOLLOWS_FROM}, or a type that the
   *   tracer knows
   * @param referencedContext - a span or a context; with `null` or `undefined` the reference is
   *   ignored
   */
  constructor(type: string, referencedContext: SpanContext | Span | null | undefined) {
    this._type = type;
    this._referencedContext = contextOf(referencedContext);
  }

  /** The kind of the relation. */
  type(): string {
    return this._type;
  }

  /** The context referred to. */
  referencedContext(): SpanContext | null | undefined {
    return this._referencedContext;
  }
}

/**
 * A reference for `SpanOptions.references`: the new span is a child of `x`.
 *
 * @param x - a span or a context; with `null` or `undefined` the reference is ignored
 */
export function childOf(x: SpanContext | Span | null | undefined): Reference {
  return new Reference(REFERENCE_CHILD_OF, x);
}

/**
 * A reference for `SpanOptions.references`: the new span follows from `x`.
 *
 * @param x - a span or a context; with `null` or `undefined` the reference is ignored
 * @example
 * ```ts
 * const tracer = new MockTracer();
 * const order = tracer.startSpan('order');
 * order.finish();
 * tracer.startSpan('send a mail', { references: [followsFrom(order)] }).finish();
 * ```
 */
export function followsFrom(x: SpanContext | Span | null | undefined): Reference {
  return new Reference(REFERENCE_FOLLOWS_FROM, x);
}

/**
 * The context of a span, or the context itself. Spans of another copy of this package or of another
 * library are told by their `context` method.
 *
 * @internal
 */
export function contextOf<T extends SpanContext | null | undefined>(x: Span | T): SpanContext | T {
  try {
    return x instanceof Span || typeof (x as Partial<Span> | null)?.context === 'function'
      ? (x as Span).context()
      : (x as T);
  } catch {
    // What throws when it is asked is no span, and is ignored like anything else that is none.
    return undefined as T;
  }
}
