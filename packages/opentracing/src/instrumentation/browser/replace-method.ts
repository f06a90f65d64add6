/** What stands in the place of a method. */
type Replacement = (
  method: (...args: unknown[]) => unknown,
  self: unknown,
  args: unknown[],
) => unknown;

/**
 * Replaces a method of a class by one that looks like it. An inherited one is overridden for that class.
 *
 * @returns puts it back, unless another one has taken its place since; from then on it does what it did
 * @internal
 */
export function replaceMethod(
  prototype: object,
  name: string,
  replacement: Replacement,
): () => void {
  const method: unknown = Reflect.get(prototype, name);
  if (typeof method !== 'function') {
    return () => {};
  }
  let isStopped = false;
  const replaced = new Proxy(method as (...args: unknown[]) => unknown, {
    apply: (target, self, args) =>
      isStopped ? Reflect.apply(target, self, args) : replacement(target, self, args),
  });
  const own = Object.getOwnPropertyDescriptor(prototype, name);
  Object.defineProperty(prototype, name, {
    ...(own ?? { enumerable: true, configurable: true, writable: true }),
    value: replaced,
  });
  return () => {
    isStopped = true;
    if (Reflect.get(prototype, name) === replaced) {
      putBack(prototype, name, own);
    }
  };
}

/** @internal Puts back what was there before, if anything was. */
export function putBack(
  prototype: object,
  name: string,
  own: PropertyDescriptor | undefined,
): void {
  if (own === undefined) {
    Reflect.deleteProperty(prototype, name);
  } else {
    Object.defineProperty(prototype, name, own);
  }
}
