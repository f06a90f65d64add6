// Requests with spans, from the usual to the odd and the wrong, for two servers that have to take or refuse
// them alike and to answer alike afterwards.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const FIXTURES = new URL('../packages/viewer/test/fixtures/', import.meta.url);
const JSON_TYPE = { 'content-type': 'application/json' };

/** Microseconds since the epoch, a whole second: when the made-up spans begin. */
export const START = Date.UTC(2024, 0, 2, 3, 4, 5) * 1000;

/**
 * @typedef {object} Post
 * @property {string} name what is odd about it
 * @property {string | Uint8Array<ArrayBuffer>} body
 * @property {Record<string, string>} headers
 */

/** @typedef {Record<string, unknown>} Fields */

const web = { serviceName: 'web', ipv4: '10.0.0.1', port: 80 };
const db = { serviceName: 'db', ipv4: '10.0.0.2', port: 5432 };

let traces = 0;
let made = 0;

/** A trace id that no other request has. */
function newTrace() {
  traces += 1;
  return `a${String(traces).padStart(15, '0')}`;
}

/**
 * The spans of one trace, a millisecond after one another, of the service `web` unless they say otherwise.
 *
 * @param {string} traceId
 * @param {...Fields} spans
 */
function trace(traceId, ...spans) {
  made += 1;
  const at = START + made * 1_000_000;
  return spans.map((span, index) => ({
    traceId,
    id: `${index + 1}`.padStart(16, '0'),
    name: 'get',
    timestamp: at + index * 1000,
    duration: 10_000 - index,
    localEndpoint: web,
    ...span,
  }));
}

/**
 * @param {string} name
 * @param {unknown} value
 * @returns {Post}
 */
function json(name, value) {
  return { name, body: JSON.stringify(value), headers: JSON_TYPE };
}

/**
 * A span that has one field of its own.
 *
 * @param {Fields} fields
 */
function one(fields) {
  const [field = '', value] = Object.entries(fields)[0] ?? [];
  const text = JSON.stringify(value);
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return json(`${field}: ${shown}`, trace(newTrace(), fields));
}

const low = newTrace();
const high = `c${'0'.repeat(15)}${low}`;
const twice = trace('c2', {});
const A = '1'.padStart(16, '0');
const B = '2'.padStart(16, '0');

