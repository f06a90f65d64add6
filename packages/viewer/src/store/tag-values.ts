import type { Connection } from './open.js';
import { tagValueOf, tagValueRange } from './terms.js';

/** How many values one list may have. */
const MOST_VALUES = 1_000;

/**
 * The values that a tag has had, a thousand at most. Each step asks the index for the next value,
 * so that the time depends on the number of values, and not of spans.
 */
export function tagValues(db: Connection, key: string): string[] {
  const { from, to } = tagValueRange(key);
  const next = db
    .prepare('SELECT text FROM term WHERE text > ? AND text < ? ORDER BY text LIMIT 1')
    .raw();
  const values: string[] = [];
  let [row] = next.all([from, to]);
  while (Array.isArray(row) && values.length < MOST_VALUES) {
    const text = String(row[0]);
    const value = tagValueOf(text, from);
    if (value !== undefined) values.push(value);
    [row] = next.all([text, to]);
  }
  return values.sort();
}
