import { ByteWriter, utf8 } from './byte-writer.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const SPACE = 0x20;
const TILDE = 0x7e;
/** From here on the engine's own encoder is faster than ours, which goes character by character. */
const LONG = 128;
const HALF_PAIRS = /\p{Surrogate}/gu;
const NOT_ASCII = /[\u0080-\uffff]/g;

/** Writes JSON. */
export class JsonWriter extends ByteWriter {
  /** A string with its quotes, for which it makes room, and for a few bytes after it. */
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

  /** A member of an object after its brace or a comma, both strings. */
  member(before: number, key: string, value: string): void {
    const { length } = key;
    if (length < LONG && value.length < LONG) {
      this.room(length + value.length + 64);
      const { bytes, at } = this;
      const colon = writePlain(bytes, at + 1, key);
      if (colon > 0) {
        const end = writePlain(bytes, colon + 1, value);
        if (end > 0) {
          bytes[at] = before;
          bytes[colon] = COLON;
          this.at = end;
          return;
        }
      }
    }
    this.room(64);
    this.byte(before);
    this.longText(key);
    this.byte(COLON);
    this.longText(value);
  }

  /** The same for text of any length and any characters. */
  longText(text: string): void {
    let quoted = JSON.stringify(text);
    // As in the other encodings, which cannot have half a surrogate pair, rather than as an escape.
    if (quoted.includes('\\ud')) {
      quoted = JSON.stringify(text.replace(HALF_PAIRS, '\ufffd'));
    }
    // All is ASCII: Zipkin 3.6 reads a compressed body in pieces of 8 KiB and breaks the characters of
    // several bytes that lie across their ends.
    this.utf8(quoted.replace(NOT_ASCII, escaped));
    this.room(64);
  }
}

function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Text with its quotes, if it is ASCII and nothing in it is to be escaped; returns where it ends, or 0. */
function writePlain(bytes: Uint8Array, at: number, text: string): number {
  const { length } = text;
  const start = at + 1;
  bytes[at] = QUOTE;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code < SPACE || code > TILDE || code === QUOTE || code === BACKSLASH) {
      return 0;
    }
    bytes[start + i] = code;
  }
  bytes[start + length] = QUOTE;
  return start + length + 1;
}

/** @internal What stands between the values, as bytes. */
export const json = (text: string): Uint8Array => utf8(text.replace(NOT_ASCII, escaped));
