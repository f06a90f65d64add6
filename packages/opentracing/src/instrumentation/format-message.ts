const PLACEHOLDER = /%[sdifjoOc%]/g;

/** How many values inside one object are looked at; a text for people has no use for more. */
const MOST_VALUES = 1_000;

/**
 * The text of what a console was given, where the first may be a format with `%s` and the like: near
 * enough to what is written for a person to recognise it.
 *
 * @returns `''` for nothing
 * @internal
 */
export function formatMessage(args: readonly unknown[]): string {
  const [format, ...values] = args;
  if (typeof format !== 'string' || values.length === 0) {
    return args.map(textOf).join(' ');
  }
  const text = fillIn(format, values);
  return [text, ...values.map(textOf)].join(' ');
}

/**
 * Puts values in the place of `%s` and the like.
 *
 * @param values - from which those are taken that have a place
 * @internal
 */
export function fillIn(format: string, values: unknown[]): string {
  if (values.length === 0) {
    return format;
  }
  return format.replace(PLACEHOLDER, (placeholder) => {
    if (placeholder === '%%') {
      return '%';
    }
    if (values.length === 0) {
      return placeholder;
    }
    const value = values.shift();
    switch (placeholder) {
      case '%c':
        return '';
      case '%d':
      case '%f':
        return numberOf(value, Number);
      case '%i':
        return numberOf(value, (given) => Math.trunc(Number(given)));
      default:
        return textOf(value);
    }
  });
}

function numberOf(value: unknown, convert: (value: unknown) => number): string {
  return typeof value === 'symbol'
    ? 'NaN'
    : String(typeof value === 'bigint' ? value : convert(value));
}

/**
 * What cannot be read, for a getter that throws or a circle, or is very large, is named instead.
 *
 * @internal
 */
export function textOf(value: unknown): string {
  try {
    if (typeof value === 'object' && value !== null) {
      return value instanceof Error ? String(value) : jsonOf(value);
    }
    return String(value);
  } catch {
    return '[object]';
  }
}

function jsonOf(value: object): string {
  if (ArrayBuffer.isView(value)) {
    throw new RangeError('bytes');
  }
  let left = MOST_VALUES;
  return JSON.stringify(value, (_key, part) => {
    left -= 1;
    if (left < 0) {
      throw new RangeError('too large');
    }
    return part;
  });
}
