/*
 * The encoders write bytes, not text that becomes bytes later: that takes a third of the time. What
 * they write into is kept for the next batch.
 */

const FIRST_SIZE = 16_384;
/** A buffer that grew beyond this for one batch is not kept. */
const MAX_KEPT_SIZE = 4 * 1024 * 1024;
const DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
const ZERO = 48;
/** `00` to `99`: two digits at a time take half of the divisions. */
const PAIRS = Uint8Array.from(
  { length: 200 },
  (_, i) => ZERO + (i % 2 === 0 ? Math.floor(i / 20) : (i >> 1) % 10),
);
const TEXT_ENCODER = /* @__PURE__ */ new TextEncoder();

/** `null` while an encoder has it: encoding may call `toJSON` of the program, which may encode. */
let kept: Uint8Array | null = null;

/** @internal */
export const utf8 = (text: string): Uint8Array => TEXT_ENCODER.encode(text);

/** Bytes in a buffer that grows. Whoever writes asks for room first, for several writes at once. */
export class ByteWriter {
  bytes: Uint8Array;
  /** How many bytes have been written, and where the next one goes. */
  at = 0;

  constructor() {
    this.bytes = kept ?? new Uint8Array(FIRST_SIZE);
    kept = null;
  }

  /** What was written, as an array of its own; the writer is not to be used any more. */
  finish(): Uint8Array {
    const { bytes } = this;
    const written = bytes.slice(0, this.at);
    if (bytes.length <= MAX_KEPT_SIZE) {
      kept = bytes;
    }
    return written;
  }

  /** Makes room for so many more bytes. */
  room(count: number): void {
    if (this.at + count > this.bytes.length) {
      this.grow(count);
    }
  }

  grow(count: number): void {
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.at + count));
    grown.set(this.bytes.subarray(0, this.at));
    this.bytes = grown;
  }

  byte(value: number): void {
    this.bytes[this.at++] = value;
  }

  twoBytes(first: number, second: number): void {
    const { bytes, at } = this;
    bytes[at] = first;
    bytes[at + 1] = second;
    this.at = at + 2;
  }

  /** A few bytes; a loop is faster for them than `set`. */
  raw(values: Uint8Array): void {
    const { bytes, at } = this;
    for (let i = 0; i < values.length; i++) {
      bytes[at + i] = values[i] as number;
    }
    this.at = at + values.length;
  }

  /** Many bytes, for which it makes room. */
  append(values: Uint8Array): void {
    this.room(values.length);
    this.bytes.set(values, this.at);
    this.at += values.length;
  }

  /** UTF-8, for which it makes room; half a surrogate pair becomes U+FFFD. */
  utf8(text: string): void {
    this.room(text.length * 3);
    this.at += TEXT_ENCODER.encodeInto(text, this.bytes.subarray(this.at)).written;
  }

  /** 64 bits as 16 lower-case hex digits. */
  hex64(high: number, low: number): void {
    hex32(this.bytes, this.at, high);
    hex32(this.bytes, this.at + 8, low);
    this.at += 16;
  }

  /** A whole number from 0 to 2^53 in decimal: 16 digits at most. */
  decimal(value: number): void {
    const { bytes, at } = this;
    if (value < 1e8) {
      this.at = writeDigits(bytes, at, countDigits(value | 0), value | 0);
      return;
    }
    const high = Math.floor(value / 1e8);
    const low = (value - high * 1e8) | 0;
    this.at = writeDigits(bytes, writeDigits(bytes, at, countDigits(high | 0), high | 0), 8, low);
  }
}

function hex32(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = DIGITS[word >>> 28] as number;
  bytes[at + 1] = DIGITS[(word >>> 24) & 15] as number;
  bytes[at + 2] = DIGITS[(word >>> 20) & 15] as number;
  bytes[at + 3] = DIGITS[(word >>> 16) & 15] as number;
  bytes[at + 4] = DIGITS[(word >>> 12) & 15] as number;
  bytes[at + 5] = DIGITS[(word >>> 8) & 15] as number;
  bytes[at + 6] = DIGITS[(word >>> 4) & 15] as number;
  bytes[at + 7] = DIGITS[word & 15] as number;
}

/** A whole number below 10^8 with so many digits; returns where it ends. */
function writeDigits(bytes: Uint8Array, at: number, count: number, value: number): number {
  let rest = value;
  let i = at + count - 2;
  for (; i >= at; i -= 2) {
    const hundredth = (rest / 100) | 0;
    const pair = (rest - hundredth * 100) * 2;
    bytes[i] = PAIRS[pair] as number;
    bytes[i + 1] = PAIRS[pair + 1] as number;
    rest = hundredth;
  }
  if (i + 1 === at) {
    bytes[at] = ZERO + rest;
  }
  return at + count;
}

function countDigits(value: number): number {
  let count = 1;
  for (let bound = 10; value >= bound; bound *= 10) {
    count++;
  }
  return count;
}
