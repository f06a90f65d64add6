import { parseDuration } from '../../model/parse-duration.js';
import { parseSearch, type SearchTag } from '../../model/search-terms.js';
import { formatDuration } from '../format/duration.js';

/** What a person searches for, as written in the form and in the address of the page. */
export interface Query {
  serviceName: string;
  spanName: string;
  /** The service that is called. */
  remoteServiceName: string;
  /** A search as `parseSearch` reads it; terms joined by ` and `, as in Zipkin, are one, too. */
  annotationQuery: string;
  /** Durations as written: `10ms`. Empty: no bound. */
  minDuration: string;
  maxDuration: string;
  /** A key of `ranges`, or `custom` for the time between `from` and `to`. */
  lookback: string;
  /** Milliseconds since the epoch, in digits, when `lookback` is `custom`. Empty: no bound. */
  from: string;
  to: string;
  limit: number;
}

const minute = 60_000;

/** The time ranges to choose from: milliseconds back from now. */
export const ranges: ReadonlyMap<string, { label: string; milliseconds: number }> = new Map([
  ['15m', { label: 'Last 15 minutes', milliseconds: 15 * minute }],
  ['1h', { label: 'Last hour', milliseconds: 60 * minute }],
  ['1d', { label: 'Last day', milliseconds: 1_440 * minute }],
  ['1w', { label: 'Last week', milliseconds: 10_080 * minute }],
  ['all', { label: 'All time', milliseconds: Number.POSITIVE_INFINITY }],
]);

/** The numbers of traces to choose from. */
export const limits: readonly number[] = [10, 20, 50, 100, 500];

/** The search that finds the newest traces of all services. */
export const everything: Query = {
  serviceName: '',
  spanName: '',
  remoteServiceName: '',
  annotationQuery: '',
  minDuration: '',
  maxDuration: '',
  lookback: 'all',
  from: '',
  to: '',
  limit: 20,
};

const textFields = [
  'serviceName',
  'spanName',
  'remoteServiceName',
  'annotationQuery',
  'minDuration',
  'maxDuration',
] as const;

/** Reads a search from the query of the page's address. What it does not understand it ignores. */
export function readQuery(search: string): Query {
  const params = new URLSearchParams(search);
  const query = { ...everything };
  for (const field of textFields) query[field] = params.get(field)?.trim() ?? '';
  const lookback = params.get('lookback') ?? '';
  if (ranges.has(lookback)) query.lookback = lookback;
  if (lookback === 'custom') {
    query.lookback = lookback;
    query.from = readMoment(params.get('from'));
    query.to = readMoment(params.get('to'));
  }
  const limit = Number(params.get('limit'));
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1_000) query.limit = limit;
  return query;
}

/** Writes a search as the query of an address, empty for the search that finds everything. */
export function writeQuery(query: Query): string {
  const params = new URLSearchParams();
  for (const field of textFields) {
    const text = query[field].trim();
    if (text !== '') params.set(field, text);
  }
  if (query.lookback !== everything.lookback) params.set('lookback', query.lookback);
  if (query.lookback === 'custom') {
    if (query.from !== '') params.set('from', query.from);
    if (query.to !== '') params.set('to', query.to);
  }
  if (query.limit !== everything.limit) params.set('limit', String(query.limit));
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

/** Whether a search leaves out any traces but for its limit. */
export function isFiltered(query: Query): boolean {
  return textFields.some((field) => query[field] !== '') || query.lookback !== 'all';
}

function readMoment(text: string | null): string {
  return text !== null && /^[1-9]\d{0,15}$/.test(text) ? text : '';
}

/** The trace whose whole id is the text of a search, as it is found in a log; else undefined. */
export function traceIdOf({ annotationQuery }: Query): string | undefined {
  const text = annotationQuery.trim().toLowerCase();
  return /^([0-9a-f]{16}){1,2}$/.test(text) ? text : undefined;
}

/** A sentence for each field of a search with which something is wrong. */
export type Problems = {
  [Field in 'annotationQuery' | 'minDuration' | 'maxDuration' | 'to']?: string;
};

/** What is wrong with a search. */
export function checkQuery(query: Query): Problems {
  const problems: Problems = {};
  const parsed = parseSearch(query.annotationQuery);
  if ('problem' in parsed) problems.annotationQuery = sentence(parsed.problem);
  else if (parsed.terms.annotations.some(isMisread)) {
    problems.annotationQuery =
      'A key cannot have an equals sign in it, and neither a key nor a value the word “and” between spaces.';
  }
  if (query.from !== '' && query.to !== '' && Number(query.to) < Number(query.from)) {
    problems.to = 'This has to be after the beginning.';
  }
  for (const field of ['minDuration', 'maxDuration'] as const) {
    if (query[field].trim() !== '' && parseDuration(query[field]) === undefined) {
      problems[field] = 'Write a number and a unit: 10ms, 1.5s, 200us.';
    }
  }
  const min = parseDuration(query.minDuration);
  const max = parseDuration(query.maxDuration);
  if (min !== undefined && max !== undefined && max < min) {
    problems.maxDuration = `This has to be at least ${formatDuration(min)}, the shortest.`;
  }
  return problems;
}

function sentence(problem: string): string {
  return `${problem.charAt(0).toUpperCase()}${problem.slice(1)}.`;
}

/** Whether the collector would read the term, which knows no quotation marks, as another one. */
function isMisread({ key, value = '' }: SearchTag): boolean {
  return key.includes('=') || / and /.test(key) || / and /.test(value);
}

/**
 * The query of `GET /api/v2/traces` for a valid search made at `now` (milliseconds since the epoch):
 * durations in microseconds, the time range in milliseconds. What stands in a field goes before what
 * the text says of it.
 */
export function apiQuery(query: Query, now: number): string {
  const parsed = parseSearch(query.annotationQuery);
  const terms = 'problem' in parsed ? undefined : parsed.terms;
  const range = ranges.get(query.lookback)?.milliseconds ?? Number.POSITIVE_INFINITY;
  const end = query.to === '' ? now : Number(query.to);
  const back = query.from === '' ? range : Math.max(1, end - Number(query.from));
  const params = new URLSearchParams({
    endTs: String(end),
    lookback: String(Math.min(back, end)),
    limit: String(query.limit),
  });
  const annotations = (terms?.annotations ?? [])
    .map(({ key, value }) => (value === undefined ? key : `${key}=${value}`))
    .join(' and ');
  const min = parseDuration(query.minDuration) ?? terms?.minDuration;
  const max = parseDuration(query.maxDuration) ?? terms?.maxDuration;
  const values = {
    serviceName: query.serviceName || terms?.serviceName,
    remoteServiceName: query.remoteServiceName || terms?.remoteServiceName,
    spanName: query.spanName || terms?.spanName,
    annotationQuery: annotations,
    // The API wants a lower bound beside an upper one.
    minDuration: min ?? (max === undefined ? undefined : 1),
    maxDuration: max,
  };
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== '') params.set(name, String(value));
  }
  return params.toString();
}
