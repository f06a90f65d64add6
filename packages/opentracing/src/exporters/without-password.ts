/**
 * What is meant for a URL and is none, as it may stand in a message. What may be a password in it makes it
 * no URL, as a slash does: all before the last '@' is left out, and so is what may be a key in the query.
 *
 * @internal
 */
export function withoutPassword(text: string): string {
  return text.replace(/^([^/]*\/\/)?.*@/s, '$1***@').replace(/\?.*/s, '?***');
}
