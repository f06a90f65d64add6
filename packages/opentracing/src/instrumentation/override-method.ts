import { likeOriginal } from './like-original.js';

/** What a method of a library is called with and returns; only the library knows. */
export type Method = (this: unknown, ...args: unknown[]) => unknown;

// On the replaced method, so that two copies of this package find each other's.
const OVERRIDDEN = Symbol.for('opentracing-ts/v1/overridden');

/**
 * Replaces a method of a library, unless this or another copy of the package has replaced it already.
 *
 * @param wrap - gets the method so far; returns the new one, whose calls go to the old one once the
 *   method is put back: others may hold it still
 * @returns puts the method back
 * @internal
 */
export function overrideMethod(
  owner: object,
  name: string,
  wrap: (original: Method) => Method,
): () => void {
  const methods = owner as Record<string, Method>;
  const original = methods[name] as Method;
  if (OVERRIDDEN in original) {
    return () => {};
  }
  const wrapped = wrap(original);
  let isInstalled = true;
  function method(this: unknown, ...args: unknown[]): unknown {
    return Reflect.apply(isInstalled ? wrapped : original, this, args);
  }
  methods[name] = Object.assign(likeOriginal(method, original), { [OVERRIDDEN]: true });
  return () => {
    isInstalled = false;
    if (methods[name] === method) {
      methods[name] = original;
    }
  };
}
