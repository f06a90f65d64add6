/**
 * The scope manager for coroutines that are written as generators.
 *
 * @module
 */
import { checkMethod } from '../check-method.js';
import type { Span } from '../span.js';
import type { SpanOptions, Tracer } from '../tracer.js';
import { ScopeLink } from './scope-chain.js';
import { ThreadLocalScopeManager } from './thread-local.js';

/**
 * Scopes for coroutines that are written as generators, in any runtime: those of {@link
 * GeneratorScopeManager.run}, and those of co, redux-saga, effection and their like, passed through
 * {@link GeneratorScopeManager.wrap}. Each coroutine has a stack of scopes of its own, which is put in
 * place whenever it goes on and taken away whenever it yields.
 *
 * What propagates: a scope stays active over the `yield`s of its coroutine and into what that calls
 * and delegates to by `yield*`; a coroutine begins under the scope that is active where it is
 * started; generators, functions and thenables that a coroutine yields, also those in an array or in
 * a plain object, run under its scope. Siblings never see each other, nor does the caller see what
 * a coroutine opens.
 *
 * What does not: whatever is no coroutine. Behind an `await`, in a timer, in a callback and in the
 * functions that a library calls on a coroutine's behalf nothing of this is active: pass those
 * through `bind`. For redux-saga, {@link GeneratorScopeManager.effectMiddleware} does that for
 * `call`, `fork` and their like. Outside of coroutines the manager is a `ThreadLocalScopeManager`.
 *
 * A generator function may stand wherever a function with a span is asked for; it gives a coroutine
 * that is to be delegated to or handed to a library, and the span lasts until that has ended:
 *
 * ```ts
 * const user = yield* tracer.withActiveSpan('load user', function* () {
 *   return (yield fetchUser()) as User;
 * });
 * ```
 *
 * Source: the description of the platform API, "Scope managers" (asyncio).
 */
export class GeneratorScopeManager extends ThreadLocalScopeManager {
  /** @internal The coroutine's scope for each effect that was yielded, for the effect middleware. */
  _scopeOfEffect = new WeakMap<object, ScopeLink>();

  constructor() {
    super();
    this._passesSpan = this.withActive === GeneratorScopeManager.prototype.withActive;
  }

  /**
   * Runs a generator function as a coroutine. It begins at once; a promise or another thenable that it
   * yields is waited for, a generator or another iterator that it yields is run as a child, and
   * anything else comes straight back.
   *
   * @typeParam T - what the coroutine returns
   * @param fn - the generator function
   * @returns what `fn` returns; rejected with what it throws, and with a TypeError for an `fn` that
   *   gives no generator
   * @example
   * ```ts
   * const manager = new GeneratorScopeManager();
   * const tracer = new MockTracer(manager);
   * await manager.run(function* () {
   *   const scope = tracer.startActiveSpan('lunch');
   *   yield new Promise((done) => setTimeout(done, 1));
   *   tracer.startSpan('soup').finish();
   *   scope.close();
   * });
   * console.log(tracer.formatTrees());
   * ```
   * ```text
   * lunch
   * └ soup
   * ```
   */
  run<T>(fn: () => Generator<unknown, T, unknown>): Promise<T> {
    return drive(new Coroutine(this, this._head(), fn));
  }

  /**
   * A generator function that runs `fn` as a coroutine, for libraries that run generators themselves.
   * Wrap where the coroutine is started: `co(manager.wrap(fn))`, `fork(manager.wrap(saga))`,
   * `spawn(manager.wrap(operation))`.
   *
   * The coroutine begins under the scope that is active where `wrap` is called, as with `bind`: the
   * libraries start their coroutines when nothing or something else is active. Where `wrap` is called
   * with nothing active, as at the top of a module, the coroutine begins under the scope that is
   * active where its first step is made.
   *
   * @typeParam This - the `this` of the function
   * @typeParam A - its arguments
   * @typeParam Y - what it yields
   * @typeParam T - what it returns
   * @typeParam N - what its yields give it
   * @param fn - a generator function, or another function that gives an iterator
   */
  wrap<This, A extends unknown[], Y, T, N>(
    fn: (this: This, ...args: A) => Iterator<Y, T, N>,
  ): (this: This, ...args: A) => Generator<Y, T, N> {
    const link = this._head();
    const manager = this;
    // A generator function itself, since libraries ask whether it is one.
    return function* wrapped(...args) {
      return yield* new Coroutine<Y, T, N>(manager, link ?? manager._head(), () =>
        fn.apply(this, args),
      );
    };
  }

