import { type Baggage, type BaggageEntry, propagation } from '@opentelemetry/api';
import { asText } from '../as-text.js';
import { withItem } from '../propagation/baggage-items.js';

type Items = Readonly<Record<string, string>>;

const LONE_SURROGATES = /\p{Surrogate}/gu;

/**
 * OpenTelemetry's baggage as that of a span context: frozen and without a prototype.
 *
 * @internal
 */
export function itemsOf(baggage: Baggage | null): Items | null {
  const entries = baggage?.getAllEntries() ?? [];
  if (entries.length === 0) {
    return null;
  }
  const items: Record<string, string> = Object.create(null);
  for (const [key, { value }] of entries) {
    items[key] = value;
  }
  return Object.freeze(items);
}

/** @internal The baggage of a span context as OpenTelemetry has it. */
export function baggageOf(items: Items): Baggage | null {
  const keys = Object.keys(items);
  return keys.length === 0 ? null : built(keys, items, null);
}

/**
 * The baggage with one more item, within the limits of this package. Entries keep their metadata.
 *
 * @returns what was given where the item would pass the limits, or cannot be made text
 * @internal
 */
export function withBaggageItem(
  baggage: Baggage | null,
  key: unknown,
  value: unknown,
): Baggage | null {
  const name = wellFormed(asText(key));
  const text = wellFormed(asText(value));
  if (name === undefined || text === undefined) {
    return baggage;
  }
  const items = withItem(itemsOf(baggage), name, text);
  return items === null || items[name] !== text
    ? baggage
    : built(Object.keys(items), items, baggage);
}

/** @internal What is in one of them; of items with the same key, that of the first. */
export function mergedBaggage(first: Baggage | null, second: Baggage | null): Baggage | null {
  if (first === null || second === null) {
    return first ?? second;
  }
  const entries: Record<string, BaggageEntry> = Object.create(null);
  for (const [key, entry] of [...second.getAllEntries(), ...first.getAllEntries()]) {
    entries[key] = entry;
  }
  return propagation.createBaggage(entries);
}

function built(keys: readonly string[], items: Items, former: Baggage | null): Baggage {
  const entries: Record<string, BaggageEntry> = Object.create(null);
  for (const key of keys) {
    const value = items[key] as string;
    const entry = former?.getEntry(key);
    entries[key] = entry?.value === value ? entry : { value };
  }
  return propagation.createBaggage(entries);
}

/** The propagators of OpenTelemetry throw at half a surrogate pair, in whatever request they inject into. */
function wellFormed(text: string | undefined): string | undefined {
  return text?.replace(LONE_SURROGATES, '\ufffd');
}
