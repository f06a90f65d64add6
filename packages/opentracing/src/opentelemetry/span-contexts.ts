import {
  createTraceState,
  INVALID_SPAN_CONTEXT,
  type SpanContext as OtelSpanContext,
  TraceFlags,
  type TraceState,
} from '@opentelemetry/api';
import { SpanContext } from '../span-context.js';

const ID = /^(?!0+$)[0-9a-f]+$/;

/**
 * A context that was handed to OpenTelemetry, with what it stands for, which a copy of it that was
 * changed does not have. No `WeakMap`, which costs more than all else of a span.
 */
class OwnSpanContext implements OtelSpanContext {
  traceId: string;
  spanId: string;
  traceFlags: number;
  declare isRemote?: boolean;
  declare traceState?: TraceState;
  #origin: SpanContext;

  constructor(traceId: string, spanId: string, traceFlags: number, origin: SpanContext) {
    this.traceId = traceId;
    this.spanId = spanId;
    this.traceFlags = traceFlags;
    this.#origin = origin;
  }

  static originOf(context: OtelSpanContext): SpanContext | undefined {
    return #origin in context ? context.#origin : undefined;
  }
}

/** What contexts of the tracers of this package and of others say of themselves. */
interface Details {
  readonly sampled?: unknown;
  readonly isSampled?: unknown;
  readonly _trace?: { readonly arrived?: { readonly traceState?: string } | null };
}

/**
 * A context in OpenTelemetry's terms: 32 and 16 hex digits, shorter ids with leading zeros.
 *
 * @param isRemote - whether it came from another process
 * @returns `INVALID_SPAN_CONTEXT` where it has no ids, or such as are no hex digits
 * @internal
 */
export function otelContextOf(context: SpanContext, isRemote: boolean): OtelSpanContext {
  const traceId = padded(context.toTraceId(), 32);
  const spanId = padded(context.toSpanId(), 16);
  if (traceId === null || spanId === null) {
    return INVALID_SPAN_CONTEXT;
  }
  const details = context as Details;
  const traceState = details._trace?.arrived?.traceState;
  const flags = isSampled(details) ? TraceFlags.SAMPLED : TraceFlags.NONE;
  const converted = new OwnSpanContext(traceId, spanId, flags, context);
  if (isRemote) {
    converted.isRemote = true;
  }
  if (traceState !== undefined) {
    converted.traceState = createTraceState(traceState);
  }
  return converted;
}

function padded(id: string, length: number): string | null {
  if (id.length > length) {
    return null;
  }
  if (!ID.test(id)) {
    const digits = id.toLowerCase();
    return ID.test(digits) ? digits.padStart(length, '0') : null;
  }
  return id.length === length ? id : id.padStart(length, '0');
}

/** Sampled, too, where that is still to be decided or the tracer does not say. */
function isSampled(details: Details): boolean {
  const { isSampled: ask, sampled } = details;
  return (typeof ask === 'function' ? ask.call(details) : sampled) !== false;
}

/**
 * A context of OpenTelemetry as a tracer of OpenTracing takes it: the very one that it stands for where
 * it came from here, or else one that is known by its ids.
 *
 * @internal
 */
export function openTracingContextOf(context: OtelSpanContext): SpanContext {
  return OwnSpanContext.originOf(context) ?? new ForeignSpanContext(context);
}

/** The context of a span that is none of ours: of another process, or of an SDK. */
class ForeignSpanContext extends SpanContext {
  _context: OtelSpanContext;

  constructor(context: OtelSpanContext) {
    super();
    this._context = context;
  }

  override toTraceId(): string {
    return this._context.traceId;
  }

  override toSpanId(): string {
    return this._context.spanId;
  }

  /** Whether the trace is recorded. */
  get sampled(): boolean {
    return (this._context.traceFlags & TraceFlags.SAMPLED) !== 0;
  }

  /** What W3C Trace Context passes on beside the ids. */
  get traceState(): string | undefined {
    return this._context.traceState?.serialize();
  }
}
