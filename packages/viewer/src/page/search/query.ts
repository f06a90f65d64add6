import { parseDuration } from '../../model/parse-duration.js';
import { formatDuration } from '../format/duration.js';

/** What a person searches for, as written in the form and in the address of the page. */
export interface Query {
  serviceName: string;
  spanName: string;
  /** The service that is called. */
  remoteServiceName: string;
  /** Terms of Zipkin's annotation query, joined by ` and `. */
  annotationQuery: string;
  /** Durations as written: `10ms`. Empty: no bound. */
  minDuration: string;
  maxDuration: string;
  /** A key of `ranges`. */
  lookback: string;
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
  if (query.limit !== everything.limit) params.set('limit', String(query.limit));
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

/** Whether a search leaves out any traces but for its limit. */
export function isFiltered(query: Query): boolean {
  return textFields.some((field) => query[field] !== '') || query.lookback !== 'all';
}

/** What is wrong with a search: a sentence for each field that is. */
export function checkQuery(query: Query): { minDuration?: string; maxDuration?: string } {
  const problems: { minDuration?: string; maxDuration?: string } = {};
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

/**
 * The query of `GET /api/v2/traces` for a search made at `now` (milliseconds since the epoch):
 * durations in microseconds, the time range in milliseconds.
 */
export function apiQuery(query: Query, now: number): string {
  const range = ranges.get(query.lookback)?.milliseconds ?? Number.POSITIVE_INFINITY;
  const params = new URLSearchParams({
    endTs: String(now),
    lookback: String(Math.min(range, now)),
    limit: String(query.limit),
  });
  if (query.serviceName !== '') params.set('serviceName', query.serviceName);
  if (query.spanName !== '') params.set('spanName', query.spanName);
  if (query.remoteServiceName !== '') params.set('remoteServiceName', query.remoteServiceName);
  if (query.annotationQuery !== '') params.set('annotationQuery', query.annotationQuery);
  const min = parseDuration(query.minDuration);
  const max = parseDuration(query.maxDuration);
  // The API wants a lower bound beside an upper one.
  if (min !== undefined || max !== undefined) params.set('minDuration', String(min ?? 1));
  if (max !== undefined) params.set('maxDuration', String(max));
  return params.toString();
}
