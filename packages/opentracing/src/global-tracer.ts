import { checkMethod } from './check-method.js';
import type { Scope } from './scope.js';
import type { ScopeManager } from './scope-manager.js';
import type { Span } from './span.js';
import type { SpanContext } from './span-context.js';
import { type ActiveSpanOptions, type SpanOptions, Tracer } from './tracer.js';

// A symbol of the runtime's registry, with the major version of the contract: all copies of this
// package in one program, ESM beside CommonJS or two versions, share one slot.
const SLOT = Symbol.for('opentracing-ts/v1');
const slots = globalThis as { [SLOT]?: Tracer | undefined };
// A property that is there, if only as undefined, is one that the engine can compile to a constant.
slots[SLOT] ??= undefined;

/**
 * The tracer of the program: the one given to {@link setGlobalTracer}. Before that it is a no-op that
 * passes every call on to the registered tracer as soon as there is one, so it may be kept.
 *
 * Source: OpenTracing specification, "Tracer"; `globalTracer` of `opentracing@0.14.7`.
 *
 * @example
 * ```ts
 * const tracer = globalTracer();
 * tracer.startSpan('unheard').finish();
 *
 * const mock = new MockTracer();
 * setGlobalTracer(mock);
 * tracer.startSpan('heard').finish();
 * console.log(mock.formatTrees());
 * ```
 * ```text
 * heard
 * ```
 */
export function globalTracer(): Tracer {
  return slots[SLOT] ?? DELEGATE;
}

/**
 * Registers the tracer of the program; a later call replaces it.
 *
 * @param tracer - a {@link Tracer}, of this or of another copy of the package
 * @throws TypeError when `tracer` is not one; a tracer written for `opentracing@0.14` becomes one by
 *   `withScopes(tracer, scopeManager)`
 * @example
 * ```ts
 * setGlobalTracer(new BasicTracer({ recorder: new InMemoryRecorder() }));
 * console.log(isGlobalTracerRegistered());
 * ```
 * ```text
 * true
 * ```
 */
export function setGlobalTracer(tracer: Tracer): void {
  const is = 'The global tracer cannot be';
  checkMethod(is, tracer, 'startSpan', 'pass one, or new Tracer()');
  checkMethod(is, tracer, 'withActiveSpan', 'pass withScopes(tracer, scopeManager)');
  // A delegate, of whichever copy of the package, would call itself for ever in the slot.
  if ((tracer as Partial<DelegateTracer>)._isDelegate !== true) {
    slots[SLOT] = tracer;
  }
}

/** Whether {@link setGlobalTracer} was called. */
export function isGlobalTracerRegistered(): boolean {
  return slots[SLOT] !== undefined;
}

/** What {@link globalTracer} returns while nothing is registered. */
class DelegateTracer extends Tracer {
  _isDelegate = true;

  override get scopeManager(): ScopeManager {
    return registered().scopeManager;
  }

  override startSpan(operationName: string, options?: SpanOptions | null): Span {
    return registered().startSpan(operationName, options);
  }

  override startActiveSpan(operationName: string, options?: ActiveSpanOptions | null): Scope {
    return registered().startActiveSpan(operationName, options);
  }

  override withActiveSpan<R>(
    operationName: string,
    optionsOrFn: SpanOptions | null | ((span: Span) => R),
    fn?: (span: Span) => R,
  ): R {
    // A tracer of another kind may count its arguments.
    return typeof optionsOrFn === 'function'
      ? registered().withActiveSpan(operationName, optionsOrFn)
      : registered().withActiveSpan(operationName, optionsOrFn, fn as (span: Span) => R);
  }

  override inject(context: SpanContext | Span, format: string, carrier: unknown): void {
    registered().inject(context, format, carrier);
  }

  override extract(format: string, carrier: unknown): SpanContext | null {
    return registered().extract(format, carrier);
  }

  override flush(): Promise<void> {
    return registered().flush();
  }

  override close(): Promise<void> {
    return registered().close();
  }
}

const DELEGATE: Tracer = /* @__PURE__ */ new DelegateTracer();
const NOOP: Tracer = /* @__PURE__ */ createNoop();

function createNoop(): Tracer {
  const tracer = new Tracer();
  // A span that was started before there is a tracer belongs to the one that passes its calls on.
  tracer._noopSpan = DELEGATE._noopSpan;
  return tracer;
}

function registered(): Tracer {
  return slots[SLOT] ?? NOOP;
}
