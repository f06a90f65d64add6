import { describeValue } from '../../describe-value.js';
import { tracedFunction } from './traced-function.js';
import type { AnyFunction, TracedOptions } from './traced-options.js';

/**
 * What `@traced()` is: a decorator of the ECMAScript proposal (stage 3, as TypeScript 5 and later compile
 * it) for methods, getters, setters, fields and accessors, static and private ones included, and one of
 * TypeScript's older kind (`experimentalDecorators`) for methods, getters and setters.
 */
export interface TracedDecorator {
  /** A method, a getter or a setter. */
  <F extends AnyFunction>(
    value: F,
    context: { readonly kind: 'method' | 'getter' | 'setter'; readonly name: string | symbol },
  ): F;
  /** A field that holds a function. */
  <This, Value>(
    value: undefined,
    context: ClassFieldDecoratorContext<This, Value>,
  ): (this: This, initial: Value) => Value;
  /** An `accessor` that holds a function to begin with. */
  <This, Value>(
    value: ClassAccessorDecoratorTarget<This, Value>,
    context: ClassAccessorDecoratorContext<This, Value>,
  ): ClassAccessorDecoratorResult<This, Value>;
  /** A method, a getter or a setter under `experimentalDecorators`. */
  <Value>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<Value>,
  ): TypedPropertyDescriptor<Value>;
}

/** What the proposal tells a decorator, as far as it is used here. */
interface DecoratorContext {
  readonly kind: string;
  readonly name: string | symbol;
}

/** @internal */
export function tracedDecorator(options: TracedOptions): TracedDecorator {
  const decorate = (value: unknown, where: unknown, descriptor: unknown) =>
    isContext(where)
      ? decorateMember(options, value, where)
      : decorateDescriptor(options, where, descriptor);
  return decorate as TracedDecorator;
}

function isContext(where: unknown): where is DecoratorContext {
  return typeof where === 'object' && where !== null && 'kind' in where;
}

function decorateMember(
  options: TracedOptions,
  value: unknown,
  { kind, name }: DecoratorContext,
): unknown {
  switch (kind) {
    case 'method':
    case 'getter':
    case 'setter':
      return tracedFunction(value as AnyFunction, options, String(name));
    case 'field':
      return (initial: unknown) => tracedInitial(options, initial, String(name));
    case 'accessor':
      return { init: (initial: unknown) => tracedInitial(options, initial, String(name)) };
    default:
      throw new TypeError(
        `@traced() goes on methods, getters, setters, fields and accessors, not on a ${kind}.`,
      );
  }
}

/** What is no function stays as it is: a decorator cannot know before there is an object. */
function tracedInitial(options: TracedOptions, initial: unknown, name: string): unknown {
  return typeof initial === 'function'
    ? tracedFunction(initial as AnyFunction, options, name)
    : initial;
}

function decorateDescriptor(
  options: TracedOptions,
  key: unknown,
  descriptor: unknown,
): PropertyDescriptor {
  const property = descriptor as PropertyDescriptor | null | undefined;
  const isKey = typeof key === 'string' || typeof key === 'symbol';
  if (!isKey || typeof property !== 'object' || property === null || !hasFunction(property)) {
    throw new TypeError(
      `@traced() of experimentalDecorators goes on methods, getters and setters, not on ${
        isKey ? `the property ${describeValue(String(key))}` : 'a class'
      }; for a function in a property write traced(fn).`,
    );
  }
  for (const part of ['value', 'get', 'set'] as const) {
    const fn = property[part];
    if (typeof fn === 'function') {
      property[part] = tracedFunction(fn, options, String(key));
    }
  }
  return property;
}

function hasFunction({ value, get, set }: PropertyDescriptor): boolean {
  return [value, get, set].some((part) => typeof part === 'function');
}
