import { likeOriginal } from '../like-original.js';
import { Calls } from './calls.js';
import { traceCall } from './trace-call.js';
import { isGeneratorFunction, traceGenerator } from './trace-generator.js';
import type { AnyFunction, TracedOptions } from './traced-options.js';

/**
 * A function that stands for `fn` and records its calls.
 *
 * @param name - the operation name where neither the options nor the function have one
 * @internal
 */
export function tracedFunction<F extends AnyFunction>(
  fn: F,
  options: TracedOptions,
  name = 'anonymous',
): F {
  const calls = new Calls(options.name || fn.name || name, options);
  const trace = isGeneratorFunction(fn) ? traceGenerator : traceCall;
  function traced(this: unknown, ...args: unknown[]): unknown {
    if (new.target !== undefined) {
      return Reflect.construct(fn, args, new.target === traced ? fn : new.target);
    }
    return calls.isOff() ? Reflect.apply(fn, this, args) : trace(calls, fn, this, args);
  }
  return likeOriginal(traced, fn) as unknown as F;
}
