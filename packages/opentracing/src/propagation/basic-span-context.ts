import { SpanContext } from '../span-context.js';
import { hex64 } from './hex.js';

/**
 * What a trace brought along from elsewhere beside its ids, the decision and the items of baggage.
 *
 * @internal
 */
export interface Arrived {
  /** A valid `tracestate`; it is passed on. */
  readonly traceState?: string;
  /** Whether whoever began the trace says that its id is random; it is passed on. */
  readonly isRandom?: boolean;
  /** What W3C Baggage says about items, behind semicolons, by their keys; it is passed on. */
  readonly properties?: ReadonlyMap<string, ItemProperties>;
  /** What to find the trace by; a tag of the first span. */
  readonly debugId?: string;
}

/** @internal They are those of an item with this value, and of no other that the key gets later. */
export interface ItemProperties {
  readonly value: string;
  readonly text: string;
}

/**
 * What all spans of one trace share in this process: the trace id as four 32-bit words, the sampling
 * decision and the clock.
 *
 * @internal
 */
export class LocalTrace {
  /** The four words of the trace id, the highest first; the first two are 0 for a 64-bit id. */
  id0: number;
  id1: number;
  id2: number;
  id3: number;
  /** Whether the trace is recorded; `undefined` where whoever began it left that to us. */
  sampled: boolean | undefined;
  /** Zipkin's debug flag: recorded whatever a sampler says. */
  debug: boolean;
  /** What makes the monotonic clock the time of day; `NaN` until the first span is started here. */
  epochOffset = Number.NaN;
  /** The id of the span elsewhere below which the trace goes on here; both 0 for what began here. */
  remote0 = 0;
  remote1 = 0;
  /** `null` for what began here, and for most of what did not. */
  arrived: Arrived | null = null;

  constructor(
    id0: number,
    id1: number,
    id2: number,
    id3: number,
    sampled?: boolean | undefined,
    debug = false,
  ) {
    this.id0 = id0;
    this.id1 = id1;
    this.id2 = id2;
    this.id3 = id3;
    this.sampled = sampled;
    this.debug = debug;
  }
}

/**
 * The context of a span of `BasicTracer`, and what propagators read and write.
 */
export class BasicSpanContext extends SpanContext {
  /** @internal */
  _trace: LocalTrace;
  /** @internal */
  _span0: number;
  /** @internal */
  _span1: number;
  /** @internal Both 0 where there is no parent. */
  _parent0: number;
  /** @internal */
  _parent1: number;
  /** @internal */
  _baggage: Readonly<Record<string, string>> | null;

  /** @internal */
  constructor(
    trace: LocalTrace,
    span0: number,
    span1: number,
    parent0: number,
    parent1: number,
    baggage: Readonly<Record<string, string>> | null,
  ) {
    super();
    this._trace = trace;
    this._span0 = span0;
    this._span1 = span1;
    this._parent0 = parent0;
    this._parent1 = parent1;
    this._baggage = baggage;
  }

  /**
   * 16 lower-case hex digits, or 32 where the trace id has 128 bits; `''` for a context that was
   * extracted from a carrier with baggage or a sampling decision but no ids.
   */
  override toTraceId(): string {
    if (!this._hasIds()) {
      return '';
    }
    const { id0, id1, id2, id3 } = this._trace;
    const low = hex64(id2, id3);
    return id0 === 0 && id1 === 0 ? low : hex64(id0, id1) + low;
  }

  /** 16 lower-case hex digits; `''` for a context without ids. */
  override toSpanId(): string {
    return this._hasIds() ? hex64(this._span0, this._span1) : '';
  }

  /** The id of the parent span, 16 lower-case hex digits; `null` for a root. */
  get parentId(): string | null {
    return this._parent0 === 0 && this._parent1 === 0 ? null : hex64(this._parent0, this._parent1);
  }

  /** Whether the trace is recorded; `undefined` where that is still to be decided. */
  get sampled(): boolean | undefined {
    return this._trace.sampled;
  }

  override get baggage(): Readonly<Record<string, string>> {
    return this._baggage ?? super.baggage;
  }

  /** @internal */
  _hasIds(): boolean {
    return this._span0 !== 0 || this._span1 !== 0;
  }

  /** @internal */
  _isSamePlaceAs({ _trace, _span0, _span1 }: BasicSpanContext): boolean {
    const { id0, id1, id2, id3 } = this._trace;
    return (
      this._span0 === _span0 &&
      this._span1 === _span1 &&
      id0 === _trace.id0 &&
      id1 === _trace.id1 &&
      id2 === _trace.id2 &&
      id3 === _trace.id3
    );
  }

  /** @internal The same place in the trace with other baggage. */
  _withBaggage(baggage: Readonly<Record<string, string>> | null): BasicSpanContext {
    const { _trace, _span0, _span1, _parent0, _parent1 } = this;
    return new BasicSpanContext(_trace, _span0, _span1, _parent0, _parent1, baggage);
  }

  /** @internal The same place in the trace, as messages are told it: they are no server's to join. */
  _withoutParent(): BasicSpanContext {
    return new BasicSpanContext(this._trace, this._span0, this._span1, 0, 0, this._baggage);
  }
}
