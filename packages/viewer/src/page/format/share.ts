/** A part of a whole, 0 to 1, as a percentage: `0 %`, `< 0.1 %`, `2.5 %`, `31 %`, `100 %`. */
export function formatShare(part: number): string {
  const percent = 100 * part;
  if (percent > 0 && percent < 0.1) return '< 0.1 %';
  return `${percent < 9.95 ? Number(percent.toFixed(1)) : Math.round(percent)} %`;
}
