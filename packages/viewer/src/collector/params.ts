import { BadRequestError } from '../errors.js';
import { normalizeTraceId } from '../model/ids.js';
import type { TraceQuery } from '../store/query.js';

/** How far a search looks back unless it says so, in milliseconds: a day. */
export const DEFAULT_LOOKBACK = 86_400_000;
/** How many traces a search answers unless it says so. */
export const DEFAULT_LIMIT = 10;
/** How many traces a search may ask for. */
const MOST_TRACES = 10_000;
const MOST_TERMS = 100;

/** Reads one parameter of a request: its first value, or undefined. */
export type Param = (name: string) => string | undefined;

/**
 * The parameters of `GET /api/v2/traces`, as Zipkin reads them.
 * @param now milliseconds since the epoch, for `endTs`
 * @throws BadRequestError naming the parameter
 */
export function parseTraceQuery(param: Param, now: number): TraceQuery {
  const window = timeWindow(param, positive(param, 'endTs') ?? now);
  const minDuration = positive(param, 'minDuration');
  const maxDuration = positive(param, 'maxDuration');
  if (maxDuration !== undefined && minDuration === undefined) {
    throw new BadRequestError('maxDuration needs a minDuration');
  }
  if (maxDuration !== undefined && minDuration !== undefined && maxDuration < minDuration) {
    throw new BadRequestError('maxDuration is less than minDuration');
  }
  return {
    ...named('serviceName', name(param, 'serviceName')),
    ...named('remoteServiceName', name(param, 'remoteServiceName')),
    ...named('spanName', unlessAll(name(param, 'spanName'))),
    annotations: parseAnnotationQuery(param('annotationQuery') ?? ''),
    ...named('minDuration', minDuration),
    ...named('maxDuration', maxDuration),
    ...window,
    limit: limitOf(param),
  };
}

/**
 * The parameters of `GET /api/v2/dependencies`: all traces of the time.
 * @throws BadRequestError naming the parameter
 */
export function parseDependencyQuery(param: Param): TraceQuery {
  const endTs = positive(param, 'endTs');
  if (endTs === undefined) throw new BadRequestError('endTs is missing');
  return { annotations: [], ...timeWindow(param, endTs), limit: Number.MAX_SAFE_INTEGER };
}

function timeWindow(param: Param, endTs: number): Pick<TraceQuery, 'from' | 'to'> {
  const lookback = positive(param, 'lookback') ?? DEFAULT_LOOKBACK;
  return {
    from: Math.max(0, endTs - lookback) * 1_000,
    // The whole of the last millisecond.
    to: endTs * 1_000 + 999,
  };
}

/**
 * `error and http.method=GET`: words and tags, all of which have to be there. Of a key that is there more
 * than once the last value counts, and a word that is such a key adds nothing.
 * @throws BadRequestError when there are more than the engine takes in one search
 */
function parseAnnotationQuery(query: string): TraceQuery['annotations'] {
  const parts = query
    .split(' and ')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length > MOST_TERMS) {
    throw new BadRequestError(`annotationQuery has more than ${MOST_TERMS} terms`);
  }
  const terms = new Map<string, string>();
  for (const part of parts) {
    const [key = '', ...rest] = part.split('=');
    if (rest.length > 0 || !terms.has(key)) terms.set(key.trim(), rest.join('=').trim());
  }
  return [...terms].map(([key, value]) => (value === '' ? { key } : { key, value }));
}

/**
 * The ids of `GET /api/v2/traceMany`, without repetitions.
 * @throws BadRequestError when there are fewer than two
 */
export function parseTraceIds(param: Param): string[] {
  const ids = (param('traceIds') ?? '')
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '')
    .map((id) => normalizeTraceId(id, 'traceIds'));
  const different = [...new Set(ids)];
  if (different.length < 2) {
    throw new BadRequestError('traceIds needs at least two different trace ids');
  }
  return different;
}

/** @throws BadRequestError when the parameter `serviceName` is missing */
export function parseServiceName(param: Param): string {
  const value = param('serviceName');
  if (value === undefined) throw new BadRequestError('serviceName is missing');
  return value.toLowerCase();
}

/** @throws BadRequestError when the parameter `key` is missing */
export function parseKey(param: Param): string {
  const key = param('key');
  if (!key) throw new BadRequestError('key is missing');
  return key;
}

function limitOf(param: Param): number {
  const limit = positive(param, 'limit') ?? DEFAULT_LIMIT;
  if (limit > MOST_TRACES) {
    throw new BadRequestError(
      `limit is over ${MOST_TRACES}: narrow the search, or use "opentracing-viewer export"`,
    );
  }
  return limit;
}

/** Empty is no filter. */
function name(param: Param, key: string): string | undefined {
  return param(key)?.toLowerCase() || undefined;
}

/** No filter either, though a service may be called so. */
function unlessAll(spanName: string | undefined): string | undefined {
  return spanName === 'all' ? undefined : spanName;
}

function positive(param: Param, key: string): number | undefined {
  const text = param(key)?.trim();
  if (text === undefined || text === '') return undefined;
  const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw new BadRequestError(`${key} must be a whole number`);
  if (value <= 0) throw new BadRequestError(`${key} must be greater than zero`);
  return value;
}

function named<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  const object: { [P in K]?: V } = {};
  if (value !== undefined) object[key] = value;
  return object;
}
