/**
 * What the program gave where text was asked for, as text.
 *
 * @returns `undefined` for an object that throws when it is made text
 * @internal
 */
export function asText(value: unknown): string | undefined {
  try {
    return String(value);
  } catch {
    return undefined;
  }
}
