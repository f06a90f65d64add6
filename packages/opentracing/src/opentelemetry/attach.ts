import { type Context, context } from '@opentelemetry/api';

/** @internal What managers of contexts have beside what their interface says, each some of it. */
export interface RegisteredManager {
  /** Of `@opentelemetry/api` 1.10 and later. */
  attach?(context: Context): unknown;
  /** Of `AsyncLocalStorageContextManager` before that. */
  _asyncLocalStorage?: { enterWith(context: Context): void };
  /** Of `StackContextManager`, for browsers. */
  _currentContext?: Context;
  /** Of `OpenTracingContextManager`, the tracer whose active span it follows. */
  _parts?: { tracer(): { scopeManager: object } };
}

/** Where all copies of `@opentelemetry/api` keep what was registered. */
const REGISTRY = Symbol.for('opentelemetry.js.api.1');

/**
 * Makes `next` the active context of OpenTelemetry for the rest of the running task. The API can do it
 * for a function only, but for version 1.10 with a manager that has `attach`; so the managers are asked
 * themselves.
 *
 * @returns `false` where the registered manager cannot, or there is none
 * @internal
 */
export function attach(next: Context): boolean {
  const manager = registeredManager();
  try {
    if (typeof manager?.attach === 'function') {
      manager.attach(next);
    } else if (typeof manager?._asyncLocalStorage?.enterWith === 'function') {
      manager._asyncLocalStorage.enterWith(next);
    } else if (manager?._currentContext !== undefined) {
      manager._currentContext = next;
    }
    return context.active() === next;
  } catch {
    // Workers of Cloudflare refuse it.
    return false;
  }
}

/** What the copies of the API share, each part once it is registered. */
interface Registry {
  /** Of the copy that was the first to register something. */
  version?: string;
  trace?: object;
  context?: RegisteredManager;
  propagation?: object;
}

/** @internal What is registered with OpenTelemetry. */
export function registry(): Registry {
  return (globalThis as { [REGISTRY]?: Registry })[REGISTRY] ?? {};
}

/** @internal The context manager that is registered with OpenTelemetry. */
export function registeredManager(): RegisteredManager | undefined {
  return registry().context;
}
