/** A path as a route or a mounted router was given it: a string, a regular expression, or several. */
export type Path = unknown;

/** In a pattern: what matches a number of segments that is not that of the pattern. */
const OF_ANY_LENGTH = /[*{(?]/;

const IN_PATTERNS = /[:*{(?]/;

/**
 * Where the routers are mounted that a request has come through. Express tells the path that matched
 * (`/users/42`), which has as many values as there are users; this finds the pattern (`/users/:id`).
 *
 * @internal
 */
export class MountPatterns {
  _byBaseUrl: Map<string, string> | null = null;

  /**
   * A layer with a path of its own runs: a router, or a middleware.
   *
   * @param baseUrl - `request.baseUrl`, which ends with the path that matched
   * @param pattern - what the layer was given as its path
   * @param matched - the path that matched; `undefined` where the framework does not tell
   */
  enter(baseUrl: string, pattern: Path, matched?: string): void {
    const text = withoutEnd(textOf(pattern));
    const isAsWritten = this._byBaseUrl === null && baseUrl.endsWith(text);
    if (text === '' || (isAsWritten && !IN_PATTERNS.test(text))) {
      return;
    }
    const parent = this._parentOf(baseUrl, pattern, matched);
    if (baseUrl.slice(parent.length) !== text) {
      this._byBaseUrl ??= new Map();
      this._byBaseUrl.set(baseUrl, this.patternOf(parent) + text);
    } else {
      this._byBaseUrl?.delete(baseUrl);
    }
  }

  /** The pattern of the routers above a route; `''` for none. */
  patternOf(baseUrl: string): string {
    const known = this._longestKnown(baseUrl);
    return (this._byBaseUrl?.get(known) ?? known) + baseUrl.slice(known.length);
  }

  /** The part of `baseUrl` before the path that matched. */
  _parentOf(baseUrl: string, pattern: Path, matched: string | undefined): string {
    if (matched !== undefined) {
      return baseUrl.slice(0, baseUrl.length - withoutEnd(matched).length);
    }
    if (typeof pattern === 'string' && !OF_ANY_LENGTH.test(pattern)) {
      const segments = withoutEnd(pattern).split('/').length - 1;
      return baseUrl.split('/').slice(0, -segments).join('/');
    }
    return this._longestKnown(baseUrl.slice(0, -1));
  }

  _longestKnown(baseUrl: string): string {
    let longest = '';
    for (const known of this._byBaseUrl?.keys() ?? []) {
      const isPrefix = baseUrl === known || baseUrl.startsWith(`${known}/`);
      if (isPrefix && known.length > longest.length) {
        longest = known;
      }
    }
    return longest;
  }
}

/** @internal The pattern of a route below routers, as the name of a span has it. */
export function joinPatterns(base: string, path: Path): string {
  const text = textOf(path);
  return text === '/' && base !== '' ? base : base + text;
}

/**
 * What a path was matched by, of the path and the parameters, for versions of express that do not keep
 * the pattern: `/users/42` and `{ id: '42' }` make `/users/:id`.
 *
 * @internal
 */
export function patternOfMatch(path: string, params: Readonly<Record<string, unknown>>): string {
  const segments = path.split('/');
  for (const name of Object.keys(params)) {
    const value = params[name];
    // What `*` matches begins with a slash.
    const text = String(value ?? '').replace(/^\//, '');
    const values = Array.isArray(value) ? value : text.split('/');
    const start = segments.findIndex((_, i) => values.every((v, j) => isValue(segments[i + j], v)));
    if (start !== -1) {
      segments.splice(start, values.length, /^\d+$/.test(name) ? '*' : `:${name}`);
    }
  }
  return segments.join('/');
}

function isValue(segment: string | undefined, value: unknown): boolean {
  if (segment === undefined || segment === '') {
    return false;
  }
  try {
    return decodeURIComponent(segment) === value;
  } catch {
    return false;
  }
}

function textOf(path: Path): string {
  return Array.isArray(path) ? path.join('|') : String(path);
}

function withoutEnd(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path;
}
