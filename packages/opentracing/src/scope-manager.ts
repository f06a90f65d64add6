import { type Runner, runAndFinish } from './run-and-finish.js';
import { Scope } from './scope.js';
import { Span } from './span.js';
import type { SpanOptions, Tracer } from './tracer.js';

/**
 * Keeps the active span of each task or thread.
 *
 * The class itself is the no-op: nothing ever becomes active. A manager extends it and overrides
 * `activate` and `active`; `withActive` and `bind` are then right for synchronous code. See
 * `opentracing-ts/scope-managers/*` for the managers of the ways in which programs run concurrently.
 *
 * Source: the description of the platform API, "Scope managers".
 */
export class ScopeManager {
  /** @internal One scope for the no-op span, so that activating it allocates nothing. */
  _noopScope: Scope | null = null;

  /**
   * @internal Whether `_withNewSpan` may stand for `startSpan` and `withActive`, which saves a closure
   * and a second look at what is active: not where `withActive` was overridden elsewhere.
   */
  _passesSpan: boolean = this.withActive === ScopeManager.prototype.withActive;

  /**
   * Makes a span the active one until the scope is closed.
   *
   * @param span - the span
   * @param finishOnClose - whether closing the scope finishes the span
   */
  activate(span: Span, finishOnClose: boolean): Scope {
    const isActive = isSpan(span);
    if (!isActive || span.constructor !== Span) {
      return new Scope(this, span, isActive && finishOnClose);
    }
    if (this._noopScope?.span !== span) {
      this._noopScope = new Scope(this, span, false);
    }
    return this._noopScope;
  }

  /** The scope that is active here and now; `null` where none is. */
  get active(): Scope | null {
    return null;
  }

  /** @internal Runs a function with nothing active; see `withoutActiveSpan`. */
  _withoutActive?<R>(fn: () => R): R;

  /** @internal The span of {@link ScopeManager.active}, for managers that have it without a scope. */
  _activeSpan(): Span | null {
    return this.active?.span ?? null;
  }

  /**
   * Runs `fn` with `span` active for it and for everything that it awaits or schedules, as far as
   * this manager follows that; for nobody else.
   *
   * @param span - the span
   * @param fn - what to run
   * @param finishOnClose - whether the span is finished when `fn` returns, throws or its promise
   *   settles; an error is then recorded by `Span.logError` before. By default `false`: the span is
   *   merely lent, and what `fn` has scheduled keeps it in memory, finished or not. Where that may
   *   live long, pass `true` and return a promise that settles at the end of the operation.
   * @returns what `fn` returns; a promise of the same value where the span has to wait for it
   * @throws whatever `fn` throws, unchanged
   * @typeParam R - what `fn` returns
   * @example
   * ```ts
   * const tracer = new MockTracer();
   * const lunch = tracer.startSpan('lunch');
   * const eat = () => tracer.startSpan('soup').finish();
   * tracer.scopeManager.withActive(lunch, eat, true);
   * console.log(tracer.formatTrees());
   * ```
   * ```text
   * lunch
   * └ soup
   * ```
   */
  withActive<R>(span: Span, fn: () => R, finishOnClose = false): R {
    // Without the span: to `next` of a middleware, say, an argument is an error.
    return !isSpan(span) ? fn() : this._withSpan(span, () => fn(), finishOnClose);
  }

  /** @internal Starts a span and runs `fn` with it; see `Tracer.withActiveSpan`. */
  _withNewSpan<R>(
    tracer: Tracer,
    operationName: string,
    options: SpanOptions | null | undefined,
    fn: (span: Span) => R,
  ): R {
    return this._withSpan(tracer.startSpan(operationName, options), fn, true);
  }

  /** @internal Like `withActive`, for a function that takes the span. */
  _withSpan<R>(span: Span, fn: (span: Span) => R, finishOnClose: boolean): R {
    return finishOnClose && span.constructor !== Span
      ? runAndFinish(span, fn, new InScope(this), span)
      : runInScope(this, span, fn);
  }

  /**
   * A function that runs `fn` under the scope that is active now, wherever it is called from: for
   * listeners of emitters, pools and other places that call back in a context of their own.
   *
   * @typeParam F - the type of the function, which stays
   * @param fn - is called with the `this` and the arguments that the bound function is called with
   * @example
   * ```ts
   * import { EventEmitter } from 'node:events';
   *
   * const tracer = new MockTracer();
   * const kitchen = new EventEmitter();
   * const lunch = tracer.startSpan('lunch');
   * tracer.scopeManager.withActive(lunch, () => {
   *   kitchen.on('ready', tracer.scopeManager.bind(() => console.log(tracer.activeSpan === lunch)));
   *   kitchen.on('ready', () => console.log(tracer.activeSpan));
   * });
   * kitchen.emit('ready');
   * ```
   * ```text
   * true
   * null
   * ```
   */
  // biome-ignore lint/suspicious/noExplicitAny: any function is accepted, as the contract says
  bind<F extends (...args: any[]) => any>(fn: F): F {
    const span = this.active?.span;
    if (span === undefined) {
      return fn;
    }
    const manager = this;
    return function bound(this: unknown, ...args: unknown[]) {
      return manager.withActive(span, () => Reflect.apply(fn, this, args));
    } as F;
  }
}

/**
 * Whether it can be active. What is no span, `null` among it, never is: the span that was active stays,
 * for otherwise the next one who starts a span would fail.
 *
 * @internal
 */
export function isSpan(given: unknown): given is Span {
  try {
    return typeof (given as Span).context === 'function';
  } catch {
    return false;
  }
}

/** How a manager that overrides no more than `activate` and `active` runs a function. */
function runInScope<R>(manager: ScopeManager, span: Span, fn: (span: Span) => R): R {
  const scope = manager.activate(span, false);
  try {
    return fn(span);
  } finally {
    scope.close();
  }
}

/** Runs functions in a scope that has closed when they return. */
class InScope implements Runner<Span> {
  _manager: ScopeManager;

  constructor(manager: ScopeManager) {
    this._manager = manager;
  }

  _run<A, R>(span: Span, fn: (argument: A) => R, argument: A): R {
    return runInScope(this._manager, span, () => fn(argument));
  }

  _release(): void {}
}

/** @internal The manager of a tracer that was given none. */
export const NOOP_SCOPE_MANAGER: ScopeManager = /* @__PURE__ */ new ScopeManager();
