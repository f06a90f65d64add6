/**
 * A tag's value or a log's field as text. It comes from the program and may be anything: what has no
 * text (`undefined`, `null`, an object that throws when it is asked) is left out.
 *
 * @internal
 */
export function textOf(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
      return String(value);
    case 'undefined':
      return undefined;
    default:
      return value === null ? undefined : textOfOther(value);
  }
}

function textOfOther(value: unknown): string | undefined {
  try {
    return typeof value === 'object' && !(value instanceof Error)
      ? textOfObject(value)
      : String(value);
  } catch {
    return undefined;
  }
}

/** As JSON; dates, addresses and others that are a text there are that text. */
function textOfObject(value: object | null): string | undefined {
  const json = JSON.stringify(value) as string | undefined;
  return json?.startsWith('"') ? JSON.parse(json) : json;
}
