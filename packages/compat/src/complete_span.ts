import * as library from 'opentracing-ts';
import { noops } from './noop_instances.js';
import { Span } from './span.js';

const NAMES = ['tracer', 'logEvent', 'logError', Symbol.dispose] as const;

/**
 * Gives a span what {@link Span} has and its own class lacks: those of `opentracing-ts` have no
 * `logEvent`, and a tracer written for 0.14.7 may have spans that extend nothing.
 */
export function completeSpan(span: Span): Span {
  for (const name of NAMES) {
    if (!(name in span)) {
      const prototype = Object.getPrototypeOf(span) ?? Object.prototype;
      Reflect.defineProperty(prototype === Object.prototype ? span : prototype, name, {
        value: METHODS[name],
        configurable: true,
        enumerable: false,
        writable: true,
      });
    }
  }
  return span;
}

const METHODS = {
  tracer: () => noops.tracer,
  logEvent(this: Span, event: string, payload: unknown): void {
    this.log({ event, payload });
  },
  logError: Span.prototype.logError,
  [Symbol.dispose]: Span.prototype[Symbol.dispose],
};

// The spans that `withScopes` makes.
completeSpan(library.Span.prototype as Span);
