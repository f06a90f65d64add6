import { expect, type TestContext } from 'vitest';

/** A line of the table of faults. */
export interface FaultRow {
  /** What happens to the spans. */
  fault: string;
  /** How many the program has recorded. */
  recorded: number;
  /** How many different ones have arrived. */
  delivered: number;
  /** How many have arrived again: the collector knows them by their ids. */
  again: number;
  /** How many the tracer has counted as lost. */
  dropped: number;
}

declare module 'vitest' {
  interface TaskMeta {
    fault?: FaultRow;
  }
}

/**
 * Puts a line into the table that `npm run faults` prints, and checks that no span of it is neither
 * delivered nor counted.
 */
export function addRow({ task }: TestContext, row: FaultRow): void {
  task.meta.fault = row;
  expect(row.delivered + row.dropped, `${row.fault}: delivered or counted`).toBe(row.recorded);
}

/** What has arrived, told by the names of the spans, each of which is another. */
export function arrived(names: readonly string[]): { delivered: number; again: number } {
  const delivered = new Set(names).size;
  return { delivered, again: names.length - delivered };
}
