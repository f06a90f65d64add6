import type { AttributeValue } from '@opentelemetry/api';

/**
 * The value of a tag or of a log's field as an attribute can have it. It comes from the program and may
 * be anything: what is neither text, a number, a truth value nor a list of one of these becomes text, as
 * JSON where it is an object.
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
    return typeof value === 'object' && !(value instanceof Error)
      ? JSON.stringify(value)
      : String(value);
  } catch {
    return undefined;
  }
}

function isOfOneType(list: readonly unknown[]): list is string[] {
  const type = typeof list[0];
  return (
    (type === 'string' || type === 'number' || type === 'boolean') &&
    list.every((item) => typeof item === type)
  );
}
