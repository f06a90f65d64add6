/** How a test ended. */
export interface Outcome {
  /** The test's name, as its runner calls it. */
  name: string;
  failed: boolean;
}

/** What Jest calls its state, which it gives to no hook. */
const JEST_STATE = 'JEST_STATE_SYMBOL';

/**
 * How a test ended, told from what its runner gives to `afterEach`: Vitest and `node:test` pass a context,
 * Jest nothing.
 * @param context the first argument of the hook
 * @returns undefined when the runner is another one
 */
export function outcomeOf(context: unknown): Outcome | undefined {
  const task = get(context, 'task');
  if (task !== undefined) {
    return {
      name: String(get(task, 'name')),
      failed: get(get(task, 'result'), 'state') === 'fail',
    };
  }
  const passed = get(context, 'passed');
  if (typeof passed === 'boolean') {
    return { name: String(get(context, 'fullName') ?? get(context, 'name')), failed: !passed };
  }
  const symbol = Object.getOwnPropertySymbols(globalThis).find(
    ({ description }) => description === JEST_STATE,
  );
  const test = symbol && get(get(globalThis, symbol), 'currentlyRunningTest');
  const errors = get(test, 'errors');
  if (!Array.isArray(errors)) return undefined;
  return { name: String(get(test, 'name')), failed: errors.length > 0 };
}

function get(value: unknown, key: PropertyKey): unknown {
  // Vitest's context is a function.
  const has = (typeof value === 'object' && value !== null) || typeof value === 'function';
  return has ? Reflect.get(value, key) : undefined;
}
