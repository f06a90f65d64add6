import type { AnyFunction } from './traced-options.js';
import type { Bind } from './wrap-emitter.js';

type Iterators = { [Symbol.asyncIterator](): object };

/** @internal */
export function isAsyncIterator(value: object): boolean {
  return isAsyncIterable(value) && typeof (value as { next?: unknown }).next === 'function';
}

/** @internal */
export function isAsyncIterable(value: object): value is Iterators {
  return typeof (value as Partial<Iterators>)[Symbol.asyncIterator] === 'function';
}

/**
 * An iterator that takes its values from another, whose work runs under the scope that `bind` binds to.
 *
 * @internal
 */
export function wrapAsyncIterator(source: object, bind: Bind): object {
  // Of its kind: what else it has, such as how it is disposed of, comes down to the methods below.
  const iterator = Object.create(source);
  for (const name of ['next', 'return', 'throw']) {
    const step = (source as Record<string, unknown>)[name];
    if (typeof step === 'function') {
      Object.defineProperty(iterator, name, {
        value: bind((...args: unknown[]) => Reflect.apply(step as AnyFunction, source, args)),
        configurable: true,
        writable: true,
      });
    }
  }
  return Object.defineProperty(iterator, Symbol.asyncIterator, { value: () => iterator });
}

/**
 * An iterable whose iterators all run under the scope that `bind` binds to.
 *
 * @internal
 */
export function wrapAsyncIterable(source: Iterators, bind: Bind): Iterators {
  return {
    [Symbol.asyncIterator]: bind(() => wrapAsyncIterator(source[Symbol.asyncIterator](), bind)),
  };
}
