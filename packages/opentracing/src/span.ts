// For users who compile without this library: Symbol.dispose is in the declarations.
/// <reference lib="esnext.disposable" preserve="true" />

import { describeError } from './describe-error.js';
import { NOOP_SPAN_CONTEXT, type SpanContext } from './span-context.js';
import type { Tracer } from './tracer.js';

/**
 * One operation: a name, a start and a finish time, tags, logs and a context.
 *
 * The class itself is the no-op span: it records nothing and its methods allocate nothing. A tracer
 * extends it and overrides what it records.
 *
 * Source: OpenTracing specification, "Span".
 */
export class Span {
  /** @internal */
  _tracer: Tracer;
  /** @internal */
  _context: SpanContext;

  /**
   * @param tracer - the tracer that starts this span
   * @param context - the context of this span; by default one without ids and baggage
   */
  constructor(tracer: Tracer, context: SpanContext = NOOP_SPAN_CONTEXT) {
    this._tracer = tracer;
    this._context = context;
  }

  /** The context of this span; it may be used after the span has finished. */
  context(): SpanContext {
    return this._context;
  }

  /** The tracer that started this span. */
  tracer(): Tracer {
    return this._tracer;
  }

  /**
   * Replaces the operation name that the span was started with.
   *
   * @param _name - few different ones: `GET /basket/:id` rather than `GET /basket/17`
   */
  setOperationName(_name: string): this {
    return this;
  }

  /**
   * Sets one tag; a later value for the same key replaces the earlier one.
   *
   * @param _key - of the tag; the standard ones are in `Tags`
   * @param _value - a string, a number or a boolean; what a tracer does with anything else is its own
   */
  setTag(_key: string, _value: unknown): this {
    return this;
  }

  /** Sets every own enumerable entry of `tags` as a tag. */
  addTags(tags: Record<string, unknown>): this {
    if (typeof tags !== 'object') {
      return this;
    }
    try {
      for (const key in tags) {
        if (Object.hasOwn(tags, key)) {
          this.setTag(key, tags[key]);
        }
      }
    } catch {
      // Tags that throw when they are read, such as a getter of the program's: the rest is left out.
    }
    return this;
  }

  /**
   * Records something that happened at one moment.
   *
   * @param _fields - what happened; the standard names are in `Logs`
   * @param _timestamp - milliseconds since the Unix epoch, fractions allowed; by default now
   * @example
   * ```ts
   * const span = new MockTracer().startSpan('load the basket');
   * span.log({ [Logs.EVENT]: 'cache miss', key: 17 });
   * console.log(span.logs[0]?.fields);
   * ```
   * ```text
   * { event: 'cache miss', key: 17 }
   * ```
   */
  log(_fields: Record<string, unknown>, _timestamp?: number): this {
    return this;
  }

  /**
   * Records that the operation failed: sets the `error` tag and logs the fields `event`, `message`,
   * `error.object`, `error.kind` and `stack` (the last two where the value has them).
   *
   * Source: OpenTracing semantic conventions, "Captured errors".
   *
   * @param error - what was thrown; any value
   * @example
   * ```ts
   * const span = new MockTracer().startSpan('load the basket');
   * try {
   *   throw new TypeError('the basket has no items');
   * } catch (error) {
   *   span.logError(error);
   * } finally {
   *   span.finish();
   * }
   * console.log(span.tags, span.logs[0]?.fields.message);
   * ```
   * ```text
   * { error: true } the basket has no items
   * ```
   */
  logError(error: unknown): this {
    // Not Tags.ERROR, which would bring all tags into the bundle of a program that uses none.
    // The no-op span itself has nothing to record the fields in, so it does not build them.
    return this.constructor === Span ? this : this.setTag('error', true).log(describeError(error));
  }

  /**
   * Sets a baggage item, which travels with the context of this span to its descendants in all
   * processes. Only spans started after the call see it.
   *
   * @param _key - any string
   * @param _value - a short string: it travels with every request
   * @example
   * ```ts
   * const tracer = new MockTracer();
   * const parent = tracer.startSpan('order').setBaggageItem('customer', 'ada');
   * console.log(tracer.startSpan('book', { childOf: parent }).getBaggageItem('customer'));
   * ```
   * ```text
   * ada
   * ```
   */
  setBaggageItem(_key: string, _value: string): this {
    return this;
  }

  /** The value of a baggage item; `undefined` where there is none. */
  getBaggageItem(_key: string): string | undefined {
    return undefined;
  }

  /**
   * Ends the span. Every call after the first is ignored, and so is every change to a finished span.
   *
   * @param _finishTime - milliseconds since the Unix epoch, fractions allowed; by default now
   */
  finish(_finishTime?: number): void {}

  /** Finishes the span: `using span = tracer.startSpan('work')`. */
  [Symbol.dispose](): void {
    this.finish();
  }
}
