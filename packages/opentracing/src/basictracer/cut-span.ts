import { withItem } from '../propagation/baggage-items.js';
import { readEntries } from '../span-options.js';
import type { Limits } from './span-limits.js';

/*
 * What limits leave of values and of baggage.
 */

type Baggage = Readonly<Record<string, string>> | null;

const encoder = new TextEncoder();

/**
 * @internal Cuts every second entry of a flat array of tags.
 *
 * @param end - how many entries are in use
 * @returns how many values were cut
 */
export function cutTags(tags: unknown[], end: number, maxLength: number): number {
  let cuts = 0;
  for (let i = 1; i < end; i += 2) {
    const cut = cutValue(tags[i], maxLength);
    if (cut !== undefined) {
      tags[i] = cut;
      cuts++;
    }
  }
  return cuts;
}

/**
 * @internal Cuts the fields in a flat array of timestamps and fields; those of the program's stay as they
 * are.
 *
 * @returns how many values were cut
 */
export function cutLogs(logs: unknown[], maxLength: number): number {
  let cuts = 0;
  for (let i = 1; i < logs.length; i += 2) {
    if (hasLongField(logs[i], maxLength)) {
      const fields = Object.entries(readEntries(logs[i] as object));
      const entries = fields.map(([key, value]): [string, unknown] => {
        const cut = cutValue(value, maxLength);
        cuts += cut === undefined ? 0 : 1;
        return [key, cut ?? value];
      });
      logs[i] = Object.fromEntries(entries);
    }
  }
  return cuts;
}

/** Fields that throw when they are read count as long: what can be read of them is copied. */
function hasLongField(fields: unknown, maxLength: number): boolean {
  try {
    return Object.values(fields as object).some(
      (value) => cutValue(value, maxLength) !== undefined,
    );
  } catch {
    return true;
  }
}

/** `undefined` where there is nothing to cut. */
function cutValue(value: unknown, maxLength: number): string | undefined {
  const text = typeof value === 'string' ? value : jsonOf(value);
  return text !== undefined && text.length > maxLength ? cutText(text, maxLength) : undefined;
}

/** An error is its message, which is a field of its own. */
function jsonOf(value: unknown): string | undefined {
  try {
    return typeof value === 'object' && !(value instanceof Error)
      ? JSON.stringify(value)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Not between the two halves of a surrogate pair. */
function cutText(text: string, length: number): string {
  const isWithinPair = (text.codePointAt(length - 1) ?? 0) > 0xffff;
  return text.slice(0, isWithinPair ? length - 1 : length);
}

/** @internal Whether an item fits into the baggage, in the place of one with the same key. */
export function hasRoomFor(baggage: Baggage, key: string, value: string, limits: Limits): boolean {
  let items = 1;
  let bytes = sizeOf(key) + sizeOf(value);
  for (const other in baggage) {
    if (other !== key) {
      items++;
      bytes += sizeOf(other) + sizeOf(baggage[other] as string);
    }
  }
  return items <= limits.maxBaggageItems && bytes <= limits.maxBaggageBytes;
}

function sizeOf(text: string): number {
  return encoder.encode(text).length;
}

/** @internal Baggage from elsewhere: the first items of it that fit, and how many do not. */
export function cutBaggage(baggage: Baggage, limits: Limits): { kept: Baggage; dropped: number } {
  let kept: Baggage = null;
  let dropped = 0;
  for (const key in baggage) {
    const value = baggage[key] as string;
    if (hasRoomFor(kept, key, value, limits)) {
      kept = withItem(kept, key, value);
    } else {
      dropped++;
    }
  }
  return { kept, dropped };
}
