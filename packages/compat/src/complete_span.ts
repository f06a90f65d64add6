import * as library from 'opentracing-ts';
import { noops } from './noop_instances.js';
import { Span } from './span.js';

const NAMES = ['tracer', 'logEvent', 'logError', Symbol.dispose] as const;

const METHODS = {
  tracer: () => noops.tracer,
  logEvent(this: Span, event: string, payload: unknown): void {
    this.log({ event, payload });
  },
  logError: Span.prototype.logError,
  [Symbol.dispose]: Span.prototype[Symbol.dispose],
};

/**
 * Gives a span what {@link Span} has and its own class lacks: those of `opentracing-ts` have no
 * `logEvent`, and a tracer written for 0.14.7 may have spans that extend nothing.
 */
export function completeSpan<T extends Span | null | undefined>(span: T): T {
  if (typeof span === 'object' && span !== null) {
    for (const name of NAMES) {
      if (!(name in span)) {
        Reflect.defineProperty(classOf(span), name, {
          value: METHODS[name],
          configurable: true,
          enumerable: false,
          writable: true,
        });
      }
    }
  }
  return span;
}

/** Where the methods of a span are: its prototype, or the span itself. */
function classOf(span: Span): object {
  const prototype: object | null = Object.getPrototypeOf(span);
  return prototype !== null && 'finish' in prototype ? prototype : span;
}

// The spans that `withScopes` makes.
completeSpan(library.Span.prototype as Span);
