/** A class that may also be called as a function on an object, as a constructor of ES5 is. */
export interface Es5Class<I, A extends unknown[]> {
  new (...args: A): I;
  readonly prototype: I;
}

/** The members that 0.14.7 did not have, which `for...in` does not see. */
const ADDED = new Set([
  ...['scopeManager', 'activeSpan', 'startActiveSpan', 'withActiveSpan', 'flush', 'close'],
  '_isDelegate',
]);

/**
 * Makes what a compiler for ES5 makes of a class: a constructor that works with `new`, as the base of
 * a class, and as `Base.apply(this, arguments)`, and methods that `for...in` sees.
 *
 * @param Class - has the methods; its own constructor is never called
 * @param construct - sets the fields of a new instance
 */
export function es5Class<I extends object, A extends unknown[]>(
  Class: { readonly name: string; readonly prototype: I },
  construct: (self: I, ...args: A) => void,
): Es5Class<I, A> {
  function Constructor(this: I, ...args: A): void {
    construct(this, ...args);
  }
  const { prototype } = Class;
  Constructor.prototype = prototype;
  Object.setPrototypeOf(Constructor, Object.getPrototypeOf(Class));
  Object.defineProperty(Constructor, 'name', { value: Class.name.replace(/Base$/, '') });
  for (const name of Object.getOwnPropertyNames(prototype)) {
    const enumerable = name !== 'constructor' && !ADDED.has(name);
    Object.defineProperty(prototype, name, { enumerable });
  }
  Object.defineProperty(prototype, 'constructor', { value: Constructor });
  return Constructor as unknown as Es5Class<I, A>;
}
