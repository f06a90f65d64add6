import * as library from 'opentracing-ts';
import { completeSpan } from './complete_span.js';
import type { SpanOrContext } from './context_of.js';
import { es5Class } from './es5_class.js';
import { type ForeignTracer, ScopedForeignTracer } from './foreign_tracer.js';
import { noops } from './noop_instances.js';
import type { Span } from './span.js';
import type { SpanContext } from './span_context.js';
import { withActiveParent } from './start_options.js';
import { type ActiveSpanOptions, type Scope, type StartSpanOptions, Tracer } from './tracer.js';

/**
 * Registers the tracer of the program, for `opentracing-ts` as well; a later call replaces it. A
 * tracer that knows nothing of scopes gets the scope methods in the global tracer, and stays as it is.
 *
 * @param tracer - `null` for none, as before the first call
 * @throws TypeError when `tracer` has no `startSpan`
 */
export function initGlobalTracer(tracer: Tracer | library.Tracer | null | undefined): void {
  if (tracer === null || tracer === undefined) {
    // The slot of opentracing-ts, which has no way to empty it.
    Reflect.set(globalThis, Symbol.for('opentracing-ts/v1'), undefined);
  } else if (
    typeof tracer.startSpan === 'function' &&
    typeof tracer.withActiveSpan !== 'function'
  ) {
    library.setGlobalTracer(ScopedForeignTracer.over(tracer as ForeignTracer).scoped);
  } else {
    library.setGlobalTracer(tracer);
  }
}

/**
 * The tracer of the program: passes every call on to the one that was registered last, here or with
 * `opentracing-ts`, and does nothing where there is none. It may be kept.
 */
export function globalTracer(): Tracer {
  return DELEGATE;
}

class GlobalTracerDelegateBase extends Tracer {
  /** How `opentracing-ts`, too, tells a delegate, which it must not call from a delegate. */
  get _isDelegate(): boolean {
    return true;
  }

  override get scopeManager(): library.ScopeManager {
    return registered().scopeManager;
  }

  override set scopeManager(manager: library.ScopeManager) {
    (registered() as Tracer).scopeManager = manager;
  }

  override startSpan(name: string, options?: StartSpanOptions | null): Span {
    const tracer = registered();
    const foreign = ScopedForeignTracer.of(tracer);
    if (foreign !== undefined) {
      return foreign.startSpan(name, options);
    }
    // Those of this package look for the active span in a `startSpan` that they may have overridden.
    const given = tracer instanceof Tracer ? withActiveParent(tracer, options) : options;
    return completeSpan(tracer.startSpan(name, given as library.SpanOptions) as Span);
  }

  override startActiveSpan(name: string, options?: ActiveSpanOptions | null): Scope {
    const scope = registered().startActiveSpan(name, options as library.ActiveSpanOptions) as Scope;
    completeSpan(scope.span);
    return scope;
  }

  override withActiveSpan<R>(name: string, fn: (span: Span) => R): R;
  override withActiveSpan<R>(
    name: string,
    options: StartSpanOptions | null,
    fn: (span: Span) => R,
  ): R;
  override withActiveSpan<R>(
    name: string,
    optionsOrFn: StartSpanOptions | null | ((span: Span) => R),
    fn?: (span: Span) => R,
  ): R {
    const isFn = typeof optionsOrFn === 'function';
    const body = isFn ? optionsOrFn : (fn as (span: Span) => R);
    const options = isFn ? null : (optionsOrFn as library.SpanOptions);
    return registered().withActiveSpan(name, options, (span) => body(completeSpan(span as Span)));
  }

  override inject(spanContext: SpanOrContext, format: string, carrier: unknown): void;
  override inject(spanContext: SpanOrContext, format: string, carrier: unknown): unknown {
    const tracer = registered();
    const foreign = ScopedForeignTracer.of(tracer);
    if (foreign === undefined) {
      return tracer.inject(spanContext as library.SpanContext, format, carrier);
    }
    const raw = foreign.raw(spanContext);
    return raw === null && spanContext !== null
      ? undefined
      : foreign.foreign.inject(raw as SpanContext, format, carrier);
  }

  override extract(format: string, carrier: unknown): SpanContext | null;
  override extract<C extends SpanContext>(format: string, carrier: unknown): C | null;
  override extract(format: string, carrier: unknown): SpanContext | null {
    const tracer = registered();
    const foreign = ScopedForeignTracer.of(tracer);
    return (foreign === undefined ? tracer : foreign.foreign).extract(format, carrier);
  }

  override flush(done?: () => void): Promise<void> {
    return ended('flush').then(done);
  }

  override close(done?: () => void): Promise<void> {
    return ended('close').then(done);
  }
}

/** Resolves when the registered tracer calls back, or its promise settles; else at once. */
async function ended(method: 'flush' | 'close'): Promise<void> {
  const tracer: Partial<Pick<Tracer, 'flush' | 'close'>> = registered();
  try {
    await new Promise((resolve, reject) => {
      const result: unknown = tracer[method]?.(resolve);
      if (result instanceof Promise) {
        result.then(resolve, reject);
      } else if (!tracer[method]?.length) {
        resolve(undefined);
      }
    });
  } catch {
    // Tracing never breaks the program: a tracer that fails to close has reported it in its own way.
  }
}

const DELEGATE = new (es5Class(GlobalTracerDelegateBase, () => {}))();

function registered(): library.Tracer {
  return library.isGlobalTracerRegistered() ? library.globalTracer() : noops.tracer;
}
