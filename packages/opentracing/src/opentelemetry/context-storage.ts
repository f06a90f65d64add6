import type { Context } from '@opentelemetry/api';
import type { Span } from '../span.js';

/** A context that was activated, with the span of OpenTracing that was activated for it. */
interface ActiveContext {
  readonly context: Context;
  readonly span: Span | null;
}

/** What keeps the context that is active here and now. */
export interface ContextStorage {
  getStore(): ActiveContext | undefined;
  run<R>(store: ActiveContext, fn: () => R): R;
}

/**
 * The storage of the runtime that follows asynchronous code, or else one for synchronous code.
 *
 * @internal
 */
export function createContextStorage(): ContextStorage {
  const runtime = globalThis as {
    AsyncLocalStorage?: new () => ContextStorage;
    process?: Partial<Pick<NodeJS.Process, 'getBuiltinModule'>>;
  };
  const Storage =
    runtime.AsyncLocalStorage ??
    runtime.process?.getBuiltinModule?.('node:async_hooks')?.AsyncLocalStorage;
  return Storage === undefined ? new SynchronousStorage() : new Storage();
}

class SynchronousStorage implements ContextStorage {
  _store: ActiveContext | undefined;

  getStore(): ActiveContext | undefined {
    return this._store;
  }

  run<R>(store: ActiveContext, fn: () => R): R {
    const before = this._store;
    this._store = store;
    try {
      return fn();
    } finally {
      this._store = before;
    }
  }
}
