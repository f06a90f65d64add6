import { checkMethod } from './check-method.js';
import { Span } from './span.js';
import type { Tracer } from './tracer.js';

/**
 * Runs `fn` with no span active for it and for everything that it awaits or schedules, as far as the
 * scope manager follows that: for work that a request only sets off, such as a timer that lives on. A
 * span that is started there is the root of a trace of its own.
 *
 * Source: opentracing-python, `no_parent_scope`.
 *
 * @param tracer - the tracer whose spans are not to be active; `globalTracer()` will do
 * @param fn - what to run. Under a scope manager that is not of this package, a span that records
 *   nothing and has no ids is active in it
 * @returns what `fn` returns
 * @throws whatever `fn` throws, unchanged; a TypeError when `tracer` is none
 * @example
 * ```ts
 * const tracer = new MockTracer();
 * tracer.withActiveSpan('request', () => {
 *   withoutActiveSpan(tracer, () => tracer.startSpan('cleaning up').finish());
 * });
 * console.log(tracer.finishedSpans()[0]?.parentId);
 * ```
 * ```text
 * null
 * ```
 */
export function withoutActiveSpan<R>(tracer: Tracer, fn: () => R): R {
  checkMethod('The tracer is', tracer, 'startSpan', 'pass it first');
  const manager = tracer.scopeManager;
  if (manager._withoutActive !== undefined) {
    return manager._withoutActive(fn);
  }
  return manager.active === null ? fn() : manager.withActive(new Span(tracer), fn);
}
