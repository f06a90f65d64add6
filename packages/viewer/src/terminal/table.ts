import { fit, textWidth } from './text.js';

/** A column of a table. */
export interface Column<Row> {
  /** What stands above it. */
  heading: string;
  /** The text of a cell, safe for a terminal. */
  text(row: Row): string;
  /** Numbers stand at the right. Default: left. */
  right?: boolean;
  /** Wraps a cell that is cut to its width already, in colours. */
  paint?(cell: string, row: Row): string;
}

const BETWEEN = '  ';
/** The last column keeps this many columns of the terminal, however narrow that is. */
const LEAST = 8;

/**
 * Rows under headings: every column as wide as its widest cell, the last one cut where the terminal ends.
 * A column in which nothing stands is left out.
 * @param width columns of the terminal
 * @returns the line of the headings, then a line a row, without spaces at their ends
 */
export function drawTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
): string[] {
  const filled = columns.filter(
    ({ heading, text }) => heading !== '' || rows.some((row) => text(row) !== ''),
  );
  const widths = filled.map(({ heading, text }) =>
    rows.reduce((most, row) => Math.max(most, textWidth(text(row))), heading.length),
  );
  const last = filled.length - 1;
  const before = widths.slice(0, -1).reduce((sum, each) => sum + each + BETWEEN.length, 0);
  widths[last] = Math.min(widths[last] ?? 0, Math.max(LEAST, width - before));

  const line = (cellOf: (column: Column<Row>) => string) =>
    filled.map((column, index) => place(cellOf(column), widths[index] ?? 0, column.right));
  const headings = line(({ heading }) => heading);
  const lines = rows.map((row) =>
    line(({ text }) => text(row)).map((cell, index) => filled[index]?.paint?.(cell, row) ?? cell),
  );
  return [headings, ...lines].map((cells) => cells.join(BETWEEN).trimEnd());
}

function place(text: string, width: number, right = false): string {
  return right
    ? ' '.repeat(Math.max(0, width - textWidth(text))) + fit(text, Math.min(width, textWidth(text)))
    : fit(text, width);
}
