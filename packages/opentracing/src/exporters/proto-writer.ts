import { ByteWriter } from './byte-writer.js';

const MAX_ASCII = 0x7f;
const MAX_WORD = 0x7fff_ffff;
/** From here on the engine's own encoder is faster than ours, which goes character by character. */
const LONG = 128;
const TWO_TO_32 = 2 ** 32;

/** The wire types of protobuf. */
const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;
const FIXED32 = 5;

const FIRST_STRING = (1 << 3) | DELIMITED;
const SECOND_STRING = (2 << 3) | DELIMITED;

/** @internal The byte before a field of up to number 15; from 16 on there are two. */
export const varintField = (number: number): number => (number << 3) | VARINT;
/** @internal */
export const fixed64Field = (number: number): number => (number << 3) | FIXED64;
/** @internal */
export const delimitedField = (number: number): number => (number << 3) | DELIMITED;
/** @internal */
export const fixed32Field = (number: number): number => (number << 3) | FIXED32;

/**
 * Writes protobuf, in one pass: the length of a message, which stands before it, is filled in after it.
 *
 * Source: Protocol Buffers, "Encoding".
 */
export class ProtoWriter extends ByteWriter {
  /** A whole number from 0 to 2^53: 8 bytes at most. */
  varint(value: number): void {
    const { bytes } = this;
    let { at } = this;
    let rest = value;
    while (rest > MAX_WORD) {
      bytes[at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    let word = rest | 0;
    while (word >= 0x80) {
      bytes[at++] = (word & 0x7f) | 0x80;
      word >>>= 7;
    }
    bytes[at] = word;
    this.at = at + 1;
  }

  /** 64 bits given as two words: 10 bytes at most. */
  varint64(high: number, low: number): void {
    let upper = high >>> 0;
    let lower = low >>> 0;
    while (upper > 0 || lower >= 0x80) {
      this.bytes[this.at++] = (lower & 0x7f) | 0x80;
      lower = ((lower >>> 7) | (upper << 25)) >>> 0;
      upper >>>= 7;
    }
    this.bytes[this.at++] = lower;
  }

  fixed32(word: number): void {
    const { bytes, at } = this;
    bytes[at] = word;
    bytes[at + 1] = word >>> 8;
    bytes[at + 2] = word >>> 16;
    bytes[at + 3] = word >>> 24;
    this.at = at + 4;
  }

  /** Lowest byte first. */
  fixed64(high: number, low: number): void {
    const { bytes, at } = this;
    bytes[at] = low;
    bytes[at + 1] = low >>> 8;
    bytes[at + 2] = low >>> 16;
    bytes[at + 3] = low >>> 24;
    bytes[at + 4] = high;
    bytes[at + 5] = high >>> 8;
    bytes[at + 6] = high >>> 16;
    bytes[at + 7] = high >>> 24;
    this.at = at + 8;
  }

  /** A whole number from 0 to 2^53 as 64 bits. */
  fixed64Number(value: number): void {
    const high = Math.floor(value / TWO_TO_32);
    this.fixed64(high, value - high * TWO_TO_32);
  }

  /** 64 bits highest byte first, as ids are written. */
  id64(high: number, low: number): void {
    const { bytes, at } = this;
    bytes[at] = high >>> 24;
    bytes[at + 1] = high >>> 16;
    bytes[at + 2] = high >>> 8;
    bytes[at + 3] = high;
    bytes[at + 4] = low >>> 24;
    bytes[at + 5] = low >>> 16;
    bytes[at + 6] = low >>> 8;
    bytes[at + 7] = low;
    this.at = at + 8;
  }

  /** A string with its length, for which it makes room, and for a few bytes after it. */
  text(text: string): void {
    const { length } = text;
    if (length < LONG) {
      this.room(length + 64);
      const end = writePlain(this.bytes, this.at, text);
      if (end > 0) {
        this.at = end;
        return;
      }
    }
    this.longText(text);
  }

  /** A message of two strings as its fields 1 and 2: an entry of a map. It makes room for it. */
  entry(field: number, key: string, value: string): void {
    const count = key.length + value.length;
    if (count < LONG - 4) {
      this.room(count + 64);
      const { bytes, at } = this;
      bytes[at] = field;
      bytes[at + 2] = FIRST_STRING;
      const middle = writePlain(bytes, at + 3, key);
      if (middle > 0) {
        bytes[middle] = SECOND_STRING;
        const end = writePlain(bytes, middle + 1, value);
        if (end > 0) {
          bytes[at + 1] = count + 4;
          this.at = end;
          return;
        }
      }
    }
    this.room(64);
    this.byte(field);
    const start = this.begin(1);
    this.byte(FIRST_STRING);
    this.text(key);
    this.byte(SECOND_STRING);
    this.text(value);
    this.end(start, 1);
  }

  /** The same for text of any length and any characters. */
  longText(text: string): void {
    this.room(8);
    const start = this.begin(2);
    this.utf8(text);
    this.room(64);
    this.end(start, 2);
  }

  /**
   * Begins a message whose length is not known yet.
   *
   * @param sizeOfLength - how many bytes its length will probably take
   * @returns what {@link end} is to be given
   */
  begin(sizeOfLength: number): number {
    this.at += sizeOfLength;
    return this.at;
  }

  /** Ends a message: writes its length before it, and moves it where that takes other room. */
  end(start: number, sizeOfLength: number): void {
    const length = this.at - start;
    const at = start - sizeOfLength;
    if (sizeOfLength === 1 && length < 0x80) {
      this.bytes[at] = length;
    } else if (sizeOfLength === 2 && length >= 0x80 && length < 0x4000) {
      this.bytes[at] = (length & 0x7f) | 0x80;
      this.bytes[at + 1] = length >>> 7;
    } else {
      const size = sizeOfVarint(length);
      this.room(size + 64);
      this.bytes.copyWithin(at + size, start, this.at);
      this.at = at;
      this.varint(length);
      this.at += length;
    }
  }
}

/** @internal ASCII with its length, if it is that and shorter than `LONG`; returns where it ends, or 0. */
export function writePlain(bytes: Uint8Array, at: number, text: string): number {
  const { length } = text;
  const start = at + 1;
  bytes[at] = length;
  let all = 0;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    all |= code;
    bytes[start + i] = code;
  }
  return all > MAX_ASCII ? 0 : start + length;
}

function sizeOfVarint(value: number): number {
  let size = 1;
  for (let bound = 0x80; value >= bound; bound *= 0x80) {
    size++;
  }
  return size;
}
