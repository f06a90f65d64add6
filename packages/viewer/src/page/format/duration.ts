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

/** Writes the marks of an axis, in microseconds and in order, in one unit: `0`, `0.5 s`, `1 s`. */
export function formatMarks(marks: readonly number[]): string[] {
  const largest = Math.abs(marks.at(-1) ?? 0);
  // Minutes and hours are two units anyway.
  const unit = UNITS.find(({ size }) => size <= largest && largest < 60_000_000);
  return marks.map((mark) => {
    if (mark === 0) return '0';
    return unit === undefined
      ? formatDuration(mark)
      : `${Number((mark / unit.size).toPrecision(12))} ${unit.name}`;
  });
}

const UNITS = [
  { size: 1_000_000, name: 's' },
  { size: 1_000, name: 'ms' },
  { size: 1, name: 'µs' },
];

function threeDigits(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function twoUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
