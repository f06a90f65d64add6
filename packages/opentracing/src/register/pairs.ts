/**
 * A list such as `key=value,other=value` with percent-encoded values, as OpenTelemetry has headers and
 * attributes. What is no such pair is left out; the sentence that says so does not show it, because it
 * may be secret.
 *
 * Source: OpenTelemetry, "Resource SDK", "OTLP Exporter Configuration".
 *
 * @param warn - told of what is left out
 * @param isAllowed - whether a pair may be what it is for
 */
export function parsePairs(
  name: string,
  text: string,
  warn: (sentence: string) => void,
  isAllowed: (key: string, value: string) => boolean = () => true,
): Record<string, string> {
  const pairs: [string, string][] = [];
  for (const [i, part] of text.split(',').entries()) {
    const pair = part.trim() === '' ? [] : pairOf(part, isAllowed);
    if (pair === null) {
      warn(`Entry ${i + 1} of ${name} is not of the form name=value, so it is left out.`);
    } else {
      pairs.push(...pair);
    }
  }
  return Object.fromEntries(pairs);
}

/** A list of one; `null` where it is none. */
function pairOf(
  part: string,
  isAllowed: (key: string, value: string) => boolean,
): [string, string][] | null {
  const middle = part.indexOf('=');
  const key = part.slice(0, Math.max(middle, 0)).trim();
  const value = decoded(part.slice(middle + 1).trim());
  return key === '' || value === null || !isAllowed(key, value) ? null : [[key, value]];
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
