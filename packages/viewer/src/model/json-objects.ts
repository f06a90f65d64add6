import { BadRequestError } from '../errors.js';

/** One object of a file, and where it begins. */
export interface JsonObject {
  bytes: Uint8Array;
  /** The line on which it begins, from 1. */
  line: number;
}

/** The longest object; an engine's text may not be much longer. */
const LONGEST = 256 * 1024 * 1024;
/** A list of traces is a list of lists of spans. */
const DEEPEST_LIST = 2;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

const [QUOTE, BACKSLASH, COMMA, OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = bytesOf('"\\,[]{}');
const [NEWLINE, RETURN, TAB, SPACE] = bytesOf('\n\r\t ');

/**
 * Takes a file apart into the objects in it while it is read, so that it need not fit into memory:
 * a list of spans, a list of traces, or objects one after another as a file with one on each line.
 * What is between the objects is checked, what is in them is not.
 */
export class JsonObjects {
  /** @internal */
  _line = 1;
  /** @internal Lists that are open around the objects. */
  _lists = 0;
  /** @internal Objects and lists that are open in the current object; 0 between objects. */
  _depth = 0;
  /** @internal */
  _inText = false;
  /** @internal */
  _escaped = false;
  /** @internal What has to come next in a list before another object may. */
  _comma = false;
  /** @internal Whether a comma came, after which the list may not end. */
  _another = false;
  /** @internal */
  _begun: Uint8Array[] = [];
  /** @internal */
  _begunLength = 0;
  /** @internal */
  _begunLine = 1;
  /** @internal */
  _first = true;

  /**
   * @param chunk the next bytes of the file
   * @returns the objects that are complete with them, each once it is asked for
   * @throws BadRequestError naming the line, when something else is between the objects
   */
  *push(chunk: Uint8Array): Generator<JsonObject> {
    let start = 0;
    let at = this._first && BYTE_ORDER_MARK.every((byte, index) => chunk[index] === byte) ? 3 : 0;
    this._first = false;
    for (; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (byte === NEWLINE) this._line += 1;
      if (this._inText) {
        if (this._escaped) this._escaped = false;
        else if (byte === BACKSLASH) this._escaped = true;
        else if (byte === QUOTE) this._inText = false;
      } else if (this._depth > 0) {
        if (byte === QUOTE) this._inText = true;
        else if (byte === OPEN || byte === OPEN_LIST) this._depth += 1;
        else if (byte === CLOSE || byte === CLOSE_LIST) this._depth -= 1;
        if (this._depth === 0) yield this._end(chunk.subarray(start, at + 1));
      } else if (byte === OPEN) {
        this._begin();
        start = at;
      } else if (byte !== SPACE && byte !== NEWLINE && byte !== RETURN && byte !== TAB) {
        this._between(byte);
      }
    }
    if (this._depth > 0) this._keep(chunk.subarray(start));
  }

  /** @throws BadRequestError when the file ends within an object or a list */
  end(): void {
    if (this._depth > 0) {
      throw new BadRequestError(
        `line ${this._begunLine}: the file ends within the object that begins here`,
      );
    }
    if (this._lists > 0) {
      throw new BadRequestError(`line ${this._line}: the file ends within a list`);
    }
  }

  /** @internal */
  _begin(): void {
    if (this._comma) throw this._unexpected(OPEN);
    this._another = false;
    this._depth = 1;
    this._begunLine = this._line;
  }

  /** @internal */
  _keep(part: Uint8Array): void {
    this._begun.push(part);
    this._begunLength += part.length;
    if (this._begunLength > LONGEST) {
      throw new BadRequestError(
        `line ${this._begunLine}: the object that begins here is over ${LONGEST / 1024 ** 2} MiB`,
      );
    }
  }

  /** @internal */
  _end(part: Uint8Array): JsonObject {
    const bytes = this._begun.length === 0 ? part : concat([...this._begun, part]);
    this._begun = [];
    this._begunLength = 0;
    this._comma = this._lists > 0;
    return { bytes, line: this._begunLine };
  }

  /** @internal */
  _between(byte: number | undefined): void {
    if (byte === COMMA && this._comma) {
      this._comma = false;
      this._another = true;
    } else if (byte === OPEN_LIST && !this._comma && this._lists < DEEPEST_LIST) {
      this._lists += 1;
      this._another = false;
    } else if (byte === CLOSE_LIST && this._lists > 0 && !this._another) {
      this._lists -= 1;
      this._comma = this._lists > 0;
    } else {
      throw this._unexpected(byte);
    }
  }

  /** @internal */
  _unexpected(byte: number | undefined): BadRequestError {
    const what = byte !== undefined && byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '';
    const wanted = this._comma ? 'a comma or the end of the list' : 'a list or an object';
    return new BadRequestError(
      `line ${this._line}: it is not JSON with spans (${what === '' ? 'a byte' : `"${what}"`} where ${wanted} has to be)`,
    );
  }
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
