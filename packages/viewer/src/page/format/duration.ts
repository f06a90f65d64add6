const unitSizes: Readonly<Record<string, number>> = {
  us: 1,
  // Both the micro sign and the Greek letter are in use.
  '\u00b5s': 1,
  '\u03bcs': 1,
  ms: 1_000,
  s: 1_000_000,
  m: 60_000_000,
  min: 60_000_000,
  h: 3_600_000_000,
};

/**
 * Reads a duration as a person writes it: `10ms`, `1.5 s`, `200us`, `2min`, `1h`.
 * Returns whole microseconds, at least 1, or undefined when it is no duration.
 */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?|\.\d+)\s*([a-z\u00b5\u03bc]+)$/.exec(text.trim().toLowerCase());
  const size = unitSizes[match?.[2] ?? ''];
  if (match === null || size === undefined) return undefined;
  const microseconds = Math.round(Number(match[1]) * size);
  return Number.isSafeInteger(microseconds) && microseconds >= 1 ? microseconds : undefined;
}

/**
 * Writes a duration in microseconds in the unit that suits it, with three significant digits:
 * `200 µs`, `12.3 ms`, `1.5 s`, `2 min 5 s`, `1 h 30 min`.
 */
export function formatDuration(microseconds: number): string {
  if (microseconds < 0) return `\u2212${formatDuration(-microseconds)}`;
  // The bounds are where three digits would round up to the next unit.
  if (microseconds < 999.5) return `${threeDigits(microseconds)} µs`;
  if (microseconds < 999_500) return `${threeDigits(microseconds / 1_000)} ms`;
  const seconds = microseconds / 1_000_000;
  if (seconds < 59.95) return `${threeDigits(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 3_600) return twoUnits(Math.floor(whole / 60), 'min', whole % 60, 's');
  const minutes = Math.round(seconds / 60);
  return twoUnits(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

function threeDigits(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function twoUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
