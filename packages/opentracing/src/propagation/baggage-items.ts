import { asText } from '../as-text.js';
import { readEntries } from '../span-options.js';

/*
 * Baggage comes from the wire and goes back to it, so it is bounded, and no key or value of it can
 * reach a prototype or end a header.
 */

const MAX_ITEMS = 64;
/** Of the keys and values together, in UTF-8; and of what is written into carriers, once escaped. */
const MAX_BYTES = 8192;

/** @internal Baggage that is being read from a carrier. */
export class BaggageBuilder {
  items: Record<string, string> | null = null;
  count = 0;
  size = 0;

  /**
   * Adds an item, in the place of one with this key. The ones past the limits (64 items, 8,192 bytes)
   * are left out.
   *
   * @returns whether the item is in
   */
  add(key: string | undefined, value: string | undefined): boolean {
    if (!key || value === undefined) {
      return false;
    }
    const former = this.items?.[key];
    const count = former === undefined ? this.count + 1 : this.count;
    const replaced = former === undefined ? 0 : sizeOf(key, former);
    const size = this.size + sizeOf(key, value) - replaced;
    if (count > MAX_ITEMS || size > MAX_BYTES) {
      return false;
    }
    this.items ??= Object.create(null) as Record<string, string>;
    this.items[key] = value;
    this.count = count;
    this.size = size;
    return true;
  }

  build(): Readonly<Record<string, string>> | null {
    return this.items && Object.freeze(this.items);
  }
}

function sizeOf(key: string, value: string): number {
  return byteLength(key) + byteLength(value);
}

/** In UTF-8. */
function byteLength(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // Each half of a surrogate pair has two of the four bytes.
    length += code < 0x80 ? 0 : code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 1 : 2;
  }
  return length;
}

/**
 * Calls `write` with the items as they are written, up to 8,192 characters of them: escaped, they may
 * be nine times as long, and a request with too long headers is refused.
 *
 * @internal
 */
export function writeItems(
  baggage: Readonly<Record<string, string>> | null,
  encode: (text: string) => string,
  write: (key: string, value: string) => void,
): void {
  let size = 0;
  for (const key in baggage) {
    const encodedKey = encode(key);
    const encodedValue = encode(baggage[key] as string);
    const length = encodedKey.length + encodedValue.length;
    if (size + length <= MAX_BYTES) {
      size += length;
      write(encodedKey, encodedValue);
    }
  }
}

/** @internal Lists of items in one header. */
export const MAX_LIST_LENGTH: number = MAX_BYTES;

/**
 * The baggage with one more item, frozen and without a prototype. An item that would pass the limits,
 * or cannot be made text, is left out.
 *
 * @internal
 */
export function withItem(
  baggage: Readonly<Record<string, string>> | null,
  key: unknown,
  value: unknown,
): Readonly<Record<string, string>> | null {
  const builder = new BaggageBuilder();
  const name = asText(key);
  builder.add(name, asText(value));
  for (const other in baggage) {
    if (other !== name) {
      builder.add(other, baggage[other]);
    }
  }
  return builder.build();
}

/**
 * The baggage of another tracer, frozen and without a prototype: what has no text is left out, and
 * what comes after an item that throws.
 *
 * @internal
 */
export function baggageFrom(given: unknown): Readonly<Record<string, string>> | null {
  const builder = new BaggageBuilder();
  for (const [key, value] of Object.entries(readEntries(given ?? {}))) {
    builder.add(key, asText(value));
  }
  return builder.build();
}

/** @internal One item of the baggage; `undefined` where there is none of that key, whatever it is. */
export function itemOf(
  baggage: Readonly<Record<string, string>> | null,
  key: string,
): string | undefined {
  return baggage?.[asText(key) ?? ''];
}

/** @internal Text for a header's name or value: what does not fit into both is percent-encoded. */
export function encodeItem(text: string): string {
  // encodeURIComponent leaves parentheses, which no name of a header may have.
  return percentEncode(text).replaceAll('(', '%28').replaceAll(')', '%29');
}

/** @internal As encodeURIComponent, but for lone surrogates, which no encoding can carry. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text.replace(LONE_SURROGATES, '\ufffd'));
}

/**
 * What {@link encodeItem} was given. Text that is not percent-encoded stays as it is; encoded bytes
 * that are not UTF-8 become U+FFFD.
 *
 * @internal
 */
export function decodeItem(text: string): string {
  if (!text.includes('%')) {
    return text;
  }
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(ENCODED_BYTES, decodeBytes);
  }
}

function decodeBytes(encoded: string): string {
  const bytes = new Uint8Array(encoded.length / 3);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = Number.parseInt(encoded.slice(3 * i + 1, 3 * i + 3), 16);
  }
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

const LONE_SURROGATES = /\p{Surrogate}/gu;
const ENCODED_BYTES = /(?:%[0-9a-f]{2})+/gi;
