import * as library from 'opentracing-ts';
import { es5Class } from './es5_class.js';
import type { Fields } from './fields.js';
import { noops } from './noop_instances.js';
import './span_context.js';
import type { SpanContext } from './span_context.js';
import type { Tracer } from './tracer.js';

/** One operation: a name, a start and a finish time, tags, logs and a context. */
export interface Span {
  /** The context of this span; it may be used after the span has finished. */
  context(): SpanContext;
  /** For the compiler alone, to which `opentracing-ts` says that every context has baggage. */
  context<C extends SpanContext>(): C;
  /** The tracer that started this span. */
  tracer(): Tracer;
  /** Replaces the operation name that the span was started with. */
  setOperationName(name: string): this;
  /** Sets a baggage item, which travels to all descendants that are started later. */
  setBaggageItem(key: string, value: string): this;
  /** The value of a baggage item; `undefined` where there is none. */
  getBaggageItem(key: string): string | undefined;
  /** Sets one tag. */
  setTag(key: string, value: unknown): this;
  /** Sets several tags. */
  addTags(keyValueMap: Fields): this;
  /**
   * Records something that happened at one moment.
   *
   * @param timestamp - milliseconds since the Unix epoch, fractions allowed; by default now
   */
  log(keyValuePairs: Fields, timestamp?: number): this;
  /**
   * Logs the fields `event` and `payload`.
   *
   * @deprecated as it was in `opentracing@0.14.7`; use {@link Span.log}
   */
  logEvent(eventName: string, payload: unknown): void;
  /**
   * Records that the operation failed: sets the `error` tag and logs the fields `event`, `message`,
   * `error.object`, `error.kind` and `stack` (the last two where the value has them).
   */
  logError(error: unknown): this;
  /**
   * Ends the span.
   *
   * @param finishTime - milliseconds since the Unix epoch, fractions allowed; by default now
   */
  finish(finishTime?: number): void;
  /** Finishes the span: `using span = tracer.startSpan('work')`. */
  [Symbol.dispose](): void;
}

class SpanBase extends library.Span implements Span {
  override context(): SpanContext;
  override context<C extends SpanContext>(): C;
  override context(): SpanContext {
    return this._context();
  }

  override tracer(): Tracer {
    return this._tracer();
  }

  override setOperationName(name: string): this {
    this._setOperationName(name);
    return this;
  }

  override setBaggageItem(key: string, value: string): this {
    this._setBaggageItem(key, value);
    return this;
  }

  override getBaggageItem(key: string): string | undefined {
    return this._getBaggageItem(key);
  }

  override setTag(key: string, value: unknown): this {
    this._addTags({ [key]: value });
    return this;
  }

  override addTags(keyValueMap: Fields): this {
    this._addTags(keyValueMap);
    return this;
  }

  override log(keyValuePairs: Fields, timestamp?: number): this {
    this._log(keyValuePairs, timestamp);
    return this;
  }

  logEvent(eventName: string, payload: unknown): void;
  logEvent(eventName: string, payload: unknown): unknown {
    return this._log({ event: eventName, payload });
  }

  override finish(finishTime?: number): void {
    this._finish(finishTime);
  }

  /** What {@link Span.context} returns. By default a context without ids. */
  protected _context(): SpanContext {
    return noops.spanContext;
  }

  /** What {@link Span.tracer} returns. By default a tracer that does nothing. */
  protected _tracer(): Tracer {
    return noops.tracer;
  }

  /** Called by {@link Span.setOperationName}. By default does nothing. */
  protected _setOperationName(_name: string): void {}

  /** Called by {@link Span.setBaggageItem}. By default does nothing. */
  protected _setBaggageItem(_key: string, _value: string): void {}

  /** What {@link Span.getBaggageItem} returns. By default `undefined`. */
  protected _getBaggageItem(_key: string): string | undefined {
    return undefined;
  }

  /** Called by {@link Span.setTag} and {@link Span.addTags}. By default does nothing. */
  protected _addTags(_keyValuePairs: Fields): void {}

  /** Called by {@link Span.log} and {@link Span.logEvent}. By default does nothing. */
  protected _log(_keyValuePairs: Fields, _timestamp?: number): void {}

  /** Called by {@link Span.finish}. By default does nothing. */
  protected _finish(_finishTime?: number): void {}
}

/** The base of the spans of a tracer, which override its hooks, and the span that records nothing. */
export const Span = es5Class(SpanBase, () => {});

noops.span = new Span();

export default Span;
