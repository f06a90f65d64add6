import { withItem } from '../propagation/baggage-items.js';
import { SpanContext } from '../span-context.js';

/**
 * The context of a {@link MockSpan}: ids that are small enough to read, and baggage. Immutable.
 */
export class MockSpanContext extends SpanContext {
  /** @internal */
  _traceId: string;
  /** @internal */
  _spanId: string;
  /** @internal `null` for none; else frozen and without a prototype. */
  _baggage: Readonly<Record<string, string>> | null;
  /** @internal What makes the monotonic clock the time of day in this trace; not from a carrier. */
  _epochOffset: number | undefined;

  /**
   * @param traceId - lower-case hex digits; `''` for a context of nothing but baggage
   * @param spanId - the same
   * @param baggage - `null` for none; is copied
   */
  constructor(
    traceId: string,
    spanId: string,
    baggage: Readonly<Record<string, string>> | null = null,
  ) {
    super();
    this._traceId = traceId;
    this._spanId = spanId;
    this._baggage = baggage && Object.freeze(Object.assign(Object.create(null), baggage));
  }

  override toTraceId(): string {
    return this._traceId;
  }

  override toSpanId(): string {
    return this._spanId;
  }

  override get baggage(): Readonly<Record<string, string>> {
    return this._baggage ?? super.baggage;
  }

  /** @internal The same place in the trace with one more baggage item. */
  _withItem(key: string, value: string): MockSpanContext {
    const context = new MockSpanContext(this._traceId, this._spanId);
    context._baggage = withItem(this._baggage, key, value);
    context._epochOffset = this._epochOffset;
    return context;
  }
}
