/*
 * Ids are kept as signed 32-bit integers, which the engine stores without boxing, and become
 * lower-case hex digits only where they leave the process.
 */

const DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

const digit = (word: number, shift: number): number => DIGITS[(word >>> shift) & 15] as number;

/** @internal 64 bits as 16 lower-case hex digits. */
export function hex64(high: number, low: number): string {
  return String.fromCharCode(
    digit(high, 28),
    digit(high, 24),
    digit(high, 20),
    digit(high, 16),
    digit(high, 12),
    digit(high, 8),
    digit(high, 4),
    digit(high, 0),
    digit(low, 28),
    digit(low, 24),
    digit(low, 20),
    digit(low, 16),
    digit(low, 12),
    digit(low, 8),
    digit(low, 4),
    digit(low, 0),
  );
}

/**
 * The 32 bits that eight lower-case hex digits stand for, as a signed integer.
 *
 * @param start - where in `text` the digits begin
 * @returns `NaN` when one of the eight is not a lower-case hex digit
 * @internal
 */
export function parseHex32(text: string, start: number): number {
  let word = 0;
  for (let i = start; i < start + 8; i++) {
    const code = text.charCodeAt(i);
    const value = code >= 48 && code <= 57 ? code - 48 : code >= 97 && code <= 102 ? code - 87 : -1;
    if (value < 0) {
      return Number.NaN;
    }
    word = (word << 4) | value;
  }
  return word;
}
