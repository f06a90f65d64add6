import { judge, OURS, rounded } from './bars.mjs';
import { median } from './measurements.mjs';

/**
 * A case that was measured.
 *
 * @typedef {object} Result
 * @property {string} name
 * @property {string} title
 * @property {string} about
 * @property {string} unit
 * @property {{ variant: string, figure: number, lowest: number, highest: number, toFloor: number,
 *   throughput?: number }[]} rows - `throughput`: requests a second, where they were counted
 * @property {import('./bars.mjs').Judgement[]} judgements
 */

/**
 * @param {string} name
 * @param {import('./cases.mjs').Case} bench
 * @param {Record<string, import('./measurements.mjs').Reading[]>} measured - by variant, of each process
 * @returns {Result}
 */
export function resultOf(name, bench, measured) {
  const { title = name, about = '', unit = 'ns', bars = [] } = bench;
  /** @type {Record<string, number>} */
  const figures = Object.fromEntries(
    Object.entries(measured).map(([variant, readings]) => [variant, median(figuresOf(readings))]),
  );
  const floor = figures.floor || Number.NaN;
  const rows = Object.entries(measured).map(([variant, readings]) => {
    const values = figuresOf(readings);
    const throughputs = readings.flatMap(({ throughput }) => throughput ?? []);
    return {
      variant,
      figure: median(values),
      lowest: Math.min(...values),
      highest: Math.max(...values),
      toFloor: median(values) / floor,
      ...(throughputs.length > 0 && { throughput: median(throughputs) }),
    };
  });
  return {
    name,
    title,
    about,
    unit,
    rows,
    judgements: bars.map((bar) => judge(bar, figures, unit)),
  };
}

/** @param {readonly import('./measurements.mjs').Reading[]} readings */
function figuresOf(readings) {
  return readings.map(({ figure }) => figure);
}

/** The result for the terminal. @param {Result} result */
export function asText({ name, unit, rows, judgements }) {
  const width = Math.max(...rows.map(({ variant }) => variant.length));
  const lines = rows.map(({ variant, figure, lowest, highest, toFloor, throughput }) =>
    [
      `  ${variant.padEnd(width)}`,
      `${rounded(figure)} ${unit}`.padStart(14),
      `(${rounded(lowest)} to ${rounded(highest)})`.padEnd(22),
      Number.isNaN(toFloor) ? '' : `${rounded(toFloor)} x floor`,
      throughput === undefined ? '' : `${rounded(throughput)} requests/s`,
    ].join(' '),
  );
  const bars = judgements.map(
    ({ of, wanted, found, isMet }) => `  ${isMet ? 'met   ' : 'MISSED'} ${of}: ${wanted}: ${found}`,
  );
  return [`\n${name}`, ...lines, ...bars].map((line) => line.trimEnd()).join('\n');
}

/** One line for each bar that was missed. @param {readonly Result[]} results */
export function missedBars(results) {
  return results.flatMap(({ name, judgements }) =>
    judgements
      .filter(({ isMet }) => !isMet)
      .map(({ of, wanted, found }) => {
        const which = of === OURS ? '' : ` (${of})`;
        return `${name}${which}: wanted ${wanted}, found ${found}`;
      }),
  );
}
