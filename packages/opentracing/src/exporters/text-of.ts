/**
 * A tag's value or a log's field as text. It comes from the program and may be anything: what has no
 * text (`undefined`, `null`, an object that throws when it is asked) is left out.
 *
 * @internal
 */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') {
    return value;
  }
  if (value === undefined || value === null) {
    return undefined;
  }
  try {
    if (value instanceof Error) {
      return String(value);
    }
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  } catch {
    return undefined;
  }
}
