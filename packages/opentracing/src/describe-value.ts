/**
 * A wrong value as the message of an error shows it: short, quoted where it is a string, and never
 * throwing, whatever the value.
 *
 * @internal
 */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') {
    return `'${value.slice(0, 80)}'`;
  }
  if (typeof value === 'function') {
    return 'a function';
  }
  if (typeof value !== 'object' || value === null) {
    return String(value) + (typeof value === 'bigint' ? 'n' : '');
  }
  return isArray(value) ? 'an array' : 'an object';
}

/** A proxy that was revoked throws when it is asked. */
function isArray(value: object): boolean {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}
