import type { Connection } from './open.js';

/**
 * The traces by themselves, but by twos where their ids end in the same 64 bits: then some programs sent the
 * whole id of 128 bits, and others its lower half.
 * @param traces row ids of the table `trace`
 */
export function* pairsByLowId(db: Connection, traces: readonly number[]): Generator<number[]> {
  const rows = db
    .prepare(
      `SELECT id, substr(trace_id, -16) AS low FROM trace
        WHERE id IN (SELECT value FROM json_each(?)) ORDER BY low`,
    )
    .raw()
    .all([JSON.stringify(traces)]);
  let waiting: { id: number; low: string } | undefined;
  for (const row of rows) {
    const [id, low] = Array.isArray(row) ? [Number(row[0]), String(row[1])] : [0, ''];
    if (waiting !== undefined && waiting.low === low) {
      yield [waiting.id, id];
      waiting = undefined;
      continue;
    }
    if (waiting !== undefined) yield [waiting.id];
    waiting = { id, low };
  }
  if (waiting !== undefined) yield [waiting.id];
}
