import type { ScopeManager } from '../scope-manager.js';
import { ASYNC_SCOPE_CHECKS } from './async-scope-checks.js';
import { checkFunction, type Need, type Rule, type ScopeCheck } from './check.js';
import { SCOPE_CHECKS } from './scope-checks.js';
import { WITH_ACTIVE_CHECKS } from './with-active-checks.js';

const AREAS: Record<string, { needs: readonly Need[]; checks: readonly ScopeCheck[] }> = {
  scopes: { needs: [], checks: SCOPE_CHECKS },
  'withActive and bind': { needs: [], checks: WITH_ACTIVE_CHECKS },
  'asynchronous code': { needs: ['async'], checks: ASYNC_SCOPE_CHECKS },
};

/** What a scope manager can do, and where. */
export interface ScopeCheckOptions {
  /**
   * Whether scopes follow promises, timers and callbacks into what runs later. By default `false`:
   * those checks are then left out.
   */
  async?: boolean;
  /**
   * Runs a check where the manager works, such as in a coroutine of its own. By default the check is
   * called as it is.
   */
  runIn?: (check: () => void | Promise<void>) => void | Promise<void>;
}

/**
 * The rules that a scope manager keeps.
 *
 * Source: opentracing-python, `opentracing.harness.scope_check`; the contract of `Scope` and
 * `ScopeManager` for what JavaScript adds.
 *
 * @param createManager - makes a manager in which nothing is active; called once for each check
 * @throws TypeError when `createManager` is no function
 * @example
 * ```ts
 * import { test } from 'node:test';
 *
 * const checks = scopeChecks(() => new AsyncLocalStorageScopeManager(), { async: true });
 * for (const { name, run } of checks) test(name, run);
 * ```
 */
export function scopeChecks(
  createManager: () => ScopeManager,
  options: ScopeCheckOptions = {},
): Rule[] {
  checkFunction('scopeChecks', createManager, 'a scope manager');
  const runIn = options.runIn ?? ((check) => check());
  return Object.entries(AREAS)
    .filter(([, { needs }]) => needs.length === 0 || options.async === true)
    .flatMap(([area, { needs, checks }]) =>
      checks.map(({ name, run }) => ({
        name,
        area,
        needs,
        run: () => runIn(() => run(createManager())),
      })),
    );
}
