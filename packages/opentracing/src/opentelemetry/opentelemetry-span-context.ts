import {
  type Baggage,
  isSpanContextValid,
  type SpanContext as OtelSpanContext,
  TraceFlags,
} from '@opentelemetry/api';
import { SpanContext } from '../span-context.js';
import { baggageOf, itemsOf } from './baggage.js';

const NARROW = 16;
const WIDE = 32;

/** The context of a span of `OpenTelemetryTracer`: OpenTelemetry's, and the baggage. */
export class OpenTelemetrySpanContext extends SpanContext {
  /** @internal `null` for a context that was extracted from a carrier with baggage alone. */
  _otelContext: OtelSpanContext | null;
  /** @internal */
  _otelBaggage: Baggage | null;
  /** @internal */
  _items: Readonly<Record<string, string>> | null | undefined;

  /** @internal */
  constructor(otelContext: OtelSpanContext | null, otelBaggage: Baggage | null) {
    super();
    this._otelContext = otelContext;
    this._otelBaggage = otelBaggage;
  }

  /** 32 lower-case hex digits; `''` for a context with baggage alone, and where no SDK is set up. */
  override toTraceId(): string {
    return this._hasIds() ? (this._otelContext as OtelSpanContext).traceId : '';
  }

  /** 16 lower-case hex digits; `''` for a context with baggage alone, and where no SDK is set up. */
  override toSpanId(): string {
    return this._hasIds() ? (this._otelContext as OtelSpanContext).spanId : '';
  }

  override get baggage(): Readonly<Record<string, string>> {
    if (this._items === undefined) {
      this._items = itemsOf(this._otelBaggage);
    }
    return this._items ?? super.baggage;
  }

  /** Whether the trace is recorded; `undefined` for a context without ids. */
  get sampled(): boolean | undefined {
    const { _otelContext: context } = this;
    return context === null ? undefined : (context.traceFlags & TraceFlags.SAMPLED) !== 0;
  }

  /** The span context as OpenTelemetry has it; `null` for one with baggage alone. */
  unwrap(): OtelSpanContext | null {
    return this._otelContext;
  }

  /** @internal */
  _hasIds(): boolean {
    return this._otelContext !== null && isSpanContextValid(this._otelContext);
  }
}

/**
 * Any context as OpenTelemetry's: one of another tracer is known by its ids and its baggage.
 *
 * @returns `null` for what has neither, and what throws when it is asked
 * @internal
 */
export function readContext(context: unknown): OpenTelemetrySpanContext | null {
  if (context === null || context === undefined) {
    return null;
  }
  try {
    // Told by its shape: the class may come from another copy of this package.
    const own =
      (context as Partial<OpenTelemetrySpanContext>)._otelContext === undefined
        ? converted(context as SpanContext)
        : (context as OpenTelemetrySpanContext);
    return own._hasIds() || own._otelBaggage !== null ? own : null;
  } catch {
    return null;
  }
}

function converted(context: SpanContext): OpenTelemetrySpanContext {
  const { sampled } = context as { sampled?: unknown };
  const otelContext: OtelSpanContext = {
    traceId: context.toTraceId().toLowerCase().padStart(WIDE, '0'),
    spanId: context.toSpanId().toLowerCase().padStart(NARROW, '0'),
    traceFlags: sampled === false ? TraceFlags.NONE : TraceFlags.SAMPLED,
    isRemote: true,
  };
  return new OpenTelemetrySpanContext(
    isSpanContextValid(otelContext) ? otelContext : null,
    baggageOf(context.baggage),
  );
}
