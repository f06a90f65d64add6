import { BadRequestError } from '../errors.js';

const HEX = /^[0-9a-f]+$/;
const ZEROS = /^0+$/;

/**
 * A trace id of 1 to 32 lower-case hexadecimal digits, padded with zeros to 16 or 32 digits. 32
 * digits whose upper half is zero become 16, so that both spellings name the same trace.
 * @param where what to call the value in the sentence of a failure, such as `span 3: traceId`
 * @throws BadRequestError when it is longer, not lower-case hexadecimal, or all zeros
 */
export function normalizeTraceId(value: string, where: string): string {
  checkHex(value, 32, where);
  if (ZEROS.test(value)) throw new BadRequestError(`${where} is all zeros`);
  const padded = value.padStart(value.length > 16 ? 32 : 16, '0');
  return padded.length === 32 && ZEROS.test(padded.slice(0, 16)) ? padded.slice(16) : padded;
}

/**
 * A span id of 1 to 16 lower-case hexadecimal digits, padded with zeros to 16.
 * @param where what to call the value in the sentence of a failure
 * @returns undefined when it is all zeros: that is a failure for an id, and "no parent" for a parent
 * @throws BadRequestError when it is longer or not lower-case hexadecimal
 */
export function normalizeSpanId(value: string, where: string): string | undefined {
  checkHex(value, 16, where);
  return ZEROS.test(value) ? undefined : value.padStart(16, '0');
}

function checkHex(value: string, maximum: number, where: string): void {
  if (value === '') throw new BadRequestError(`${where} is empty`);
  if (value.length > maximum) {
    throw new BadRequestError(`${where} is longer than ${maximum} characters`);
  }
  if (!HEX.test(value)) {
    throw new BadRequestError(`${where} must be lower-case hexadecimal digits`);
  }
}
