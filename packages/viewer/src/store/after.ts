import type { Span } from '../model/span.js';
import type { Connection } from './open.js';

/** A batch ends with the span that makes it longer than this, in characters of JSON. */
const LONGEST = 1_000_000;

/** Spans in the order in which they were added. */
export interface AddedSpans {
  /** Where to go on. */
  cursor: number;
  /** The reports as they arrived after normalisation, not merged. */
  spans: Span[];
}

/** Where the newest span is: what is added later comes after it. */
export function newestCursor(db: Connection): number {
  const [row] = db.prepare('SELECT ifnull(max(id), 0) FROM span').raw().all();
  return Number(Array.isArray(row) ? row[0] : 0);
}

/** The next spans after `cursor`: at most `limit`, and fewer where they are long. */
export function readAfter(db: Connection, cursor: number, limit: number): AddedSpans {
  const added: AddedSpans = { cursor, spans: [] };
  let length = 0;
  const rows = db.prepare('SELECT id, body FROM span WHERE id > ? ORDER BY id LIMIT ?').raw();
  for (const row of rows.iterate([cursor, limit])) {
    // To the last row: a loop that is left holds the file as it is now, until its rows are garbage.
    if (!Array.isArray(row) || length > LONGEST) continue;
    const body = String(row[1]);
    added.cursor = Number(row[0]);
    added.spans.push(JSON.parse(body));
    length += body.length;
  }
  return added;
}
