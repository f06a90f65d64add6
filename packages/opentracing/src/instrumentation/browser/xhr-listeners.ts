import { putBack, replaceMethod } from './replace-method.js';
import type { Xhr } from './xml-http-request.js';

const EVENTS = [
  'readystatechange',
  'loadstart',
  'progress',
  'load',
  'loadend',
  'abort',
  'error',
  'timeout',
];

type Listener = (this: unknown, ...args: unknown[]) => unknown;

/** Runs a listener of an object where it belongs. */
export type RunListener = (xhr: Xhr, event: unknown, run: () => unknown) => unknown;

/**
 * Has `run` call every listener of XMLHttpRequests. What the program sees is what it has set: it can ask
 * for its handlers and remove its listeners as ever.
 *
 * @returns stops doing so
 * @internal
 */
export function wrapListeners(prototype: Xhr, run: RunListener): () => void {
  const wrappers = new WeakMap<object, Listener>();
  const originals = new WeakMap<object, unknown>();

  function wrap(listener: unknown): unknown {
    if ((typeof listener !== 'object' && typeof listener !== 'function') || listener === null) {
      return listener;
    }
    const known = wrappers.get(listener);
    if (known !== undefined) {
      return known;
    }
    const wrapper: Listener = function (...args) {
      return run(this as Xhr, args[0], () => {
        if (typeof listener === 'function') {
          return Reflect.apply(listener, this, args);
        }
        return (listener as { handleEvent: Listener }).handleEvent(...args);
      });
    };
    wrappers.set(listener, wrapper);
    originals.set(wrapper, listener);
    return wrapper;
  }

  const stops = [
    replaceMethod(prototype, 'addEventListener', (add, self, [type, listener, ...options]) =>
      Reflect.apply(add, self, [type, wrap(listener), ...options]),
    ),
    ...EVENTS.map((event) =>
      replaceHandler(prototype, `on${event}`, {
        set: (handler) => (typeof handler === 'function' ? wrap(handler) : handler),
        get: (handler) => originals.get(handler as object) ?? handler,
      }),
    ),
  ];
  // Those that were added are removed by their wrappers for as long as the page lives.
  replaceMethod(prototype, 'removeEventListener', (remove, self, [type, listener, ...options]) => {
    const wrapper = wrappers.get(listener as object);
    if (wrapper !== undefined) {
      Reflect.apply(remove, self, [type, wrapper, ...options]);
    }
    return Reflect.apply(remove, self, [type, listener, ...options]);
  });
  return () => {
    for (const stop of stops) {
      stop();
    }
  };
}

interface Handler {
  set(handler: unknown): unknown;
  get(handler: unknown): unknown;
}

function replaceHandler(prototype: object, name: string, handler: Handler): () => void {
  const found = descriptorOf(prototype, name);
  const { get, set } = found ?? {};
  if (found === undefined || get === undefined || set === undefined) {
    return () => {};
  }
  const own = Object.getOwnPropertyDescriptor(prototype, name);
  const replaced: PropertyDescriptor = {
    ...found,
    get() {
      return handler.get(Reflect.apply(get, this, []));
    },
    set(value) {
      Reflect.apply(set, this, [handler.set(value)]);
    },
  };
  Object.defineProperty(prototype, name, replaced);
  return () => {
    if (Object.getOwnPropertyDescriptor(prototype, name)?.set === replaced.set) {
      putBack(prototype, name, own);
    }
  };
}

function descriptorOf(object: object | null, name: string): PropertyDescriptor | undefined {
  return object === null
    ? undefined
    : (Object.getOwnPropertyDescriptor(object, name) ??
        descriptorOf(Object.getPrototypeOf(object), name));
}
