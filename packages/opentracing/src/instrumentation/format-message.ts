const PLACEHOLDER = /%[sdifjoOc%]/g;

/**
 * The text of what a logger was given, where the first may be a format with `%s` and the like: near enough
 * to what the logger writes for a person to recognise it.
 *
 * @returns `''` for nothing
 * @internal
 */
export function formatMessage(args: readonly unknown[]): string {
  const [format, ...rest] = args;
  if (typeof format !== 'string' || rest.length === 0) {
    return args.map(textOf).join(' ');
  }
  let next = 0;
  const text = format.replace(PLACEHOLDER, (placeholder) => {
    if (placeholder === '%%') {
      return '%';
    }
    if (next === rest.length) {
      return placeholder;
    }
    const value = rest[next++];
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
  return [text, ...rest.slice(next).map(textOf)].join(' ');
}

function numberOf(value: unknown, convert: (value: unknown) => number): string {
  return typeof value === 'symbol'
    ? 'NaN'
    : String(typeof value === 'bigint' ? value : convert(value));
}

/** What cannot be read, for a getter that throws or a circle, is named instead. */
function textOf(value: unknown): string {
  try {
    if (typeof value === 'object' && value !== null) {
      return value instanceof Error ? String(value) : JSON.stringify(value);
    }
    return String(value);
  } catch {
    return '[object]';
  }
}
