import { parseDuration } from './parse-duration.js';

/** A word, which is an annotation's value or a tag's key; with a value, a tag. */
export interface SearchTag {
  key: string;
  value?: string;
}

/** What a search asks for, all of which a trace has to have. */
interface SearchTerms {
  /** `service=`; lower-case, as names are kept. */
  serviceName?: string;
  /** `remote=`; lower-case. */
  remoteServiceName?: string;
  /** `name=`, of a span; lower-case. */
  spanName?: string;
  /** Words and tags. Of a key that is there more than once the last counts. */
  annotations: readonly SearchTag[];
  /** `minDuration=`, of a span, in microseconds. */
  minDuration?: number;
  /** `maxDuration=`, of a span, in microseconds. */
  maxDuration?: number;
}

/** The terms of a search, or one sentence that says what is wrong with it. */
export type ParsedSearch = { terms: SearchTerms } | { problem: string };

/** The engine takes so many conditions in one search. */
const MOST_TERMS = 100;

const NAMES = new Map([
  ['service', 'serviceName'],
  ['remote', 'remoteServiceName'],
  ['name', 'spanName'],
] as const);
const DURATIONS = new Map([
  ['minduration', 'minDuration'],
  ['maxduration', 'maxDuration'],
] as const);

/** A quoted part, an equals sign, white space, or anything else. */
const PARTS = /"((?:[^"\\]|\\.)*)"|(=)|(\s+)|([^\s"=]+)|(")/gsu;

/** `key=value` or a word, and whether its key was quoted, so that it names no field. */
interface Term {
  key: string;
  value?: string;
  isQuoted: boolean;
}

/**
 * Reads a search as a person writes it: `service=shop name="get /" http.status_code=500 error
 * minDuration=10ms`.
 *
 * Terms are separated by white space, or by the word `and`. A term is a word, or a tag as `key=value`;
 * `service`, `remote`, `name`, `minDuration` and `maxDuration` are not tags but fields of the search.
 * Quotation marks keep what is between them together and make a key a tag's: `"name"=Ann`; in them `\"`
 * and `\\` stand for themselves.
 */
export function parseSearch(text: string): ParsedSearch {
  const terms: SearchTerms = { annotations: [] };
  const tags = new Map<string, string | undefined>();
  const read = termsOf(text);
  if (read === undefined) return { problem: 'a quotation mark in the search is not closed' };
  for (const term of read) {
    const problem = add(terms, tags, term);
    if (problem !== undefined) return { problem };
  }
  if (tags.size > MOST_TERMS) return { problem: `the search has more than ${MOST_TERMS} terms` };
  const { minDuration = 0, maxDuration = minDuration } = terms;
  if (maxDuration < minDuration) {
    return { problem: 'maxDuration of the search is less than minDuration' };
  }
  terms.annotations = [...tags].map(([key, value]) =>
    value === undefined ? { key } : { key, value },
  );
  return { terms };
}

/** The terms as they are written; undefined where a quotation mark is left open. */
function termsOf(text: string): Term[] | undefined {
  const terms: Term[] = [];
  let term: Term | undefined;
  for (const [whole, quoted, equals, space, , open] of text.matchAll(PARTS)) {
    if (open !== undefined) return undefined;
    if (space !== undefined) {
      term = undefined;
      continue;
    }
    if (term === undefined) {
      term = { key: '', isQuoted: false };
      terms.push(term);
    }
    if (equals !== undefined && term.value === undefined) {
      term.value = '';
      continue;
    }
    const part = quoted === undefined ? whole : quoted.replace(/\\(.)/gsu, '$1');
    if (term.value !== undefined) {
      term.value += part;
    } else {
      term.key += part;
      term.isQuoted ||= quoted !== undefined;
    }
  }
  return terms.filter(({ key, value, isQuoted }) => {
    return isQuoted || value !== undefined || key.toLowerCase() !== 'and';
  });
}

/** @returns what is wrong with the term, if anything */
function add(
  terms: SearchTerms,
  tags: Map<string, string | undefined>,
  { key, value, isQuoted }: Term,
): string | undefined {
  if (key === '') return value === undefined ? undefined : `nothing is before =${value}`;
  if (value !== undefined && !isQuoted) {
    const name = NAMES.get(key.toLowerCase() as 'service');
    if (name !== undefined) {
      if (value !== '') terms[name] = value.toLowerCase();
      return undefined;
    }
    const bound = DURATIONS.get(key.toLowerCase() as 'minduration');
    if (bound !== undefined) {
      const duration = parseDuration(value);
      if (duration === undefined) {
        return `the value of ${bound} has to be a number and a unit, such as 10ms, 1.5s or 200us, not "${value}"`;
      }
      terms[bound] = duration;
      return undefined;
    }
  }
  // A tag without a value is asked for by its key.
  if (value || !tags.has(key)) tags.set(key, value === '' ? undefined : value);
  return undefined;
}

/** Writes one term so that it is read as it was meant, `key` alone where there is no value. */
export function writeTerm(key: string, value?: string): string {
  const isField = value !== undefined && isFieldName(key);
  const name = isField || needsQuotes(key) ? quote(key) : key;
  return value === undefined ? name : `${name}=${needsQuotes(value) ? quote(value) : value}`;
}

function isFieldName(key: string): boolean {
  const name = key.toLowerCase();
  return NAMES.has(name as 'service') || DURATIONS.has(name as 'minduration');
}

function needsQuotes(text: string): boolean {
  return text === '' || /[\s"=]/u.test(text) || text.toLowerCase() === 'and';
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/gu, '\\$&')}"`;
}
