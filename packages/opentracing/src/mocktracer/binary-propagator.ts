import { useBinaryCarrier } from '../carriers.js';
import { SpanContextCorruptedError } from '../errors.js';
import { BaggageBuilder } from '../propagation/baggage-items.js';
import type { Propagator } from '../propagation/propagator.js';
import type { SpanContext } from '../span-context.js';
import { contextOfIds } from './context-of-ids.js';
import { mockContextOf } from './mock-context-of.js';

/** The binary format of the mock: an object with both ids and the baggage, as JSON in UTF-8. */
export class BinaryPropagator implements Propagator {
  inject(context: SpanContext, carrier: unknown): void {
    const own = mockContextOf(context);
    useBinaryCarrier(carrier, (binary) => {
      if (own !== null) {
        binary.buffer = encode(own);
      }
    });
  }

  extract(carrier: unknown): SpanContext | null {
    const bytes = useBinaryCarrier(carrier, ({ buffer }) => Uint8Array.from(buffer ?? []));
    if (bytes.length === 0) {
      return null;
    }
    const { traceId, spanId, baggage } = parse(bytes);
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

function encode(context: SpanContext): Uint8Array {
  return new TextEncoder().encode(
    JSON.stringify({
      traceId: context.toTraceId() || undefined,
      spanId: context.toSpanId() || undefined,
      baggage: Object.entries(context.baggage),
    }),
  );
}

function parse(bytes: Uint8Array): Record<string, unknown> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) {
      return value as Record<string, unknown>;
    }
  } catch (cause) {
    throw new SpanContextCorruptedError('its bytes are not JSON', { cause });
  }
  throw new SpanContextCorruptedError('its bytes are not an object');
}
