import { describeValue } from '../../describe-value.js';
import { globalTracer, isGlobalTracerRegistered } from '../../global-tracer.js';
import { checkInstrumentationOptions } from '../check-instrumentation-options.js';
import { createGuard } from '../guard.js';
import type { InstrumentationOptions } from '../options.js';
import type { AnyFunction } from './traced-options.js';
import { type Bind, type EmitterLike, isEmitter, wrapEmitter } from './wrap-emitter.js';
import {
  isAsyncIterable,
  isAsyncIterator,
  wrapAsyncIterable,
  wrapAsyncIterator,
} from './wrap-iterator.js';
import { isStream, wrapStream } from './wrap-stream.js';

// On the emitter, for all copies of this package: two of them would bind each listener twice.
const WRAPPED = Symbol.for('opentracing-ts/v1/wrapped');

/**
 * Carries the active span to where a program is called back from: emitters, pools and streams call in a
 * context of their own, which is that of somebody else's request, or of none.
 *
 * - A **function**: the result runs under the scope that was active at `wrap`, even if that is none. It
 *   has the name and the length of the function and passes `this` on.
 * - An **emitter** of Node's kind, the package events included: each listener that is added from now on
 *   runs under the scope that is active when it is added. `removeListener` takes the listener that was
 *   added, `listeners` shows it, and `listenerCount` counts as before. A listener that is added while
 *   nothing is active stays as it is. The emitter is changed in place, once, and returned.
 * - A **stream** of Node's kind: as an emitter, so that `pipe` and `pipeline` write in the scope in which
 *   they were called; what the stream itself does (`_read`, `_write`, `_transform`, `_flush`, ...) runs
 *   under the scope that was active at `wrap`, and the callbacks of `write` and `end` under that in which
 *   they were given.
 * - An **async iterator** or async iterable: the result asks it for each value, and closes it early, under
 *   the scope that was active at `wrap`. What the program does with the values stays in its own scope.
 *
 * While no tracer is registered nothing is bound, at the cost of one check.
 *
 * @param target - the iterator
 * @param options - the tracer whose scopes are meant, by default the global one
 * @typeParam T - the type of what is wrapped, which stays
 * @returns what to use in the place of `target`
 * @throws TypeError when it is none of these
 * @example
 * ```ts
 * import { EventEmitter } from 'node:events';
 *
 * const tracer = new MockTracer(new AsyncLocalStorageScopeManager());
 * setGlobalTracer(tracer);
 *
 * const kitchen = wrap(new EventEmitter());
 * tracer.withActiveSpan('lunch', () => {
 *   kitchen.once('ready', () => tracer.startSpan('eat').finish());
 * });
 * kitchen.emit('ready');
 * console.log(tracer.formatTrees());
 * ```
 * ```text
 * lunch
 * └ eat
 * ```
 */
export function wrap<T extends AsyncIterator<unknown, unknown, never>>(
  target: T,
  options?: InstrumentationOptions,
): T;
/**
 * @param target - the function, the emitter or the stream
 * @param options - the tracer whose scopes are meant, by default the global one
 * @typeParam T - the type of what is wrapped, which stays
 */
export function wrap<T extends AnyFunction | EmitterLike>(
  target: T,
  options?: InstrumentationOptions,
): T;
/**
 * @param target - the async iterable
 * @param options - the tracer whose scopes are meant, by default the global one
 * @typeParam T - the type of the values
 */
export function wrap<T>(
  target: AsyncIterable<T>,
  options?: InstrumentationOptions,
): AsyncIterable<T>;
export function wrap(target: unknown, options: InstrumentationOptions = {}): unknown {
  checkInstrumentationOptions('wrap', options);
  const bindAlways = binder(options, false);
  if (typeof target === 'function') {
    const fn = target as AnyFunction;
    const bound = bindAlways(fn);
    return bound === fn ? fn : inPlaceOf(fn, bound);
  }
  if (typeof target === 'object' && target !== null) {
    if (isEmitter(target)) {
      wrapOnce(target, binder(options, true));
      return target;
    }
    if (isAsyncIterator(target)) {
      return wrapAsyncIterator(target, bindAlways);
    }
    if (isAsyncIterable(target)) {
      return wrapAsyncIterable(target, bindAlways);
    }
  }
  throw new TypeError(
    `wrap takes a function, an emitter or a stream of Node's kind, or an async iterable, not ` +
      `${describeValue(target)}; wrap the function that is called back instead.`,
  );
}

/** With the name, the length and the properties of `fn`: a proxy has them for a tenth of copying them. */
function inPlaceOf(fn: AnyFunction, bound: AnyFunction): AnyFunction {
  return new Proxy(fn, { apply: (_fn, self, args) => Reflect.apply(bound, self, args) });
}

/**
 * @param onlyActive - leaves functions alone while nothing is active
 */
function binder({ tracer, onError }: InstrumentationOptions, onlyActive: boolean): Bind {
  const guard = createGuard(onError);
  const bind = guard((fn: AnyFunction) => {
    const { scopeManager } = tracer ?? globalTracer();
    return onlyActive && scopeManager.active === null ? fn : scopeManager.bind(fn);
  });
  return <F extends AnyFunction>(fn: F): F => {
    const isOff = tracer === undefined && !isGlobalTracerRegistered();
    return isOff ? fn : ((bind(fn) as F | undefined) ?? fn);
  };
}

function wrapOnce(emitter: object, bind: Bind): void {
  if (!Object.hasOwn(emitter, WRAPPED)) {
    Object.defineProperty(emitter, WRAPPED, { value: true });
    wrapEmitter(emitter, bind);
    if (isStream(emitter)) {
      wrapStream(emitter, bind);
    }
  }
}
