// What two servers that were given the spans of odd-spans.mjs are asked, also what is wrong to ask.
import { START } from './odd-spans.mjs';

/** Milliseconds: after the last of the made-up spans, and how far back the first is. */
const END = START / 1000 + 600_000;
export const ALL = { endTs: String(END), lookback: String(700_000), limit: '1000' };

/**
 * The path below the API, with a query; of a parameter that is given again the later value counts.
 *
 * @param {string} path
 * @param {...Record<string, string>} parameters
 */
export function path(path, ...parameters) {
  const query = new URLSearchParams(Object.assign({}, ...parameters));
  return `/api/v2${path}?${query}`;
}

/** @param {string} field @param {readonly string[]} values */
function each(field, values) {
  return values.map((value) => ({ [field]: value }));
}

const services = ['web', 'WEB', 'db', 'ünïcode dienst', 'nobody', '', 'all', ' web '];
const names = ['get', 'GET', 'get /straße', 'nothing', '', 'all'];
const remotes = ['db', 'DB', 'kafka', 'with spaces', 'nobody', '', 'all'];
const terms = [
  'error',
  'error=',
  'error=lost',
  'error = lost',
  'error=lost and error=found',
  'error and error=lost',
  'error=lost and error',
  'http.status_code=500',
  'http.status_code=500 and error',
  'http.status_code',
  'HTTP.status_code',
  'Upper=Case',
  'sooner',
  'sooner and later',
  'sooner AND later',
  'sooner and nothing',
  ' sooner ',
  'with and=one',
  'emoji=😀',
  'and',
  'nothing=at all',
  '',
];
/** @type {Record<string, string>[]} */
const durations = [
  { minDuration: '1' },
  { minDuration: '9999' },
  { minDuration: '10000' },
  { minDuration: '10001' },
  { minDuration: '9998', maxDuration: '9999' },
  { minDuration: '9999', maxDuration: '9999' },
  { minDuration: '9007199254740991' },
];
const wrongNumbers = ['0', '-1', 'x', '1.5', '1e3', '99999999999999999999'];

/** Searches: the traces have an order. */
export const searches = [
  path('/traces', ALL),
  ...each('serviceName', services).map((more) => path('/traces', ALL, more)),
  ...each('spanName', names).map((more) => path('/traces', ALL, more)),
  ...each('remoteServiceName', remotes).map((more) => path('/traces', ALL, more)),
  ...each('annotationQuery', terms).map((more) => path('/traces', ALL, more)),
  ...each('annotationQuery', terms).map((more) =>
    path('/traces', ALL, more, { serviceName: 'web' }),
  ),
  ...durations.map((more) => path('/traces', ALL, more)),
  ...durations.map((more) => path('/traces', ALL, more, { serviceName: 'db' })),
  path('/traces', ALL, { serviceName: 'web', spanName: 'get', remoteServiceName: 'db' }),
  path('/traces', ALL, { serviceName: 'db', spanName: 'get', annotationQuery: 'error' }),
  path('/traces', ALL, { serviceName: 'web', minDuration: '9998', annotationQuery: 'error' }),
  ...each('limit', ['1', '2', '5', '10000']).map((more) => path('/traces', ALL, more)),
  ...['lookback', 'endTs'].flatMap((field) =>
    each(field, ['1', '600000', '595000', '9007199254740991']).map((more) =>
      path('/traces', ALL, more),
    ),
  ),
  // A span begins at the very end of one of these, and at the very start of the other.
  path('/traces', { endTs: String(START / 1000 + 5000), lookback: '1000' }),
  path('/traces', { endTs: String(START / 1000 + 6000), lookback: '1000', limit: '1' }),
  path('/traces', { endTs: String(START / 1000 + 4999), lookback: '999' }),
  path('/traces', { endTs: String(END), lookback: '700000' }),
  path('/traces', { serviceName: 'web' }),
  path('/traces', {}),
];

/** Everything else. */
export const others = [
  '/api/v2/services',
  '/api/v2/spans',
  '/api/v2/remoteServices',
  ...each('serviceName', services).map((more) => path('/spans', more)),
  ...each('serviceName', services).map((more) => path('/remoteServices', more)),
  path('/dependencies', { endTs: String(END), lookback: '700000' }),
  path('/dependencies', { endTs: String(END), lookback: '1' }),
  path('/dependencies', { endTs: String(END) }),
  path('/dependencies', { endTs: '1' }),
  path('/dependencies', { lookback: '1' }),
  path('/dependencies', {}),
  ...['endTs', 'lookback'].flatMap((field) =>
    each(field, wrongNumbers).map((more) => path('/dependencies', ALL, more)),
  ),
  ...['endTs', 'lookback', 'limit', 'minDuration'].flatMap((field) =>
    each(field, wrongNumbers).map((more) => path('/traces', ALL, more)),
  ),
  ...['lookback', 'minDuration', 'maxDuration'].map((field) =>
    path('/traces', ALL, { [field]: '' }),
  ),
  ...each('maxDuration', ['1', '0', '-1', 'x']).map((more) => path('/traces', ALL, more)),
  path('/traces', ALL, { minDuration: '10', maxDuration: '9' }),
  path('/traceMany', {}),
  ...each('traceIds', [
    '',
    ',',
    'c1',
    'c1,c1',
    'c1,00000000000000c1',
    'c1,c2',
    'c1,c2,c3',
    'c3,c4',
    'c1,xyz',
    'c1,C2',
    'c1,0',
  ]).map((more) => path('/traceMany', more)),
  ...[
    'c1',
    '00c1',
    '00000000000000c1',
    '000000000000000000000000000000c1',
    'c3',
    '0',
    'xyz',
    'C1',
    'f'.repeat(32),
    'f'.repeat(33),
  ].map((id) => `/api/v2/trace/${id}`),
  '/api/v2/trace/',
  '/api/v2/trace',
  '/api/v2/autocompleteKeys',
  '/api/v2/autocompleteValues',
  '/api/v2/autocompleteValues?key=',
  '/api/v2/autocompleteValues?key=error',
  '/api/v2/nothing',
  '/zipkin/api/v2/services',
  '/zipkin/api/v2/trace/c1',
  '/zipkin/api/v2/traces?limit=0',
];
