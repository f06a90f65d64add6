/**
 * The scope manager for synchronous code, in any runtime.
 *
 * @module
 */
import { ScopeChainManager, type ScopeLink } from './scope-chain.js';

/**
 * One stack of scopes for each thread (a worker is a thread): for synchronous code, in any runtime.
 * The default of `BasicTracer` and `MockTracer`.
 *
 * What propagates: everything that is called before the scope is closed, and `withActive` only until
 * `fn` returns. What does not: whatever runs later. Behind an `await`, in a timer or in a callback,
 * nothing of this is active unless it was passed on by `bind` or activated anew; a scope that an
 * async function keeps open over an `await` is seen by whatever runs meanwhile. For such programs
 * take `AsyncLocalStorageScopeManager`.
 *
 * Source: the description of the platform API, "Scope managers" (thread-local).
 *
 * @example
 * ```ts
 * const tracer = new MockTracer(new ThreadLocalScopeManager());
 * const scope = tracer.startActiveSpan('lunch');
 * tracer.startSpan('soup').finish();
 * scope.close();
 * console.log(tracer.formatTrees());
 * ```
 * ```text
 * lunch
 * └ soup
 * ```
 */
export class ThreadLocalScopeManager extends ScopeChainManager {
  /** @internal */
  _link: ScopeLink | null = null;

  /** @internal */
  override _read(): ScopeLink | null {
    return this._link;
  }

  /** @internal */
  override _write(link: ScopeLink | null): void {
    this._link = link;
  }

  /** @internal */
  override _run<A, R>(link: ScopeLink | null, fn: (argument: A) => R, argument: A): R {
    const before = this._link;
    this._link = link;
    try {
      return fn(argument);
    } finally {
      this._link = before;
    }
  }
}
