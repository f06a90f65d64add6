import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MEASURE = fileURLToPath(new URL('measure.mjs', import.meta.url));
const PROCESSES = 5;
/** What is timed once in a process needs more of them. */
const PROCESSES_OF_ONCE = 15;

/**
 * What one process has measured.
 *
 * @typedef {{ figure: number, throughput?: number }} Reading - `throughput`, where there is one: how many
 *   requests a second, in wall-clock time
 * @typedef {{ parts: Record<string, number> }} Parts - what one process has measured of several things
 */

/**
 * Measures the variants of a case, each in processes of its own, in turn, so that a drift of the
 * machine meets them all.
 *
 * @param {string} name - of the case
 * @param {import('./cases.mjs').Case} bench
 * @param {{ isSmoke: boolean, onProgress: (text: string) => void }} options
 * @returns {Record<string, Reading[]>} what each process has measured, by variant
 * @throws Error when a variant fails
 */
export function measureCase(name, bench, { isSmoke, onProgress }) {
  const variants = Object.keys(bench.variants);
  const rounds = isSmoke ? 1 : (bench.processes ?? (bench.isOnce ? PROCESSES_OF_ONCE : PROCESSES));
  /** @type {Record<string, Reading[]>} */
  const readings = {};
  for (let round = 0; round < rounds; round++) {
    onProgress(`${name}: round ${round + 1} of ${rounds}`);
    // Every other round backwards, since a process may find the machine as the one before has left it.
    for (const variant of round % 2 === 0 ? variants : variants.toReversed()) {
      const reading = measure(name, variant, bench.nodeOptions ?? [], isSmoke);
      for (const [row, one] of rowsOf(variant, reading)) {
        readings[row] = [...(readings[row] ?? []), one];
      }
    }
  }
  return readings;
}

/**
 * A row of the table for each part, or one for the variant.
 *
 * @param {string} variant
 * @param {Reading | Parts} reading
 * @returns {[string, Reading][]}
 */
function rowsOf(variant, reading) {
  if (!('parts' in reading)) return [[variant, reading]];
  return Object.entries(reading.parts).map(([part, figure]) => [`${variant}, ${part}`, { figure }]);
}

/**
 * @param {string} name
 * @param {string} variant
 * @param {readonly string[]} nodeOptions
 * @param {boolean} isSmoke
 * @returns {Reading | Parts}
 */
function measure(name, variant, nodeOptions, isSmoke) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...nodeOptions, MEASURE, name, variant, ...(isSmoke ? ['--smoke'] : [])],
    { encoding: 'utf8' },
  );
  try {
    const reading = JSON.parse(stdout);
    const figures = Object.values(reading.parts ?? { figure: reading.figure });
    if (status === 0 && figures.every(Number.isFinite)) {
      return reading;
    }
  } catch {
    // It says what is wrong below.
  }
  throw new Error(`${name}, ${variant} failed:\n${stdout}${stderr}`);
}

/** @param {readonly number[]} numbers - at least one */
export function median(numbers) {
  return Number([...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]);
}
