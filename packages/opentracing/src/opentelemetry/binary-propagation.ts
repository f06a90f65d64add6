import { TraceFlags } from '@opentelemetry/api';
import { useBinaryCarrier } from '../carriers.js';
import { binaryPropagator } from '../propagation/standard-propagators.js';
import { baggageOf } from './baggage.js';
import { OpenTelemetrySpanContext } from './opentelemetry-span-context.js';

/*
 * The binary format of the OpenTracing reference tracers has room for 64 bits of a trace id. The upper
 * half of OpenTelemetry's stands before it, in a field that others pass over:
 *
 *   fixed64 trace_id_high = 5;
 */

const LENGTH_BYTES = 4;
const HIGH_HALF = (5 << 3) | 1;
const HALF_BYTES = 8;
const HALF_DIGITS = 16;
const FIELD_BYTES = 1 + HALF_BYTES;

/**
 * Writes a context into a `BinaryCarrier`.
 *
 * @throws InvalidCarrierError when the carrier is none, or cannot be written
 * @internal
 */
export function injectBinary(context: OpenTelemetrySpanContext | null, carrier: unknown): void {
  const plain: { buffer: ArrayLike<number> | null } = { buffer: null };
  if (context !== null) {
    binaryPropagator.inject(context, plain);
  }
  useBinaryCarrier(carrier, (given) => {
    if (plain.buffer !== null) {
      given.buffer = withHighHalf(plain.buffer, context?.toTraceId() ?? '');
    }
  });
}

/**
 * Reads a context from a `BinaryCarrier`.
 *
 * @throws InvalidCarrierError when the carrier is none, or cannot be read
 * @throws SpanContextCorruptedError for bytes that are not a context
 * @internal
 */
export function extractBinary(carrier: unknown): OpenTelemetrySpanContext | null {
  const found = binaryPropagator.extract(carrier);
  if (found === null) {
    return null;
  }
  const baggage = baggageOf(found.baggage);
  const traceId = found.toTraceId();
  if (traceId === '') {
    return baggage === null ? null : new OpenTelemetrySpanContext(null, baggage);
  }
  const high = useBinaryCarrier(carrier, ({ buffer }) => highHalfIn(buffer ?? []));
  const otelContext = {
    traceId: high + traceId,
    spanId: found.toSpanId(),
    traceFlags: found.sampled === true ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
  };
  return new OpenTelemetrySpanContext(otelContext, baggage);
}

function withHighHalf(buffer: ArrayLike<number>, traceId: string): ArrayLike<number> {
  const high = traceId.slice(0, HALF_DIGITS);
  if (/^0*$/.test(high)) {
    return buffer;
  }
  const bytes = new Uint8Array(buffer.length + FIELD_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length - LENGTH_BYTES);
  bytes[LENGTH_BYTES] = HIGH_HALF;
  view.setBigUint64(LENGTH_BYTES + 1, BigInt(`0x${high}`), true);
  bytes.set(Array.from(buffer).slice(LENGTH_BYTES), LENGTH_BYTES + FIELD_BYTES);
  return bytes;
}

/** 16 hex digits. */
function highHalfIn(buffer: ArrayLike<number>): string {
  if (buffer[LENGTH_BYTES] !== HIGH_HALF) {
    return '0'.repeat(HALF_DIGITS);
  }
  const start = LENGTH_BYTES + 1;
  const bytes = Uint8Array.from(Array.from(buffer).slice(start, start + HALF_BYTES));
  return new DataView(bytes.buffer).getBigUint64(0, true).toString(16).padStart(HALF_DIGITS, '0');
}
