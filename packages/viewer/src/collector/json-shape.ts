import { BadRequestError, tooLarge } from '../errors.js';

/** Shorter texts are parsed in milliseconds whatever is in them. */
const HARMLESS = 64 * 1024;
/** Spans of OTLP with lists in their attributes are some ten deep. */
const DEEPEST = 200;
/** What fits into 10 MiB of real spans is a third of it. */
const MOST_OPENINGS = 1_000_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Looks at a text of JSON before it is parsed: objects in objects without end, and millions of
 * empty ones, would take the parser seconds and hundreds of megabytes.
 * @param bytes UTF-8
 * @throws BadRequestError for what no sender of spans would make
 */
export function refuseHarmfulJson(bytes: Uint8Array): void {
  if (bytes.length < HARMLESS) return;
  let depth = 0;
  let openings = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = endOfString(bytes, at + 1);
    } else if (byte === 0x5b || byte === 0x7b) {
      depth += 1;
      openings += 1;
      if (depth > DEEPEST) {
        throw new BadRequestError(`the body has lists or objects nested more than ${DEEPEST} deep`);
      }
    } else if (byte === 0x5d || byte === 0x7d) {
      depth -= 1;
    }
  }
  if (openings > MOST_OPENINGS) {
    throw tooLarge(`the body has more than ${MOST_OPENINGS} lists and objects`);
  }
}

/** @returns the place of the quote that ends the string, or the end of the text */
function endOfString(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}
