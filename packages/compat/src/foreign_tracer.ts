import * as library from 'opentracing-ts';
import { contextOf, type SpanOrContext } from './context_of.js';
import Reference from './reference.js';
import { defaultScopeManager } from './scope_managers.js';
import type { Span } from './span.js';
import type { SpanContext } from './span_context.js';
import type { SpanOptions, StartSpanOptions, Tracer } from './tracer.js';

/** A tracer that was written for 0.14.7 and extends nothing of ours, as far as it is used here. */
export type ForeignTracer = Pick<Tracer, 'startSpan' | 'inject' | 'extract'> &
  Partial<Pick<Tracer, 'flush' | 'close'>>;

/** What every context that `opentracing-ts` made has, in whatever copy of the package. */
interface ContextOfLibrary {
  _foreignContext(): SpanContext | null;
}

/** By the tracer itself, and by what it became. */
const known = new WeakMap<object, ScopedForeignTracer>();

/**
 * A tracer that knows nothing of scopes, and what it becomes by `withScopes`. Programs written for
 * 0.14.7 get spans and contexts of its own making, as before; the active span is their parent too.
 */
export class ScopedForeignTracer {
  /** With the scope methods; what `opentracing-ts` sees. */
  readonly scoped: library.Tracer;
  readonly foreign: ForeignTracer;

  constructor(foreign: ForeignTracer) {
    this.foreign = foreign;
    this.scoped = library.withScopes(foreign, defaultScopeManager());
    known.set(this.scoped, this);
    known.set(foreign, this);
  }

  /** The one of a tracer: registered again, it keeps what is active. */
  static over(foreign: ForeignTracer): ScopedForeignTracer {
    return known.get(foreign) ?? new ScopedForeignTracer(foreign);
  }

  /** What a tracer was before it got the scope methods here, if it did. */
  static of(tracer: library.Tracer): ScopedForeignTracer | undefined {
    return known.get(tracer);
  }

  startSpan(name: string, options: StartSpanOptions | null | undefined): Span {
    const fields = { ...options } as SpanOptions;
    const references = Array.isArray(fields.references) ? fields.references : [];
    if (references.length > 0) {
      fields.references = references.flatMap((reference) => {
        const context = reference?.referencedContext?.();
        const raw = context && this.raw(context);
        return raw === context ? reference : raw ? new Reference(reference.type(), raw) : [];
      });
    }
    const parent = fields.childOf ?? (references.length === 0 ? this._active(fields) : null);
    if (parent) {
      fields.childOf = this.raw(parent) ?? undefined;
    }
    return this.foreign.startSpan(name, fields);
  }

  /**
   * What the tracer made, in place of what stands for it under `withScopes`; `null` for a span or a
   * context of `opentracing-ts`, which the tracer cannot read.
   */
  raw<T extends SpanOrContext>(x: T): T | SpanContext | null {
    const context = contextOf(x) as Partial<ContextOfLibrary> | null | undefined;
    return typeof context?._foreignContext === 'function' ? context._foreignContext() : x;
  }

  _active({ ignoreActiveSpan }: StartSpanOptions): Span | null {
    return ignoreActiveSpan ? null : (this.scoped.activeSpan as Span | null);
  }
}
