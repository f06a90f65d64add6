import { checkBinaryCarrier } from '../carriers.js';
import { SpanContextCorruptedError } from '../errors.js';
import { BaggageBuilder } from '../propagation/baggage-items.js';
import type { Propagator } from '../propagation/propagator.js';
import type { SpanContext } from '../span-context.js';
import { contextOfIds } from './context-of-ids.js';

/** The binary format of the mock: an object with both ids and the baggage, as JSON in UTF-8. */
export class BinaryPropagator implements Propagator {
  inject(context: SpanContext, carrier: unknown): void {
    checkBinaryCarrier(carrier);
    carrier.buffer = new TextEncoder().encode(
      JSON.stringify({
        traceId: context.toTraceId() || undefined,
        spanId: context.toSpanId() || undefined,
        baggage: Object.entries(context.baggage),
      }),
    );
  }

  extract(carrier: unknown): SpanContext | null {
    checkBinaryCarrier(carrier);
    if (carrier.buffer === null || carrier.buffer.length === 0) {
      return null;
    }
    const { traceId, spanId, baggage } = parse(carrier.buffer);
    const items = new BaggageBuilder();
    for (const item of Array.isArray(baggage) ? baggage : []) {
      const [key, value] = Array.isArray(item) ? item : [];
      if (typeof key === 'string' && typeof value === 'string') {
        items.add(key, value);
      }
    }
    return contextOfIds(traceId, spanId, items.build());
  }
}

function parse(buffer: ArrayLike<number>): Record<string, unknown> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(buffer));
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) {
      return value as Record<string, unknown>;
    }
  } catch (cause) {
    throw new SpanContextCorruptedError('its bytes are not JSON', { cause });
  }
  throw new SpanContextCorruptedError('its bytes are not an object');
}
