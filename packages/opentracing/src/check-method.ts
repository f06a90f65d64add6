import { describeValue } from './describe-value.js';

/**
 * Tells of a wrong value where it is given, rather than where it is first used.
 *
 * @param is - how the sentence begins: `The recorder is`
 * @param remedy - how it ends: what to do instead
 * @throws TypeError unless `value` has the method
 * @internal
 */
export function checkMethod(is: string, value: unknown, method: string, remedy: string): void {
  if (typeof (value as Record<string, unknown> | null | undefined)?.[method] !== 'function') {
    throw new TypeError(`${is} ${describeValue(value)}, which has no method ${method}; ${remedy}.`);
  }
}

/** @internal The same for an option, which may be left out. */
export function checkOption(option: string, value: unknown, method: string): void {
  if (value !== undefined && value !== null) {
    checkMethod(`The ${option} is`, value, method, 'leave it out for the default');
  }
}

/**
 * @internal An option that is true or false, or left out.
 *
 * @throws TypeError
 */
export function checkFlag(option: string, value: unknown): void {
  if (value !== undefined && value !== null && typeof value !== 'boolean') {
    throw new TypeError(`The ${option} is ${describeValue(value)}; give true or false.`);
  }
}
