type Listener = (...args: unknown[]) => unknown;
type Add = (event: string | symbol, listener: Listener) => unknown;

/** The methods of Node's emitters that are used here. */
export interface Emitter {
  on: Add;
  addListener: Add;
  prependListener: Add;
  once: Add;
  prependOnceListener: Add;
  removeListener: Add;
}

/** Emitters, and what was made of their listeners. */
const bound = new WeakSet<object>();

/** @internal Told by its methods: another library may have made it. */
export function isEmitter(target: unknown): target is Emitter {
  const { on, once, addListener, removeListener } = (target ?? {}) as Partial<Emitter>;
  return [on, once, addListener, removeListener].every((method) => typeof method === 'function');
}

/**
 * Makes the listeners that are added to an emitter from now on run by `run`. An emitter that was bound
 * stays as it is. Node finds a listener by the property `listener` of what was added for it, so those
 * who remove, count and list listeners see their own.
 *
 * @internal
 */
export function bindEmitter(emitter: Emitter, run: <R>(fn: () => R) => R): void {
  if (bound.has(emitter)) {
    return;
  }
  bound.add(emitter);
  const { on, addListener, prependListener } = emitter;
  const adding = (add: Add) =>
    function (this: Emitter, event: string | symbol, listener: Listener) {
      return add.call(this, event, typeof listener === 'function' ? inside(listener) : listener);
    };
  const addingOnce = (add: Add) =>
    function (this: Emitter, event: string | symbol, listener: Listener) {
      if (typeof listener !== 'function') {
        return add.call(this, event, listener);
      }
      const first = inside(function (this: unknown, ...args: unknown[]) {
        emitter.removeListener(event, first);
        return Reflect.apply(listener, this, args);
      }, listener);
      return add.call(this, event, first);
    };
  const inside = (fn: Listener, listener = fn): Listener => {
    // An emitter may have one of its methods call another.
    if (bound.has(fn)) {
      return fn;
    }
    const wrapped = Object.assign(
      function (this: unknown, ...args: unknown[]) {
        return run(() => Reflect.apply(fn, this, args));
      },
      { listener },
    );
    bound.add(wrapped);
    return wrapped;
  };
  emitter.on = adding(on);
  emitter.addListener = adding(addListener);
  emitter.once = addingOnce(on);
  if (typeof prependListener === 'function') {
    emitter.prependListener = adding(prependListener);
    emitter.prependOnceListener = addingOnce(prependListener);
  }
}
