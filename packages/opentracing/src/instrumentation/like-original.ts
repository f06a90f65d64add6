/** What a function of its own has of each, and what engines forbid to look at. */
const OWN = new Set<PropertyKey>(['prototype', 'arguments', 'caller']);

/**
 * Gives a function that stands for another its name, its length, its properties and its kind, by which
 * libraries tell generator functions and async ones.
 *
 * @internal
 */
export function likeOriginal<F extends object>(replacement: F, original: object): F {
  for (const key of Reflect.ownKeys(original)) {
    const property = Reflect.getOwnPropertyDescriptor(original, key);
    if (!OWN.has(key) && property !== undefined) {
      Reflect.defineProperty(replacement, key, property);
    }
  }
  const { prototype } = original as { prototype?: unknown };
  if (prototype !== undefined) {
    Reflect.set(replacement, 'prototype', prototype);
  }
  Reflect.setPrototypeOf(replacement, Reflect.getPrototypeOf(original));
  return replacement;
}
