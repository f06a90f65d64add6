import { BasicSpanContext, LocalTrace } from './basic-span-context.js';
import { parseHex32 } from './hex.js';

/**
 * The context of ids in hex digits.
 *
 * @param traceId - 16 or 32 lower-case hex digits, not all zero
 * @param spanId - 16 of them, not all zero
 * @param parentId - 16 of them, not all zero; `undefined` for none
 * @returns `null` where one of them is not that
 * @internal
 */
export function contextOfIds(
  traceId: string,
  spanId: string,
  parentId: string | undefined,
  sampled: boolean | undefined,
  debug: boolean,
): BasicSpanContext | null {
  const wide = traceId.length === 32;
  if ((!wide && traceId.length !== 16) || spanId.length !== 16) {
    return null;
  }
  const id0 = wide ? parseHex32(traceId, 0) : 0;
  const id1 = wide ? parseHex32(traceId, 8) : 0;
  const id2 = parseHex32(traceId, wide ? 16 : 0);
  const id3 = parseHex32(traceId, wide ? 24 : 8);
  const span0 = parseHex32(spanId, 0);
  const span1 = parseHex32(spanId, 8);
  const hasParent = parentId !== undefined;
  if (hasParent && parentId.length !== 16) {
    return null;
  }
  const parent0 = hasParent ? parseHex32(parentId, 0) : 0;
  const parent1 = hasParent ? parseHex32(parentId, 8) : 0;
  // A digit that is none made its word NaN, and so the sum.
  if (Number.isNaN(id0 + id1 + id2 + id3 + span0 + span1 + parent0 + parent1)) {
    return null;
  }
  if ((id0 | id1 | id2 | id3) === 0 || (span0 | span1) === 0) {
    return null;
  }
  if (hasParent && (parent0 | parent1) === 0) {
    return null;
  }
  const trace = new LocalTrace(id0, id1, id2, id3, sampled, debug);
  return new BasicSpanContext(trace, span0, span1, parent0, parent1, null);
}
