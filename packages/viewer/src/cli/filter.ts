import { BadRequestError } from '../errors.js';
import { parseSearch } from '../model/search-terms.js';
import type { TraceQuery } from '../store/query.js';

/** Which traces a command is about. */
export interface Filter {
  /** Terms of a search, one an argument, where the shell's quotes are quotes enough. */
  terms?: readonly string[];
  /** A search in one text. */
  query?: string;
  service?: string;
  name?: string;
  /** Only traces that began then or later, in milliseconds since the epoch. Default: all. */
  since?: number;
}

/**
 * The newest traces of all times, as far as the filter lets them through.
 * @throws BadRequestError when the search cannot be read
 */
export function queryOf(filter: Filter, limit: number): TraceQuery {
  const parsed = parseSearch(searchOf(filter));
  if ('problem' in parsed) throw new BadRequestError(parsed.problem);
  const query: TraceQuery = {
    ...parsed.terms,
    from: (filter.since ?? 0) * 1_000,
    to: Number.MAX_SAFE_INTEGER,
    limit,
  };
  if (query.maxDuration !== undefined) query.minDuration ??= 1;
  return query;
}

/** What the filter asks for but for the time, as it is written on the page: empty for everything. */
export function searchOf({ query = '', terms = [], service, name }: Filter): string {
  const fields = Object.entries({ service, name })
    .filter(([, value]) => value)
    .map(([field, value = '']) => `${field}="${value.replace(/["\\]/g, '\\$&')}"`);
  return [query.trim(), ...terms.map(quoteSpaces), ...fields].filter(Boolean).join(' ');
}

/** `name=get /` is one term when it comes as one argument. */
function quoteSpaces(term: string): string {
  if (term.includes('"') || !/\s/.test(term)) return term;
  const [, key = '', value = term] = /^([^\s=]+=)(.*)$/s.exec(term) ?? [];
  return `${key}"${value.replaceAll('\\', '\\\\')}"`;
}
