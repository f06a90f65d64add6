import { trimWhitespace } from './optional-whitespace.js';

const MAX_MEMBERS = 32;
const KEY = /^[a-z0-9][a-z0-9_\-*/@]{0,255}$/;
const VALUE = /^[\x20-\x2b\x2d-\x3c\x3e-\x7e]{1,256}$/;

/**
 * A `tracestate` that came in, as it is passed on: its members in their order, without the whitespace
 * and the empty members between them.
 *
 * Source: W3C Candidate Recommendation "Trace Context Level 2", section 3.3.1, whose keys include those
 * of the first level.
 *
 * @returns `undefined` where no member is left, and where one of them is invalid, a key comes twice or there
 *   are more than 32
 * @internal
 */
export function parseTraceState(text: string): string | undefined {
  const members: string[] = [];
  const keys = new Set<string>();
  for (const part of text.split(',')) {
    const member = trimWhitespace(part);
    if (member === '') {
      continue;
    }
    const equals = member.indexOf('=');
    const key = member.slice(0, Math.max(equals, 0));
    if (!KEY.test(key) || !VALUE.test(member.slice(equals + 1)) || keys.has(key)) {
      return undefined;
    }
    keys.add(key);
    if (members.push(member) > MAX_MEMBERS) {
      return undefined;
    }
  }
  return members.length === 0 ? undefined : members.join(',');
}
