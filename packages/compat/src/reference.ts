import { contextOf, type SpanOrContext } from './context_of.js';
import { es5Class } from './es5_class.js';
import type { SpanContext } from './span_context.js';

/** How a new span is related to the context of another one. */
interface Reference {
  /** The kind of the relation. */
  type(): string;
  /** The context referred to. */
  referencedContext(): SpanContext;
  /** For the compiler alone, to which `opentracing-ts` says that every context has baggage. */
  referencedContext<C extends SpanContext>(): C;
}

class ReferenceBase implements Reference {
  protected _type!: string;
  protected _referencedContext!: SpanContext;

  type(): string {
    return this._type;
  }

  referencedContext(): SpanContext;
  referencedContext<C extends SpanContext>(): C;
  referencedContext(): SpanContext {
    return this._referencedContext;
  }

  /** @internal */
  static _set(self: ReferenceBase, type: string, context: SpanContext): void {
    self._type = type;
    self._referencedContext = context;
  }
}

/**
 * Relates a new span to a span or a context.
 *
 * @param type - `REFERENCE_CHILD_OF`, `REFERENCE_FOLLOWS_FROM`, or a type that the tracer knows
 * @param referencedContext - a span or a context, of this package or another
 */
const Reference = es5Class(
  ReferenceBase,
  (self, type: string, referencedContext: SpanOrContext | null | undefined) =>
    ReferenceBase._set(self, type, contextOf(referencedContext)),
);

export default Reference;
