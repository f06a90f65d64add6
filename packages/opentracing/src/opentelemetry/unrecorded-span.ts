import {
  type Context,
  isSpanContextValid,
  type Span as OtelSpan,
  TraceFlags,
  trace,
} from '@opentelemetry/api';

const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;

/**
 * A span that is not kept, and says so to its children: what `sampling.priority` of 0 asks for, which
 * OpenTelemetry has no option for.
 *
 * @internal
 */
export function unrecordedSpan(inside: Context): OtelSpan {
  const parent = trace.getSpanContext(inside);
  const isChild = parent !== undefined && isSpanContextValid(parent);
  return trace.wrapSpanContext({
    traceId: isChild ? parent.traceId : randomHex(TRACE_ID_BYTES),
    spanId: randomHex(SPAN_ID_BYTES),
    traceFlags: TraceFlags.NONE,
    ...(isChild && parent.traceState !== undefined && { traceState: parent.traceState }),
  });
}

function randomHex(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
