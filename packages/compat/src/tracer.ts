import * as library from 'opentracing-ts';
import { completeSpan } from './complete_span.js';
import { contextOf, type SpanOrContext } from './context_of.js';
import { es5Class } from './es5_class.js';
import type { Fields } from './fields.js';
import { noops } from './noop_instances.js';
import type Reference from './reference.js';
import { defaultScopeManager, isScopeManager, NOOP_SCOPE_MANAGER } from './scope_managers.js';
import type { Span } from './span.js';
import type { SpanContext } from './span_context.js';
import { activeSpanOf, fieldsOf, managerOf, withActiveParent } from './start_options.js';

/** How to start a span, as a tracer's `_startSpan` gets it. */
export interface SpanOptions {
  /** The parent. A tracer finds it as the last of `references`. */
  childOf?: Span | SpanContext;
  /** The relations to other spans. */
  references?: Reference[];
  /** The tags to begin with. */
  tags?: Fields;
  /** Milliseconds since the Unix epoch, fractions allowed; by default now. */
  startTime?: number;
}

/** How to start a span: all that {@link SpanOptions} may hold and more, never changed. */
export interface StartSpanOptions {
  /** The parent. `null` is like leaving it out: what `extract` returns where there is none. */
  childOf?: SpanOrContext | null | undefined;
  /** The relations to other spans; those to nothing are ignored. */
  references?: readonly (Reference | library.Reference | null)[] | null | undefined;
  /** The tags to begin with. */
  tags?: Fields | undefined;
  /** Milliseconds since the Unix epoch, fractions allowed; by default now. */
  startTime?: number | undefined;
  /** Start a new trace even though a span is active. By default `false`. */
  ignoreActiveSpan?: boolean | undefined;
}

/** How to start a span and make it the active one. */
export interface ActiveSpanOptions extends StartSpanOptions {
  /** Whether closing the scope finishes the span. By default `true`. */
  finishOnClose?: boolean | undefined;
}

/** The stretch of a program in which a span is active. */
export interface Scope extends library.Scope {
  readonly span: Span;
}

/** Starts spans and carries their contexts across process boundaries. */
export interface Tracer {
  /**
   * The manager that keeps the active span, and may be replaced while nothing is active. By default
   * one that follows promises and callbacks where the runtime can, and synchronous code elsewhere.
   */
  scopeManager: library.ScopeManager;
  /** The span that is active here and now; `null` where none is. */
  readonly activeSpan: Span | null;
  /**
   * Starts a span without making it the active one. With neither `childOf` nor `references`, the
   * active span is the parent unless `ignoreActiveSpan` is set.
   */
  startSpan(name: string, options?: StartSpanOptions | null): Span;
  /**
   * Starts a span and makes it the active one until the scope is closed, which finishes the span
   * unless `finishOnClose` is `false`. For synchronous code: `using scope = ...`, or `try`/`finally`.
   */
  startActiveSpan(name: string, options?: ActiveSpanOptions | null): Scope;
  /**
   * Starts a span and runs `fn` with it: active for `fn` and for everything that it awaits or
   * schedules, and finished when `fn` returns, throws, or its promise settles.
   *
   * @returns what `fn` returns
   * @throws whatever `fn` throws, unchanged
   */
  withActiveSpan<R>(name: string, fn: (span: Span) => R): R;
  /** The same, with options. */
  withActiveSpan<R>(name: string, options: StartSpanOptions | null, fn: (span: Span) => R): R;
  /** Writes a span context into a carrier, whose type goes with the format. */
  inject(spanContext: SpanOrContext, format: string, carrier: unknown): void;
  /** Reads a span context from a carrier; `null` where it holds none. */
  extract(format: string, carrier: unknown): SpanContext | null;
  /** For the compiler alone, to which `opentracing-ts` says that every context has baggage. */
  extract<C extends SpanContext>(format: string, carrier: unknown): C | null;
  /**
   * Resolves, and calls a function that is given, when every span finished before has been handed on.
   * By default at once. Of any type, because the tracers for 0.14.7 each have their own.
   */
  // biome-ignore lint/suspicious/noExplicitAny: what it takes and returns is the tracer's own
  flush(...args: any[]): any;
  /** Flushes and lets go of timers and connections; else like {@link Tracer.flush}. */
  // biome-ignore lint/suspicious/noExplicitAny: what it takes and returns is the tracer's own
  close(...args: any[]): any;
}

