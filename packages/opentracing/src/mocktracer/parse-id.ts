import { SpanContextCorruptedError } from '../errors.js';

/**
 * An id that came from a carrier, in lower case.
 *
 * @throws SpanContextCorruptedError when it is not one of hex digits, at most 32
 * @internal
 */
export function parseId(id: unknown): string {
  if (typeof id !== 'string' || !/^[0-9a-f]{1,32}$/i.test(id)) {
    throw new SpanContextCorruptedError('an id is not made of hex digits');
  }
  return id.toLowerCase();
}