  /**
   * For redux-saga: `createSagaMiddleware({ effectMiddlewares: [manager.effectMiddleware] })`. What
   * the effects of a wrapped saga call is then called under its scope: the functions of `call` and
   * `cps`, and the first step of what `fork` and `spawn` start. Wrap the sagas that they start; at the
   * top of the module is then good enough.
   *
   * @param next - runs an effect
   */
  readonly effectMiddleware = (next: (effect: unknown) => void): ((effect: unknown) => void) => {
    return (effect) => {
      const link = isObject(effect) ? this._scopeOfEffect.get(effect) : undefined;
      return link === undefined ? next(effect) : this._run(link, next, effect);
    };
  };

  override withActive<R>(span: Span, fn: () => R, finishOnClose = false): R {
    if (!isGeneratorFunction(fn)) {
      return super.withActive(span, fn, finishOnClose);
    }
    const start: () => Iterator<unknown, unknown, unknown> = fn;
    return withSpan(this, span, () => start(), finishOnClose) as R;
  }

  /** @internal */
  override _withNewSpan<R>(
    tracer: Tracer,
    operationName: string,
    options: SpanOptions | null | undefined,
    fn: (span: Span) => R,
  ): R {
    return isGeneratorFunction(fn)
      ? this._withSpan<R>(tracer.startSpan(operationName, options), fn, true)
      : super._withNewSpan(tracer, operationName, options, fn);
  }

  /** @internal */
  override _withSpan<R>(span: Span, fn: (span: Span) => R, finishOnClose: boolean): R {
    return isGeneratorFunction(fn)
      ? (withSpan(this, span, fn, finishOnClose) as R)
      : super._withSpan(span, fn, finishOnClose);
  }

  /** @internal */
  override _withoutActive<R>(fn: () => R): R {
    return isGeneratorFunction(fn) ? (withoutSpan(this, fn) as R) : super._withoutActive(fn);
  }

  /**
   * @internal Makes what a coroutine yields run under its scope, whoever runs it: called while that
   * scope is in place.
   */
  _adopt(value: unknown): unknown {
    if (typeof value === 'function') {
      return isGeneratorFunction(value) ? this.wrap(value) : this.bind(value as () => unknown);
    }
    if (isObject(value)) {
      if (isIterator(value)) {
        return new Coroutine(this, this._head(), () => value);
      }
      if (typeof (value as Partial<PromiseLike<unknown>>).then === 'function') {
        return value instanceof Promise ? value : asked(value as PromiseLike<unknown>);
      }
      return this._adoptMembers(value);
    }
    return value;
  }

  /** @internal A value that fails when it is looked at, such as a strict proxy, is left as it is. */
  _adoptSafely(value: unknown): unknown {
    try {
      return this._adopt(value);
    } catch {
      return value;
    }
  }

  /** @internal The members of an array and of a plain object; a copy only where one was adopted. */
  _adoptMembers(value: object): object {
    const isPlain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
    let adopted: Record<string, unknown> | null = null;
    for (const [key, member] of isPlain ? Object.entries(value) : []) {
      const isNested = isObject(member) && !isIterator(member) && !('then' in member);
      const own = isNested ? member : this._adopt(member);
      if (own !== member) {
        adopted ??= (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
        adopted[key] = own;
      }
    }
    return adopted ?? value;
  }
}

/** A generator whose every step is made with the scopes of the coroutine in place. */
class Coroutine<Y, T, N> implements IterableIterator<Y, T, N> {
  _manager: GeneratorScopeManager;
  /** The coroutine's innermost scope while it is not running. */
  _link: ScopeLink | null;
  _start: () => Iterator<Y, T, N>;
  _iterator: Iterator<Y, T, N> | null = null;

