import type { ScopeManager } from '../../scope-manager.js';

/** @internal Calls a function: what is bound to the context of a request, rather than one of its own. */
export function call(
  fn: (...args: never[]) => unknown,
  receiver: unknown,
  args: unknown[],
): unknown {
  return Reflect.apply(fn, receiver, args);
}

/** @internal Binds {@link call} to what is active; {@link call} itself where the scope manager fails. */
export function bindCall(scopeManager: ScopeManager): typeof call {
  try {
    const bound: unknown = scopeManager.bind(call);
    return typeof bound === 'function' ? (bound as typeof call) : call;
  } catch {
    return call;
  }
}
