import type { Span } from '../../span.js';
import { likeOriginal } from '../like-original.js';
import type { Calls } from './calls.js';
import type { AnyFunction } from './traced-options.js';

/**
 * Calls a function with a span that lasts until it has returned, thrown, settled or called back.
 *
 * @internal
 */
export function traceCall(
  calls: Calls,
  fn: AnyFunction,
  thisArgument: unknown,
  args: unknown[],
): unknown {
  const span = calls.start(calls.tags(thisArgument, args));
  if (span === undefined) {
    return Reflect.apply(fn, thisArgument, args);
  }
  const callback = calls.endsWithCallback ? args.at(-1) : undefined;
  return typeof callback === 'function'
    ? untilCallback(calls, span, fn, thisArgument, args, callback as AnyFunction)
    : calls
        .tracer()
        .scopeManager.withActive(span, () => Reflect.apply(fn, thisArgument, args), true);
}

function untilCallback(
  calls: Calls,
  span: Span,
  fn: AnyFunction,
  thisArgument: unknown,
  args: unknown[],
  callback: AnyFunction,
): unknown {
  const manager = calls.tracer().scopeManager;
  // Under the scope of the caller: to the callback, this span is over.
  const bound = manager.bind(callback);
  function ending(this: unknown, ...results: unknown[]): unknown {
    const [error] = results;
    calls.end(span, error ? { error } : undefined);
    return Reflect.apply(bound, this, results);
  }
  const given = [...args.slice(0, -1), likeOriginal(ending, callback)];
  try {
    return manager.withActive(span, () => Reflect.apply(fn, thisArgument, given));
  } catch (error) {
    calls.end(span, { error });
    throw error;
  }
}
