import { ScopeManager } from 'opentracing-ts';
import { AsyncLocalStorageScopeManager } from 'opentracing-ts/scope-managers/async-local-storage';
import { ThreadLocalScopeManager } from 'opentracing-ts/scope-managers/thread-local';

/** The manager under which nothing ever becomes active. */
export const NOOP_SCOPE_MANAGER = new ScopeManager();

/** A manager that follows promises and callbacks where the runtime can. */
export function defaultScopeManager(): ScopeManager {
  return AsyncLocalStorageScopeManager.isSupported()
    ? new AsyncLocalStorageScopeManager()
    : new ThreadLocalScopeManager();
}

/** Whether something is a scope manager, of this or of another copy of `opentracing-ts`. */
export function isScopeManager(x: unknown): x is ScopeManager {
  const { activate, withActive } = (x ?? {}) as Partial<ScopeManager>;
  return typeof activate === 'function' && typeof withActive === 'function';
}
