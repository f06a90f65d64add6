import { BasicSpanContext, LocalTrace } from './basic-span-context.js';
import { readHex32 } from './hex.js';

const NARROW = 16;
const WIDE = 32;

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
  const { length } = traceId;
  if (length !== NARROW && length !== WIDE) {
    return null;
  }
  if (spanId.length !== NARROW || (parentId !== undefined && parentId.length !== NARROW)) {
    return null;
  }
  return parentId === undefined
    ? contextInText(traceId + spanId, 0, length, length, -1, sampled, debug)
    : contextInText(
        traceId + spanId + parentId,
        0,
        length,
        length,
        length + NARROW,
        sampled,
        debug,
      );
}

/**
 * The context of ids that stand in one text, so that none has to be cut out of it.
 *
 * @param traceStart - where the trace id begins
 * @param traceLength - 16 or 32
 * @param spanStart - where the span id begins
 * @param parentStart - where the parent id begins; negative for none
 * @returns `null` where one of them is not lower-case hex digits or all zero
 * @internal
 */
export function contextInText(
  text: string,
  traceStart: number,
  traceLength: number,
  spanStart: number,
  parentStart: number,
  sampled: boolean | undefined,
  debug: boolean,
): BasicSpanContext | null {
  const lowStart = traceStart + traceLength - NARROW;
  const isWide = lowStart !== traceStart;
  const id0 = isWide ? readHex32(text, traceStart) : 0;
  const id1 = isWide ? readHex32(text, traceStart + 8) : 0;
  const id2 = readHex32(text, lowStart);
  const id3 = readHex32(text, lowStart + 8);
  const span0 = readHex32(text, spanStart);
  const span1 = readHex32(text, spanStart + 8);
  const hasParent = parentStart >= 0;
  const parent0 = hasParent ? readHex32(text, parentStart) : 0;
  const parent1 = hasParent ? readHex32(text, parentStart + 8) : 0;
  if (
    Number.isNaN(id0 + id1 + id2 + id3 + span0 + span1 + parent0 + parent1) ||
    (id0 | id1 | id2 | id3) === 0 ||
    (span0 | span1) === 0 ||
    (hasParent && (parent0 | parent1) === 0)
  ) {
    return null;
  }
  const trace = new LocalTrace(id0 | 0, id1 | 0, id2 | 0, id3 | 0, sampled, debug);
  return new BasicSpanContext(trace, span0 | 0, span1 | 0, parent0 | 0, parent1 | 0, null);
}

/** @internal The context of what came without ids: a decision, baggage, or both. */
export function contextWithoutIds(
  sampled: boolean | undefined,
  debug: boolean,
  baggage: Readonly<Record<string, string>> | null,
): BasicSpanContext {
  return new BasicSpanContext(new LocalTrace(0, 0, 0, 0, sampled, debug), 0, 0, 0, 0, baggage);
}

/** @internal An id of another tracer, which may lack leading zeros and have upper-case digits. */
export function padId(id: string): string {
  return id === '' ? '' : id.toLowerCase().padStart(id.length > NARROW ? WIDE : NARROW, '0');
}
