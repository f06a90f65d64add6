/**
 * The scope manager for Node, Bun, Deno and Workers, over `AsyncLocalStorage`.
 *
 * @module
 */
import type { AsyncLocalStorage } from 'node:async_hooks';
import { ScopeChainManager, type ScopeLink } from './scope-chain.js';

/**
 * Scopes that follow promises, timers and callbacks, over the `AsyncLocalStorage` of the runtime:
 * Node, Bun, Deno and Workers.
 *
 * What propagates: everything that is awaited or scheduled while the span is active. What does not:
 * listeners of emitters and callbacks of pools run in the context of whoever calls them; pass those
 * through `bind`.
 *
 * The limit: `activate` and `startActiveSpan` open the scope in the caller's context when an async
 * function calls them before its first `await`, so a caller that goes on without awaiting the
 * function sees its scope until it is closed. `withActive` and `withActiveSpan` are free of that and
 * are the form for asynchronous code. Workers of Cloudflare refuse to enter a context, so there
 * `withActive` and `withActiveSpan` are the only forms.
 *
 * Source: the description of the platform API, "Scope managers" (contextvars).
 *
 * @example
 * ```ts
 * const tracer = new MockTracer(new AsyncLocalStorageScopeManager());
 * await tracer.withActiveSpan('lunch', async () => {
 *   await new Promise((done) => setTimeout(done, 1));
 *   tracer.startSpan('soup').finish();
 * });
 * console.log(tracer.formatTrees());
 * ```
 * ```text
 * lunch
 * └ soup
 * ```
 */
export class AsyncLocalStorageScopeManager extends ScopeChainManager {
  /** @internal */
  _storage: AsyncLocalStorage<ScopeLink | null>;

  /** @throws Error where the runtime has no `AsyncLocalStorage`; use `ThreadLocalScopeManager` there */
  constructor() {
    super();
    const Storage = asyncLocalStorageClass();
    if (Storage === undefined) {
      throw new Error(
        'This runtime has no AsyncLocalStorage; use ThreadLocalScopeManager from ' +
          "'opentracing-ts/scope-managers/thread-local' instead.",
      );
    }
    this._storage = new Storage();
  }

  /** Whether this runtime has what the manager needs. */
  static isSupported(): boolean {
    return asyncLocalStorageClass() !== undefined;
  }

  /** @internal */
  override _read(): ScopeLink | null | undefined {
    return this._storage.getStore();
  }

  /** @internal */
  override _write(link: ScopeLink | null): void {
    try {
      this._storage.enterWith(link);
    } catch (cause) {
      throw new Error(
        'This runtime can have a span active for a function only; use withActiveSpan or ' +
          'withActive instead of startActiveSpan and activate.',
        { cause },
      );
    }
  }

  /** @internal */
  override _run<A, R>(link: ScopeLink | null, fn: (argument: A) => R, argument: A): R {
    return this._storage.run(link, fn, argument);
  }
}

/** Asked for at run time, so that the module loads, and bundles, where there is no such built-in. */
function asyncLocalStorageClass(): typeof AsyncLocalStorage | undefined {
  const runtime = globalThis as {
    AsyncLocalStorage?: typeof AsyncLocalStorage;
    process?: Partial<Pick<NodeJS.Process, 'getBuiltinModule'>>;
  };
  return (
    runtime.AsyncLocalStorage ??
    runtime.process?.getBuiltinModule?.('node:async_hooks')?.AsyncLocalStorage
  );
}
