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
 * What else the other has is its own: a method that it calls may have private members.
 *
 * @internal
 */
export function wrapAsyncIterator(source: object, bind: Bind): object {
  const members = source as Record<PropertyKey, unknown>;
  const bound = new Map<PropertyKey, unknown>([[Symbol.asyncIterator, () => iterator]]);
  for (const name of ['next', 'return', 'throw', Symbol.asyncDispose]) {
    const step = members[name];
    if (typeof step === 'function') {
      bound.set(
        name,
        bind((...args: unknown[]) => Reflect.apply(step as AnyFunction, source, args)),
      );
    }
  }
  const iterator: object = new Proxy(Object.create(source), {
    get: (_target, name) => bound.get(name) ?? memberOf(name),
    set: (_target, name, value) => Reflect.set(source, name, value),
  });

  function memberOf(name: PropertyKey): unknown {
    const member = members[name];
    if (typeof member !== 'function' || name === 'constructor') {
      return member;
    }
    return (...args: unknown[]) => {
      const result = Reflect.apply(member, source, args);
      return result === source ? iterator : result;
    };
  }
  return iterator;
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
