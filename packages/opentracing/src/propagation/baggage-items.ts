import { asText } from '../as-text.js';
import { readEntries } from '../span-options.js';

/*
 * Baggage comes from the wire and goes back to it, so it is bounded, and no key or value of it can
 * reach a prototype or end a header.
 */

const MAX_ITEMS = 64;
const MAX_BYTES = 8192;

/** @internal Baggage that is being read from a carrier. */
export class BaggageBuilder {
  items: Record<string, string> | null = null;
  count = 0;
  size = 0;

  /** Adds an item; the ones past the limits (64 items, 8,192 characters) are left out. */
  add(key: string | undefined, value: string | undefined): void {
    if (!key || value === undefined) {
      return;
    }
    const size = key.length + value.length;
    if (this.count >= MAX_ITEMS || this.size + size > MAX_BYTES) {
      return;
    }
    this.items ??= Object.create(null) as Record<string, string>;
    this.items[key] = value;
    this.count++;
    this.size += size;
  }

  build(): Readonly<Record<string, string>> | null {
    return this.items && Object.freeze(this.items);
  }
}

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
  // encodeURIComponent throws on a lone surrogate, which no encoding can carry, and leaves
  // parentheses, which no name of a header may have.
  return encodeURIComponent(text.replace(LONE_SURROGATES, '\ufffd'))
    .replaceAll('(', '%28')
    .replaceAll(')', '%29');
}

/** @internal What {@link encodeItem} was given; text that is not percent-encoded stays as it is. */
export function decodeItem(text: string): string {
  if (!text.includes('%')) {
    return text;
  }
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const LONE_SURROGATES = /\p{Surrogate}/gu;
