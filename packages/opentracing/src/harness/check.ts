import { describeValue } from '../describe-value.js';
import type { ScopeManager } from '../scope-manager.js';

/**
 * What not every implementation offers: ids and baggage in contexts, active spans, scopes that follow
 * asynchronous code, and spans whose records can be read.
 */
export type Need = 'ids' | 'baggage' | 'scopes' | 'async' | 'recorded';

/** One rule of the contract, as a test that any test runner can run. */
export interface Check {
  /** The rule, as a sentence. */
  readonly name: string;
  /** Throws an error, or returns a promise that rejects with one, where the rule is broken. */
  run(): void | Promise<void>;
}

/** A {@link Check} of the harness, with what a report on it tells. */
export interface Rule extends Check {
  /** What the rule is about, such as `baggage`. */
  readonly area: string;
  /** The check is left out unless all of these are offered. */
  readonly needs: readonly Need[];
}

/** @internal A rule of scope managers. */
export interface ScopeCheck {
  name: string;
  run(manager: ScopeManager): void | Promise<void>;
}

/**
 * @param what - what the function makes
 * @throws TypeError unless `create` is a function
 * @internal
 */
export function checkFunction(checks: string, create: unknown, what: string): void {
  if (typeof create !== 'function') {
    throw new TypeError(
      `${checks} takes a function, not ${describeValue(create)}; pass one that makes ${what}.`,
    );
  }
}

/**
 * @throws Error saying `message` unless `condition` holds
 * @internal
 */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) {
    throw new Error(message);
  }
}

/**
 * @throws Error unless both are the same value
 * @internal
 */
export function assertSame(actual: unknown, expected: unknown, what: string): void {
  if (!Object.is(actual, expected)) {
    throw new Error(`${what} should be ${show(expected)}, but is ${show(actual)}.`);
  }
}

/**
 * Calls `fn`, which has to throw an error of the given class, of whichever copy of the package.
 *
 * @param name - the name of the class
 * @internal
 */
export function assertThrows(fn: () => unknown, name: string, what: string): void {
  let thrown: unknown;
  try {
    fn();
  } catch (error) {
    thrown = error;
  }
  assert(thrown !== undefined, `${what} should throw ${name}, but throws nothing.`);
  assert(
    thrown instanceof Error && thrown.name === name,
    `${what} should throw ${name}, but throws ${show(thrown)}.`,
  );
}

/** What `fn` throws, or what its promise rejects with; an `Error` of its own where there is neither. @internal */
export async function errorOf(fn: () => unknown): Promise<unknown> {
  try {
    await fn();
  } catch (error) {
    return error;
  }
  return new Error('Nothing was thrown.');
}

/** @internal A value as a message shows it. */
export function show(value: unknown): string {
  if (typeof value === 'string') {
    // With half a surrogate pair and the like as escapes.
    return `'${JSON.stringify(value).slice(1, -1)}'`;
  }
  if (value instanceof Error) {
    return `${value.name} (${value.message})`;
  }
  if (typeof value === 'object' && value !== null) {
    return `an object of class ${value.constructor?.name ?? '(none)'}`;
  }
  return String(value);
}
