import { styleText } from 'node:util';

/** @typedef {import('./report.mjs').Report} Report */

const MARKS = /** @type {const} */ ({ ok: '✓', failed: '✗', skipped: '–' });
const COLORS = /** @type {const} */ ({ ok: 'green', failed: 'red', skipped: 'yellow' });

/**
 * Systems × formats: one column a system, one line a format; what a system does not know is left empty.
 *
 * @param {readonly Report[]} reports
 * @returns {string[][]} of equal lengths, the first line the names
 */
export function cellsOf(reports) {
  const formats = [...new Set(reports.flatMap(({ rows }) => rows.map(({ format }) => format)))];
  return [
    ['', ...reports.map(({ system }) => system)],
    ['version', ...reports.map(({ version }) => version)],
    ...formats.map((format) => [
      format,
      ...reports.map(({ rows }) => {
        const row = rows.find((one) => one.format === format);
        return row === undefined ? '' : MARKS[row.outcome];
      }),
    ]),
  ];
}

/**
 * The table as text, and under it what failed or was skipped, with the reason.
 *
 * @param {readonly Report[]} reports
 * @param {boolean} isColored
 */
export function draw(reports, isColored) {
  const cells = cellsOf(reports);
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((line) => line[column]?.length ?? 0)),
  );
  const lines = cells.map((line) =>
    line.map((cell, column) => paint(cell, isColored).padEnd(widthOf(cell, column))).join('  '),
  );
  /** @param {string} cell @param {number} column */
  function widthOf(cell, column) {
    return (widths[column] ?? 0) + paint(cell, isColored).length - cell.length;
  }
  const troubles = reports.flatMap(({ system, rows }) =>
    rows
      .filter(({ outcome }) => outcome !== 'ok')
      .map(({ outcome, format, detail }) => `${system}, ${format}, ${outcome}: ${detail}`),
  );
  return [...lines.map((line) => line.trimEnd()), ...troubles].join('\n');
}

/**
 * @param {string} cell
 * @param {boolean} isColored
 */
function paint(cell, isColored) {
  const outcome = /** @type {const} */ (['ok', 'failed', 'skipped']).find(
    (one) => MARKS[one] === cell,
  );
  return outcome === undefined || !isColored ? cell : styleText(COLORS[outcome], cell);
}
