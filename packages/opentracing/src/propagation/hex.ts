/*
 * Ids are kept as signed 32-bit integers, which the engine stores without boxing, and become
 * lower-case hex digits only where they leave the process.
 */

const DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

/** By the codes of ASCII; -1 for what is no lower-case hex digit, {@link DIGITS} the other way round. */
const VALUES = Int8Array.from({ length: 128 }, (_, code) => DIGITS.indexOf(code));

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
 * Eight lower-case hex digits as a signed integer of 32 bits; `NaN` where one of them is none. Several
 * are checked at once by their sum.
 *
 * @param start - where in `text` the digits begin
 * @internal
 */
export function readHex32(text: string, start: number): number {
  let word = 0;
  let codes = 0;
  for (let i = start; i < start + 8; i++) {
    const code = text.charCodeAt(i);
    const value = VALUES[code & 127] as number;
    // Without a branch for each digit, which the processor could not predict.
    codes |= code | value;
    word = (word << 4) | value;
  }
  return (codes & ~127) === 0 ? word : Number.NaN;
}

/** @internal Two lower-case hex digits as a byte; negative when one of them is none. */
export function readHexByte(text: string, start: number): number {
  const high = digitOf(text.charCodeAt(start));
  const low = digitOf(text.charCodeAt(start + 1));
  return high < 0 || low < 0 ? -1 : (high << 4) | low;
}

/** What the digit with this code stands for; -1 when it is none, beyond the text too. */
function digitOf(code: number): number {
  return code >= 48 && code <= 57 ? code - 48 : code >= 97 && code <= 102 ? code - 87 : -1;
}