/** Beside the tracers: nothing of ours is among the properties of theirs. */
const managers = new WeakMap<Tracer, library.ScopeManager>();

class TracerBase extends library.Tracer implements Tracer {
  override get scopeManager(): library.ScopeManager {
    let manager = managers.get(this);
    if (manager === undefined) {
      const base = TracerBase.prototype;
      const isNoop = this.startSpan === base.startSpan && this._startSpan === base._startSpan;
      manager = isNoop ? NOOP_SCOPE_MANAGER : defaultScopeManager();
      managers.set(this, manager);
    }
    return manager;
  }

  override set scopeManager(manager: library.ScopeManager) {
    if (isScopeManager(manager)) {
      managers.set(this, manager);
    } else {
      // A tracer for 0.14.7 may have a property of this name, of which we know nothing.
      define(this, 'scopeManager', manager);
    }
  }

  override get activeSpan(): Span | null {
    return activeSpanOf(this);
  }

  override set activeSpan(value: Span | null) {
    define(this, 'activeSpan', value);
  }

  override startSpan(name: string, options?: StartSpanOptions | null): Span {
    return this._startSpan(name, fieldsOf(this, options));
  }

  override startActiveSpan(name: string, options?: ActiveSpanOptions | null): Scope {
    const span = spanToActivate(this, name, options);
    return managerOf(this).activate(span, options?.finishOnClose ?? true) as Scope;
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
    const span = spanToActivate(this, name, isFn ? null : optionsOrFn);
    return managerOf(this).withActive(span, () => body(span), true);
  }

  override inject(spanContext: SpanOrContext, format: string, carrier: unknown): void;
  override inject(spanContext: SpanOrContext, format: string, carrier: unknown): unknown {
    return this._inject(contextOf(spanContext), format, carrier);
  }

  override extract(format: string, carrier: unknown): SpanContext | null;
  override extract<C extends SpanContext>(format: string, carrier: unknown): C | null;
  override extract(format: string, carrier: unknown): SpanContext | null {
    return this._extract(format, carrier);
  }

  // biome-ignore lint/suspicious/noExplicitAny: what it takes and returns is the tracer's own
  override flush(...args: any[]): any {
    return settled(args);
  }

  // biome-ignore lint/suspicious/noExplicitAny: what it takes and returns is the tracer's own
  override close(...args: any[]): any {
    return settled(args);
  }

  /**
   * What {@link Tracer.startSpan} returns. By default the span that records nothing.
   *
   * @param _fields - a copy of the options in which all parents are in `references`, the active span
   *   among them where there is no other; never `null`
   */
  protected _startSpan(_name: string, _fields: SpanOptions): Span {
    return noops.span;
  }

  /** Called by {@link Tracer.inject}, always with a context. By default does nothing. */
  protected _inject(_spanContext: SpanContext, _format: string, _carrier: unknown): void {}

  /** What {@link Tracer.extract} returns. By default a context without ids. */
  protected _extract(_format: string, _carrier: unknown): SpanContext | null {
    return noops.spanContext;
  }
}

/**
 * The base of tracers, which override its hooks, and the tracer that does nothing.
 *
 * @param scopeManager - keeps the active span; anything else is ignored, since tracers for 0.14.7 may
 *   pass their own arguments on
 */
export const Tracer = es5Class(TracerBase, (self, scopeManager?: library.ScopeManager) => {
  if (isScopeManager(scopeManager)) {
    managers.set(self, scopeManager);
  }
});

noops.tracer = new Tracer();

function spanToActivate(
  tracer: Tracer,
  name: string,
  options: StartSpanOptions | null | undefined,
): Span {
  // A tracer that was mocked may start nothing at all.
  return completeSpan(tracer.startSpan(name, withActiveParent(tracer, options))) ?? noops.span;
}

function define(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}

/** Ends as those who call expect it: by a promise, or by a function that they give. */
function settled(args: readonly unknown[]): Promise<void> {
  const done = args.find((argument) => typeof argument === 'function');
  if (typeof done === 'function') {
    queueMicrotask(() => done());
  }
  return Promise.resolve();
}

export default Tracer;
