import type { HonoApp, HonoMiddleware } from './hono-types.js';

export type Constructor = new (...args: unknown[]) => object;

// On the class between, so that two copies of this package find each other's.
const BETWEEN = Symbol.for('opentracing-ts/v1/hono');

/**
 * An application has no method that all share: its constructor makes them. So this goes between the class
 * and the one that it extends, where `super()` finds it. When that returns there is no router yet, without
 * which no middleware can be added, so it waits until the constructor sets one.
 *
 * @internal
 */
export function traceNewApps(Hono: Constructor, trace: HonoMiddleware): () => void {
  const Base = Object.getPrototypeOf(Hono) as Constructor;
  if (BETWEEN in Base) {
    return () => {};
  }
  let isInstalled = true;
  const traceIfInstalled: HonoMiddleware = (context, next) =>
    isInstalled ? trace(context, next) : next();
  class Traced extends Base {
    static [BETWEEN] = true;

    constructor(...args: unknown[]) {
      super(...args);
      Object.defineProperty(this, 'router', {
        configurable: true,
        enumerable: true,
        set(this: HonoApp, value: unknown) {
          Object.defineProperty(this, 'router', {
            value,
            configurable: true,
            enumerable: true,
            writable: true,
          });
          useMiddleware(this, traceIfInstalled);
        },
      });
    }
  }
  Object.setPrototypeOf(Hono, Traced);
  return () => {
    isInstalled = false;
    if (Object.getPrototypeOf(Hono) === Traced) {
      Object.setPrototypeOf(Hono, Base);
    }
  };
}

/** @internal */
export function useMiddleware(app: HonoApp, middleware: HonoMiddleware): void {
  (app as { use(middleware: HonoMiddleware): unknown }).use(middleware);
}
