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
 * @returns whole microseconds, at least 1, or undefined when it is no duration
 */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?|\.\d+)\s*([a-z\u00b5\u03bc]+)$/.exec(text.trim().toLowerCase());
  const size = unitSizes[match?.[2] ?? ''];
  if (match === null || size === undefined) return undefined;
  const microseconds = Math.round(Number(match[1]) * size);
  return Number.isSafeInteger(microseconds) && microseconds >= 1 ? microseconds : undefined;
}
