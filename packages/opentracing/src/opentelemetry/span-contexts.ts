import {
  createTraceState,
  INVALID_SPAN_CONTEXT,
  type SpanContext as OtelSpanContext,
  TraceFlags,
} from '@opentelemetry/api';
import { SpanContext } from '../span-context.js';

const HEX = /^[0-9a-f]+$/;
const NOTHING = /^0*$/;

/** What the contexts that were handed to OpenTelemetry stand for: all that the tracer knows of them. */
const origins = new WeakMap<OtelSpanContext, SpanContext>();

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
  const converted: OtelSpanContext = {
    traceId,
    spanId,
    traceFlags: isSampled(details) ? TraceFlags.SAMPLED : TraceFlags.NONE,
    ...(isRemote && { isRemote }),
    ...(traceState !== undefined && { traceState: createTraceState(traceState) }),
  };
  origins.set(converted, context);
  return converted;
}

function padded(id: string, length: number): string | null {
  const digits = id.toLowerCase();
  return digits.length > length || !HEX.test(digits) || NOTHING.test(digits)
    ? null
    : digits.padStart(length, '0');
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
  return origins.get(context) ?? new ForeignSpanContext(context);
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
