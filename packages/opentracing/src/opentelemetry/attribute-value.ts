import type { AttributeValue } from '@opentelemetry/api';

/**
 * The value of a tag or of a log's field as an attribute can have it. It comes from the program and may
 * be anything: what is neither text, a number, a truth value nor a list of one of these becomes text, as
 * JSON where it is an object, but for dates and URLs, which have a text in JSON.
 *
 * @returns `undefined` for what has no text: `undefined`, `null`, an object that throws when it is asked
 * @internal
 */
export function attributeValue(value: unknown): AttributeValue | undefined {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    default:
      return value === undefined || value === null ? undefined : ofObject(value);
  }
}

function ofObject(value: unknown): AttributeValue | undefined {
  try {
    if (Array.isArray(value) && isOfOneType(value)) {
      return [...value];
    }
    return typeof value === 'object' && !(value instanceof Error) ? jsonOf(value) : String(value);
  } catch {
    return undefined;
  }
}

/** Of a date, a URL and others that become a text in JSON, that text. */
function jsonOf(value: unknown): string {
  const json = JSON.stringify(value);
  return json.startsWith('"') ? JSON.parse(json) : json;
}

function isOfOneType(list: readonly unknown[]): list is string[] {
  const type = typeof list[0];
  return (
    (type === 'string' || type === 'number' || type === 'boolean') &&
    list.every((item) => typeof item === type)
  );
}