  constructor(
    manager: GeneratorScopeManager,
    link: ScopeLink | null,
    start: () => Iterator<Y, T, N>,
  ) {
    this._manager = manager;
    this._link = link;
    this._start = start;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(...args: [] | [N]): IteratorResult<Y, T> {
    return this._step((iterator) => iterator.next(...args));
  }

  throw(error: unknown): IteratorResult<Y, T> {
    return this._step((iterator) => {
      if (iterator.throw === undefined) throw error;
      return iterator.throw(error);
    });
  }

  return(value: T): IteratorResult<Y, T> {
    return this._step((iterator) => iterator.return?.(value) ?? { done: true, value });
  }

  _begin(): Iterator<Y, T, N> {
    const iterator = typeof this._start === 'function' ? this._start() : this._start;
    checkMethod('The coroutine is', iterator, 'next', 'pass a generator function');
    return iterator;
  }

  _step(step: (iterator: Iterator<Y, T, N>) => IteratorResult<Y, T>): IteratorResult<Y, T> {
    const manager = this._manager;
    const before = manager._link;
    manager._link = this._link;
    try {
      this._iterator ??= this._begin();
      const result = step(this._iterator);
      if (result.done === true) return result;
      const value = manager._adoptSafely(result.value);
      if (isObject(value) && manager._link !== null) {
        manager._scopeOfEffect.set(value, manager._link);
      }
      return { done: false, value: value as Y };
    } finally {
      this._link = manager._link;
      manager._link = before;
    }
  }
}

/** Makes the steps of a coroutine, each when what the one before it yielded has settled. */
async function drive<T>(coroutine: Iterator<unknown, T, unknown>): Promise<T> {
  let result = coroutine.next();
  while (result.done !== true) {
    const { value } = result;
    let settled: unknown;
    try {
      settled = await (value instanceof Coroutine ? drive(value) : value);
    } catch (error) {
      // A coroutine has a `throw`, whatever its iterator lacks.
      result = coroutine.throw?.(error) as IteratorResult<unknown, T>;
      continue;
    }
    result = coroutine.next(settled);
  }
  return result.value;
}

/** A coroutine over what a generator function gives, with a span that lasts until it has ended. */
function* withSpan(
  manager: GeneratorScopeManager,
  span: Span,
  fn: (span: Span) => Iterator<unknown, unknown, unknown>,
  finishOnClose: boolean,
): Generator<unknown, unknown, unknown> {
  const link = new ScopeLink(manager, span, manager._head(), finishOnClose, true);
  try {
    return yield* new Coroutine(manager, link, () => fn(span));
  } catch (error) {
    if (finishOnClose) span.logError(error);
    throw error;
  } finally {
    link.hasReturned = true;
    if (finishOnClose) {
      span.finish();
      link.release();
    }
  }
}

/** A coroutine over what a generator function gives, with nothing active. */
function* withoutSpan(
  manager: GeneratorScopeManager,
  fn: () => Iterator<unknown, unknown, unknown>,
): Generator<unknown, unknown, unknown> {
  return yield* new Coroutine(manager, null, fn);
}

/** Asks a thenable here and now: some start their work only then. */
function asked(thenable: PromiseLike<unknown>): Promise<unknown> {
  return new Promise((resolve, reject) => void thenable.then(resolve, reject));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** As co and redux-saga tell one. */
function isIterator(value: object): value is Iterator<unknown, unknown, unknown> {
  const { next, throw: throws } = value as Partial<Iterator<unknown>>;
  return typeof next === 'function' && typeof throws === 'function';
}

function isGeneratorFunction(fn: unknown): fn is () => Generator<unknown, unknown, unknown> {
  return Object.prototype.toString.call(fn) === '[object GeneratorFunction]';
}
