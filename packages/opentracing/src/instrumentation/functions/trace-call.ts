import type { Span } from '../../span.js';
import { runInScope } from '../run-in-scope.js';
import { runWithSpan } from '../run-with-span.js';
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
    : runWithSpan(calls.tracer(), span, () => Reflect.apply(fn, thisArgument, args), calls.guard);
}

function untilCallback(
  calls: Calls,
  span: Span,
  fn: AnyFunction,
  thisArgument: unknown,
  args: unknown[],
  callback: AnyFunction,
): unknown {
  const tracer = calls.tracer();
  // Under the scope of the caller: to the callback, this span is over.
  const bound = calls.guard(() => tracer.scopeManager.bind(callback))() ?? callback;
  // A proxy has the name, the length and the properties of the callback, for a tenth of copying them.
  const ending = new Proxy(callback, {
    apply(_callback, self, results) {
      const [error] = results;
      calls.end(span, error ? { error } : undefined);
      return Reflect.apply(bound, self, results);
    },
  });
  const given = [...args.slice(0, -1), ending];
  try {
    return runInScope(tracer, span, () => Reflect.apply(fn, thisArgument, given));
  } catch (error) {
    calls.end(span, { error });
    throw error;
  }
}
