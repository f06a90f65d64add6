import type { AnyFunction } from './traced-options.js';

/** Binds a listener to the scope that is active now; gives it back where none is. */
export type Bind = <F extends AnyFunction>(fn: F) => F;

type Subscribe = (this: unknown, event: unknown, listener: Listener) => unknown;

/** A listener; one that stands for another has that as `listener`, by which emitters know it. */
type Listener = AnyFunction & { listener?: unknown };

/** An emitter as Node has them, as far as it is used here. */
export interface EmitterLike {
  on: unknown;
  once: unknown;
  emit: unknown;
  removeListener: unknown;
  rawListeners: unknown;
}

const METHODS = ['on', 'once', 'emit', 'removeListener', 'rawListeners'] as const;

/**
 * Whether it is an emitter that knows a listener by the `listener` of what stands for it: Node's, and the
 * package events, which is Node's for browsers.
 *
 * @internal
 */
export function isEmitter(value: object): value is EmitterLike {
  return METHODS.every((name) => typeof (value as EmitterLike)[name] === 'function');
}

/**
 * Makes an emitter bind the listeners that are added from now on.
 *
 * @internal
 */
export function wrapEmitter(emitter: object, bind: Bind): void {
  // The listeners of `once`, by what stands for them, until the emitter has taken them.
  const originals = new WeakMap<object, Listener>();

  function bound(listener: Listener): Listener {
    const original = originals.get(listener.listener as object);
    if (original !== undefined) {
      // What the emitter itself has made of a listener of `once` that is bound already.
      listener.listener = original;
      return listener;
    }
    if (typeof listener.listener === 'function') {
      // It stands for another, as one of `once` does that comes out of `rawListeners`: by that it is
      // removed when it is called.
      return listener;
    }
    const result: Listener = bind(listener);
    if (result !== listener) {
      result.listener = listener;
    }
    return result;
  }

  function boundOnce(listener: Listener): Listener {
    const result = bind(listener);
    if (result !== listener) {
      originals.set(result, listener);
    }
    return result;
  }

  for (const [name, how] of [
    ['on', bound],
    ['addListener', bound],
    ['prependListener', bound],
    ['once', boundOnce],
    ['prependOnceListener', boundOnce],
  ] as const) {
    replaceMethod(
      emitter,
      name,
      (subscribe: Subscribe) =>
        function (this: unknown, event, listener) {
          const given = typeof listener === 'function' ? how(listener) : listener;
          return Reflect.apply(subscribe, this, [event, given]);
        },
    );
  }
}

/** @internal Gives an object a method of its own in the place of one that it has. */
export function replaceMethod<F extends AnyFunction>(
  object: object,
  name: PropertyKey,
  replace: (method: F) => F,
): void {
  const method = (object as Record<PropertyKey, unknown>)[name];
  if (typeof method === 'function') {
    Object.defineProperty(object, name, {
      value: replace(method as F),
      configurable: true,
      writable: true,
    });
  }
}
