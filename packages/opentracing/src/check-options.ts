import { describeValue } from './describe-value.js';

/**
 * Tells of a class in the place of options, or of what belongs into them.
 *
 * @param of - the name of the class that takes the options
 * @param options - where they are given
 * @param inside - what might be given in their place, and what helps, by a method it is told by
 * @throws TypeError
 * @internal
 */
export function checkOptions(
  of: string,
  options: object,
  inside: Readonly<Record<string, string>>,
): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(
      `${of} takes an object with options, not ${describeValue(options)}; ` +
        'leave it out for the defaults.',
    );
  }
  for (const [method, instead] of Object.entries(inside)) {
    if (typeof (options as Record<string, unknown>)[method] === 'function') {
      throw new TypeError(`${of} takes an object with options, not a ${instead}.`);
    }
  }
}