/** @type {Post[]} */
const taken = [
  ...readdirSync(FIXTURES).map((name) => ({
    name,
    body: readFileSync(new URL(name, FIXTURES), 'utf8'),
    headers: JSON_TYPE,
  })),
  { name: 'an empty body', body: '', headers: JSON_TYPE },
  json('an empty list', []),
  {
    name: 'gzip',
    body: Uint8Array.from(gzipSync(JSON.stringify(trace(newTrace(), {}, { parentId: A })))),
    headers: { ...JSON_TYPE, 'content-encoding': 'gzip' },
  },
  {
    name: 'no content type',
    body: new TextEncoder().encode(JSON.stringify(trace(newTrace(), {}))),
    headers: {},
  },
  {
    name: 'a content type with a charset',
    body: JSON.stringify(trace(newTrace(), { name: 'é' })),
    headers: { 'content-type': 'application/json; charset=utf-8' },
  },
  json(
    'a span that client and server share',
    trace(
      newTrace(),
      { kind: 'CLIENT', remoteEndpoint: db },
      { id: A, kind: 'SERVER', shared: true, localEndpoint: db },
      { parentId: A, localEndpoint: db, kind: 'CLIENT', remoteEndpoint: { serviceName: 'disk' } },
    ),
  ),
  json(
    'two servers for one client',
    trace(
      newTrace(),
      { kind: 'CLIENT' },
      { id: A, kind: 'SERVER', shared: true, localEndpoint: db },
      { id: A, kind: 'SERVER', shared: true, localEndpoint: { serviceName: 'cache' } },
      { parentId: A, localEndpoint: db, kind: 'CLIENT', remoteEndpoint: { serviceName: 'disk' } },
    ),
  ),
  json(
    'clocks that are apart',
    trace(
      newTrace(),
      { kind: 'CLIENT' },
      {
        parentId: A,
        kind: 'SERVER',
        localEndpoint: db,
        timestamp: START - 3_600_000_000,
        duration: 50,
      },
    ),
  ),
  json('a trace id of 128 bits', trace(`b${'0'.repeat(14)}2${newTrace()}`, {}, { parentId: A })),
  json('a trace id of 128 bits, the upper half zeros', [
    ...trace(`${'0'.repeat(16)}${newTrace()}`, {}),
  ]),
  json('short ids', trace('c1', { id: 'd' }, { id: 'e', parentId: 'd' })),
  json('a trace id of 20 digits', trace(`1234${newTrace()}`, {})),
  json('a missing parent', trace(newTrace(), {}, { parentId: 'f'.repeat(16) })),
  json(
    'no root',
    trace(
      newTrace(),
      { parentId: 'e'.repeat(16), kind: 'SERVER' },
      { parentId: 'f'.repeat(16), kind: 'SERVER', localEndpoint: db },
    ),
  ),
  json('two roots', trace(newTrace(), {}, { kind: 'SERVER', localEndpoint: db })),
  json('the same span twice', [...twice, ...twice]),
  json(
    'local work between two calls',
    trace(
      newTrace(),
      { kind: 'SERVER' },
      { parentId: A },
      { parentId: B, kind: 'CLIENT', remoteEndpoint: db, tags: { error: '' } },
    ),
  ),
  json(
    'messages',
    trace(
      newTrace(),
      { kind: 'PRODUCER', remoteEndpoint: { serviceName: 'kafka' } },
      {
        parentId: A,
        kind: 'CONSUMER',
        remoteEndpoint: { serviceName: 'kafka' },
        localEndpoint: db,
      },
      { parentId: B, kind: 'CONSUMER', localEndpoint: { serviceName: 'other' } },
    ),
  ),
  json(
    'a client whose service is not its server’s',
    trace(
      newTrace(),
      { kind: 'SERVER' },
      { parentId: A, kind: 'CLIENT', localEndpoint: db, remoteEndpoint: { serviceName: 'disk' } },
    ),
  ),
  json(
    'a root server that knows its client',
    trace(newTrace(), { kind: 'SERVER', remoteEndpoint: { serviceName: 'browser' } }),
  ),
  json(
    'calls without a kind',
    trace(newTrace(), {}, { parentId: A, remoteEndpoint: { serviceName: 'smtp' } }),
  ),
  json('a circle of parents', trace(newTrace(), { parentId: B }, { parentId: A })),
  json('no time', trace(newTrace(), { timestamp: undefined, duration: undefined })),
  json(
    'a root without a time',
    trace(newTrace(), { timestamp: undefined, duration: undefined }, { parentId: A }),
  ),
  one({ parentId: A }),
  one({ parentId: '0' }),
  one({ parentId: null }),
  one({ name: 'GET /Straße' }),
  one({ name: '' }),
  one({ name: null }),
  one({ name: 'all' }),
  one({ name: '<script>alert(1)</script> & "quotes" \\ \ud83d\ude00' }),
  one({ name: 'a\u2028b' }),
  one({ localEndpoint: { serviceName: 'Ünïcode Dienst' } }),
  one({ localEndpoint: { serviceName: '' } }),
  one({ localEndpoint: {} }),
  one({ localEndpoint: { serviceName: 'all', port: 0 } }),
  one({ localEndpoint: { serviceName: 'v6', ipv6: '2001:DB8::C001' } }),
  one({ localEndpoint: { serviceName: 'v6', ipv6: '::ffff:10.1.2.3' } }),
  one({ localEndpoint: { serviceName: 'v6', ipv6: '::1', port: -1 } }),
  one({ localEndpoint: { serviceName: 'v4', ipv4: 'no address' } }),
  one({ localEndpoint: { serviceName: 'v4', ipv4: '2001:db8::1' } }),
  one({ localEndpoint: { serviceName: 'unknown', hostname: 'more' } }),
  one({ remoteEndpoint: { ipv4: '10.0.0.9' } }),
  one({ remoteEndpoint: { serviceName: 'WITH spaces' } }),
  one({ duration: 0 }),
  one({ duration: -1 }),
  one({ timestamp: 0 }),
  one({ timestamp: -5 }),
  one({ duration: 9_007_199_254_740_991 }),
  one({ kind: 'CLIENT', shared: true }),
  one({ shared: true }),
  one({ shared: false, debug: false }),
  one({ debug: true }),
  one({ kind: null }),
  one({ tags: { error: '', 'http.status_code': '500', Upper: 'Case', 'a=b': 'c=d' } }),
  one({ tags: { long: 'x'.repeat(5000) } }),
  one({ tags: { zero: 'a\u0000b', tab: '\t\n', emoji: '😀', 'with and': 'one and two' } }),
  one({ tags: {} }),
  one({
    annotations: [
      { timestamp: START + 3, value: 'later' },
      { timestamp: START + 1, value: 'sooner' },
      { timestamp: START + 1, value: 'sooner' },
      { timestamp: START + 1, value: 'and also' },
    ],
  }),
  one({ annotations: [] }),
  one({ unknown: { nested: [1, { deep: null }] } }),
  json('the order of the fields', [
    { annotations: [{ value: 'first', timestamp: START }], id: A, traceId: newTrace() },
  ]),
  json('nothing but ids', [{ traceId: newTrace(), id: A }]),
];

