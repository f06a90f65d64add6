import type { BasicSpan } from '../basictracer/basic-span.js';
import type { EncodedBatch } from './send-in-order.js';

/**
 * Encodes spans into as many bodies as a bound on their size takes, each when it is asked for. Nearly
 * always that is one, so a batch is encoded as a whole first, and parts of it only where it is too large.
 *
 * @param maxBytes - of one body; only that of a single span may be larger
 * @internal
 */
export function* encodeWithin(
  spans: readonly BasicSpan[],
  encode: (spans: readonly BasicSpan[]) => Uint8Array,
  contentType: string,
  maxBytes: number,
): Generator<EncodedBatch> {
  const spanCount = spans.length;
  const body = encode(spans);
  if (body.length <= maxBytes || spanCount === 1) {
    yield { body, contentType, spanCount };
    return;
  }
  const parts = Math.ceil(body.length / maxBytes);
  const perPart = Math.max(1, Math.floor(spanCount / parts));
  for (let i = 0; i < spanCount; i += perPart) {
    yield* encodeWithin(spans.slice(i, i + perPart), encode, contentType, maxBytes);
  }
}
