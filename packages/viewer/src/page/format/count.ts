/** A number with its noun: `1 span`, `2 spans`, `12,345 spans`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}
