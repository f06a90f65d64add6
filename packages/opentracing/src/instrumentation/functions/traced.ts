import { describeValue } from '../../describe-value.js';
import { type TracedDecorator, tracedDecorator } from './traced-decorator.js';
import { tracedFunction } from './traced-function.js';
import { type AnyFunction, readTracedOptions, type TracedOptions } from './traced-options.js';

/**
 * A function that does what `fn` does and records a span for each call. The span is active for the call
 * and for what it awaits; an error is logged on it and thrown on unchanged. It ends
 *
 * - when the function returns or throws, or when the promise that it returns has settled;
 * - for a generator, synchronous or not, when its body ends: run to the end, left early, or failed. It
 *   begins with the first `next`, and the body runs with it active, whoever asks for the next value. A
 *   generator that is neither run to its end nor left never ends its span;
 * - with `endsWithCallback`, when the callback is called.
 *
 * The result has the `name`, the `length` and the properties of `fn`, and passes `this` on; called with
 * `new` it makes what `fn` makes, without a span. While no tracer is registered, a call costs one check.
 *
 * The limit: the caller gets a promise of its own, which settles as that of `fn` does. Where that has
 * methods or properties besides, such as `kill`, they are not on it, and a thenable that is no promise, as
 * query builders are, is asked for its value at once.
 *
 * @param fn - the function
 * @typeParam F - the type of the function, which stays
 * @throws TypeError when what is given is no function, or the options are of the wrong kind
 * @example
 * ```ts
 * const tracer = new MockTracer(new AsyncLocalStorageScopeManager());
 * setGlobalTracer(tracer);
 *
 * const price = traced('price', async (item: string) => item.length);
 * const order = traced(
 *   { name: 'order', tags: (items) => ({ 'items.count': items.length }) },
 *   (items: string[]) => Promise.all(items.map((item) => price(item))),
 * );
 *
 * console.log(await order(['tea', 'sugar']));
 * console.log(tracer.formatTrees(), tracer.getSpan('order').tags);
 * ```
 * ```text
 * [ 3, 5 ]
 * order
 * ├ price
 * └ price { 'items.count': 2 }
 * ```
 */
export function traced<F extends AnyFunction>(fn: F): F;
/**
 * The same under a name, or with options.
 *
 * @param options - the operation name, or the options
 * @param fn - the function
 * @typeParam F - the type of the function, which stays
 */
export function traced<F extends AnyFunction>(
  options: string | TracedOptions<Parameters<F>>,
  fn: F,
): F;
/**
 * The decorator `@traced()`, for methods, getters, setters, and fields and accessors that hold functions.
 *
 * @param options - the operation name, or the options; by default the name is that of the method
 * @example
 * ```ts
 * const tracer = new MockTracer(new AsyncLocalStorageScopeManager());
 * setGlobalTracer(tracer);
 *
 * class Shop {
 *   @traced({ tags: (item: string) => ({ item }) })
 *   async order(item: string) {
 *     return `${item} for ${this.#price(item)}`;
 *   }
 *
 *   @traced('price')
 *   #price(item: string) {
 *     return item.length;
 *   }
 * }
 *
 * console.log(await new Shop().order('tea'));
 * console.log(tracer.formatTrees());
 * ```
 * ```text
 * tea for 3
 * order
 * └ price
 * ```
 */
export function traced(options?: string | TracedOptions): TracedDecorator;
export function traced(
  first?: AnyFunction | string | TracedOptions,
  ...rest: [AnyFunction?]
): AnyFunction | TracedDecorator {
  if (typeof first === 'function') {
    if (rest.length > 0) {
      throw new TypeError('traced takes options before the function; a decorator is @traced().');
    }
    return tracedFunction(first, {});
  }
  const options = readTracedOptions(first);
  if (rest.length === 0) {
    return tracedDecorator(options);
  }
  const [fn] = rest;
  if (typeof fn !== 'function') {
    throw new TypeError(`traced takes a function after its options, not ${describeValue(fn)}.`);
  }
  return tracedFunction(fn, options);
}
