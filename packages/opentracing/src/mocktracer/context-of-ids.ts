import { SpanContextCorruptedError } from '../errors.js';
import { MockSpanContext } from './mock-span-context.js';

/**
 * The context that was read from a carrier. Baggage may come without ids: a span under it begins a
 * trace that has the baggage.
 *
 * @returns `null` where there is neither
 * @throws SpanContextCorruptedError when there is one id without the other, or one that is not made
 *   of 1 to 32 hex digits
 * @internal
 */
export function contextOfIds(
  traceId: unknown,
  spanId: unknown,
  baggage: Readonly<Record<string, string>> | null,
): MockSpanContext | null {
  if (traceId === undefined && spanId === undefined) {
    return baggage && new MockSpanContext('', '', baggage);
  }
  return new MockSpanContext(parseId(traceId), parseId(spanId), baggage);
}

function parseId(id: unknown): string {
  if (typeof id !== 'string' || !/^[0-9a-f]{1,32}$/i.test(id)) {
    throw new SpanContextCorruptedError(
      id === undefined ? 'it has one id of the two' : 'an id is not made of 1 to 32 hex digits',
    );
  }
  return id.toLowerCase();
}