/** @type {Post[]} */
const refused = [
  { name: 'no JSON', body: 'hello', headers: JSON_TYPE },
  { name: 'half of JSON', body: '[{"traceId":"1"', headers: JSON_TYPE },
  {
    name: 'no gzip',
    body: '[]hello',
    headers: { ...JSON_TYPE, 'content-encoding': 'gzip' },
  },
  json('an object', trace(newTrace(), {})[0]),
  json('null', null),
  json('a list of null', [null]),
  json('a list of lists', [[]]),
  json('a list of strings', ['span']),
  json('format of version 1', [
    {
      traceId: newTrace(),
      id: A,
      name: 'get',
      annotations: [{ timestamp: START, value: 'sr', endpoint: web }],
      binaryAnnotations: [{ key: 'http.path', value: '/', endpoint: web }],
    },
  ]),
  json('version 1, without annotations', [
    { traceId: newTrace(), id: A, name: 'get', binaryAnnotations: [] },
  ]),
  json('no trace id', [{ id: A }]),
  json('no id', [{ traceId: newTrace() }]),
  one({ traceId: '' }),
  one({ traceId: '0000000000000000' }),
  one({ traceId: 'ABCDEF0123456789' }),
  one({ traceId: 'xyz' }),
  one({ traceId: '1'.repeat(33) }),
  one({ traceId: null }),
  one({ id: '' }),
  one({ id: 'A000000000000000' }),
  one({ id: '1'.repeat(17) }),
  one({ id: null }),
  one({ parentId: '' }),
  one({ parentId: 'Z' }),
  one({ parentId: '1'.repeat(17) }),
  one({ kind: 'UNKNOWN' }),
  one({ kind: 'client' }),
  one({ localEndpoint: { serviceName: 'p', port: 65_536 } }),
  one({ localEndpoint: 'web' }),
  one({ localEndpoint: null }),
  one({ annotations: [{ timestamp: START }] }),
  one({ annotations: [{ value: 'no time' }] }),
  one({ annotations: 'none' }),
  one({ annotations: null }),
  one({ tags: { key: null } }),
  one({ tags: { key: { nested: 1 } } }),
  one({ tags: [] }),
  one({ tags: null }),
  one({ timestamp: 1.5 }),
  one({ timestamp: 'soon' }),
  one({ timestamp: '1704164645000000' }),
  one({ duration: 1.5 }),
  one({ shared: 'yes' }),
  one({ debug: 1 }),
];

/** In this order. */
export const posts = [...taken, ...refused];

/**
 * What a trace or a span in pieces is made of. Sent after all others.
 *
 * @type {Post[]}
 */
export const pieces = [
  json(
    'a trace id of 128 bits, of which a service keeps 64',
    trace(
      high,
      { kind: 'CLIENT' },
      { id: A, kind: 'SERVER', shared: true, localEndpoint: db, traceId: low },
    ),
  ),
  json(
    'a span in two pieces',
    trace(
      newTrace(),
      { kind: 'CLIENT', duration: undefined, tags: { a: '1', b: '1' } },
      {
        id: A,
        timestamp: undefined,
        name: undefined,
        tags: { b: '2', c: '3' },
        annotations: [{ timestamp: START, value: 'ws' }],
        localEndpoint: { serviceName: 'web' },
      },
    ),
  ),
  json(
    'a server that shares an id without saying so',
    trace(
      newTrace(),
      {},
      { parentId: A, kind: 'CLIENT', tags: { error: 'lost' } },
      { id: B, kind: 'SERVER', localEndpoint: db },
    ),
  ),
];

/** What the two servers take differently, on purpose; see differences.mjs. */
export const special = {
  zeroId: one({ id: '0' }),
  numberAsName: one({ name: 5 }),
  flagAsTag: one({ tags: { number: 1, yes: true } }),
  zeroCharacter: one({ name: 'a\u0000b', localEndpoint: { serviceName: 'zero\u0000' } }),
  halfOfMillisecond: json('half of a millisecond', trace('c4', { timestamp: START - 500 })),
  moreText: { name: 'text after the list', body: '[]hello', headers: JSON_TYPE },
};
