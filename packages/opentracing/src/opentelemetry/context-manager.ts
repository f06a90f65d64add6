import {
  type Context,
  type ContextManager,
  propagation,
  ROOT_CONTEXT,
  trace,
} from '@opentelemetry/api';
import { ScopeManager } from '../scope-manager.js';
import type { Span } from '../span.js';
import { withoutActiveSpan } from '../without-active-span.js';
import { bindEmitter, isEmitter } from './bind-emitter.js';
import { BridgeSpan } from './bridge-span.js';
import { type ContextStorage, createContextStorage } from './context-storage.js';
import { openTracingSpanOf, otelSpanOf } from './span-pairs.js';
import { type BridgeParts, bridgeParts, type OpenTracingBridgeOptions } from './tracer-provider.js';

/**
 * A context manager for `@opentelemetry/api` over the scope manager of a tracer: both worlds see the
 * same active span. `trace.getActiveSpan()` is the span that OpenTracing's code made active, and
 * `tracer.activeSpan` the one that OpenTelemetry's did. The span is where the scope manager says; all
 * else that a context holds (baggage, whether tracing is suppressed) follows asynchronous code where
 * the runtime has an `AsyncLocalStorage`, and elsewhere lasts until the function returns. In coroutines of
 * `GeneratorScopeManager` it is what was active where `run` was called.
 *
 * Baggage of an active span of OpenTracing is in the context too.
 *
 * Source: OpenTelemetry specification, "Context".
 *
 * @example
 * ```ts
 * import { context, trace } from '@opentelemetry/api';
 *
 * const tracer = new MockTracer();
 * context.setGlobalContextManager(new OpenTracingContextManager({ tracer }));
 * tracer.withActiveSpan('lunch', (span) => {
 *   console.log(trace.getActiveSpan()?.spanContext().spanId.endsWith(span.context().toSpanId()));
 * });
 * ```
 * ```text
 * true
 * ```
 */
export class OpenTracingContextManager implements ContextManager {
  /** @internal */
  readonly _parts: BridgeParts;
  /** @internal */
  readonly _storage: ContextStorage = createContextStorage();
  /** @internal */
  _isEnabled = true;

  /** @throws TypeError for a tracer that is none */
  constructor(options?: OpenTracingBridgeOptions | null) {
    this._parts = bridgeParts('OpenTracingContextManager', options);
  }

  /** The context here and now; the root context where there is none, and while disabled. */
  active(): Context {
    if (!this._isEnabled) {
      return ROOT_CONTEXT;
    }
    const store = this._storage.getStore();
    const context = store?.context ?? ROOT_CONTEXT;
    try {
      const tracer = this._parts.tracer();
      const span = tracer.activeSpan ?? null;
      if (span === (store?.span ?? null) || keepsNothing(tracer.scopeManager)) {
        return context;
      }
      return span === null ? withoutSpan(context) : this._contextOf(span, context);
    } catch (error) {
      this._parts.report(error);
      return context;
    }
  }

  /**
   * Runs `fn` in a context: for it and for everything that it awaits or schedules, as far as the scope
   * manager follows that.
   *
   * @returns what `fn` returns
   * @throws whatever `fn` throws, unchanged
   */
  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    const call = () => Reflect.apply(fn, thisArg, args) as ReturnType<F>;
    if (!this._isEnabled) {
      return call();
    }
    const given = context ?? ROOT_CONTEXT;
    const span = this._spanOf(given);
    return this._storage.run({ context: given, span }, () => this._activate(span, call));
  }

  /**
   * A function that runs `target` in a context; an emitter is itself returned, and the listeners that
   * are added to it from now on run in the context. Anything else is returned as it is.
   */
  bind<T>(context: Context, target: T): T {
    if (isEmitter(target)) {
      bindEmitter(target, (fn) => this.with(context, fn));
      return target;
    }
    if (typeof target !== 'function') {
      return target;
    }
    const manager = this;
    const bound = function (this: unknown, ...args: unknown[]) {
      return manager.with(context, () => Reflect.apply(target, this, args));
    };
    Object.defineProperty(bound, 'length', { value: target.length, configurable: true });
    return bound as T;
  }

  /** Undoes {@link OpenTracingContextManager.disable}; a new manager is enabled. */
  enable(): this {
    this._isEnabled = true;
    return this;
  }

  /** From now on, the root context is active everywhere; OpenTracing's scopes stay as they are. */
  disable(): this {
    this._isEnabled = false;
    return this;
  }

  /** @internal */
  _spanOf(context: Context): Span | null {
    try {
      const span = trace.getSpan(context);
      return span === undefined ? null : openTracingSpanOf(span, this._parts.tracer());
    } catch (error) {
      this._parts.report(error);
      return null;
    }
  }

  /** @internal Calls `fn` once, whatever the scope manager does. */
  _activate<R>(span: Span | null, fn: () => R): R {
    let wasCalled = false;
    const call = () => {
      wasCalled = true;
      return fn();
    };
    try {
      const tracer = this._parts.tracer();
      return span === null
        ? withoutActiveSpan(tracer, call)
        : tracer.scopeManager.withActive(span, call);
    } catch (error) {
      if (wasCalled) {
        throw error;
      }
      this._parts.report(error);
      return fn();
    }
  }

  /** @internal */
  _contextOf(span: Span, outer: Context): Context {
    const otelSpan = otelSpanOf(span, this._parts.report);
    if (otelSpan === undefined) {
      return withoutSpan(outer);
    }
    const cache = otelSpan instanceof BridgeSpan ? otelSpan : null;
    const known = cache?._contextOfSpan;
    const spanContext = span.context();
    if (known?.outer === outer && known.spanContext === spanContext) {
      return known.context;
    }
    const context = withBaggage(trace.setSpan(outer, otelSpan), spanContext.baggage);
    if (cache !== null) {
      cache._contextOfSpan = { outer, spanContext, context };
    }
    return context;
  }
}

/** Whether it is the one of a program without a tracer, in which no span is ever active. */
function keepsNothing(manager: ScopeManager): boolean {
  return manager.constructor === ScopeManager;
}

function withoutSpan(context: Context): Context {
  return trace.getSpan(context) === undefined ? context : trace.deleteSpan(context);
}

/** @internal A context with items of baggage beside those that it has. */
export function withBaggage(context: Context, items: Readonly<Record<string, string>>): Context {
  const entries = Object.entries(items);
  if (entries.length === 0) {
    return context;
  }
  let baggage = propagation.getBaggage(context) ?? propagation.createBaggage();
  for (const [key, value] of entries) {
    if (baggage.getEntry(key)?.value !== value) {
      baggage = baggage.setEntry(key, { value });
    }
  }
  return propagation.setBaggage(context, baggage);
}
