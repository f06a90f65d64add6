/** Of the tracer of jaeger-client: what it tags a root with. */
const JAEGER_ROOT = { 'sampler.type': 'const', 'sampler.param': true };

/** The parents of the spans of `own-tracers-with-scopes.cjs`. */
const OWN_TRACER = {
  outer: null,
  inner: 'outer',
  middle: 'outer',
  innermost: 'middle',
  root: null,
  after: null,
};

/** What each program prints with the original `opentracing@0.14.7`. */
export const EXPECTED = {
  'jaeger-client.cjs': {
    spans: {
      'order of a book': {
        parent: null,
        tags: JAEGER_ROOT,
        logs: [{ event: 'baggage', key: 'customer', value: 'Ada Löve' }],
      },
      'GET stock': {
        parent: 'order of a book',
        tags: { 'span.kind': 'client', 'http.method': 'GET', 'http.status_code': 200 },
      },
      stock: {
        parent: 'GET stock',
        tags: { 'span.kind': 'server' },
        logs: [{ event: 'asked', payload: { customer: 'Ada Löve' } }],
      },
      restock: {
        parent: 'stock',
        references: ['follows_from'],
        tags: { error: true },
        logs: [{ event: 'error', message: 'nothing left' }],
      },
    },
    customer: 'Ada Löve',
    injected: ['uber-trace-id', 'uberctx-customer'],
    orderTook: 1000,
    oneCopyOfTheApi: true,
    disabled: true,
  },
  'lightstep-tracer.cjs': {
    spans: {
      job: { parent: null, took: 50_000, tags: { deployment: 'test', component: 'queue' } },
      step: {
        parent: 'job',
        took: 20_000,
        tags: { deployment: 'test', attempt: '1', error: 'true' },
        logs: [{ event: 'error', message: 'too slow' }],
      },
      'next job': { parent: 'job', took: 10_000, tags: { deployment: 'test' } },
    },
    tenant: 'a',
    injected: [
      ...['ot-baggage-tenant', 'ot-tracer-sampled'],
      ...['ot-tracer-spanid', 'ot-tracer-traceid'],
    ],
    nothing: null,
    errors: [],
    isATracer: true,
  },
  'instana-core.cjs': {
    spans: {
      order: { parent: null, errors: 0, type: 'entry' },
      'node.http.server': { parent: 'order', errors: 0, status: 200 },
      reserve: {
        parent: 'node.http.server',
        errors: 0,
        type: 'local',
        tags: { item: 'book' },
        logs: { 1600000000000: { event: 'found' } },
      },
      'ship a book': { parent: 'reserve', errors: 1, type: 'local' },
    },
    tenant: 'ä',
    injected: ['x-instana-b-tenant', 'x-instana-l', 'x-instana-s', 'x-instana-t'],
    took: 1000,
  },
  'zipkin-javascript-opentracing.cjs': {
    spans: {
      serve: {
        parent: null,
        kind: 'CLIENT',
        service: 'waiter',
        tags: { 'http.status_code': '200' },
      },
      cook: {
        parent: 'serve',
        kind: 'SERVER',
        service: 'kitchen',
        tags: { dish: 'soup' },
        annotations: ['boiling'],
      },
    },
    dish: 'soup',
    injected: ['x-b3-parentspanid', 'x-b3-sampled', 'x-b3-spanid', 'x-b3-traceid'],
    nothing: null,
    formats: ['text_map', 'http_headers', 'binary'],
  },
  'apollo-opentracing.cjs': {
    spans: {
      caller: { parent: null, tags: JAEGER_ROOT },
      request: { parent: 'caller', tags: { 'graphql.variables': true, error: true } },
      book: { parent: 'request' },
      title: { parent: 'book' },
      author: { parent: 'book' },
      query: { parent: 'author' },
      name: { parent: 'author', logs: [{ event: 'error', message: 'unknown' }] },
    },
    errors: ['unknown'],
  },
  'express-opentracing.cjs': {
    spans: {
      caller: { parent: null, tags: JAEGER_ROOT },
      '/users/:id': {
        parent: 'caller',
        tags: {
          'http.method': 'GET',
          'span.kind': 'server',
          'http.url': '/users/7',
          'http.status_code': 200,
        },
        // The middleware hears of the end of a response twice.
        logs: [
          { event: 'request_received' },
          { event: 'request_finished' },
          { event: 'request_finished' },
        ],
      },
      query: { parent: '/users/:id', tags: { 'db.type': 'sql' } },
      '/broken': {
        parent: null,
        tags: {
          ...JAEGER_ROOT,
          'http.method': 'GET',
          'span.kind': 'server',
          'http.url': '/broken',
          'http.status_code': 500,
          error: true,
          'sampling.priority': 1,
        },
        logs: [
          { event: 'request_received' },
          { event: 'request_finished' },
          { event: 'request_finished' },
        ],
      },
    },
    answer: { id: '7' },
    statuses: [200, 500],
    callersTrace: true,
  },
};

/** What `typescript.ts` prints with it. */
export const EXPECTED_OF_TYPESCRIPT = {
  own: {
    spans: [
      { name: 'root', parents: [], tags: { component: 'program' }, logs: [], finished: 3 },
      {
        name: 'work',
        parents: ['child_of 0'],
        tags: { a: 1 },
        logs: [[{ event: 'worked' }, 2]],
      },
      {
        name: 'work behind it',
        parents: ['follows_from 0'],
        tags: {},
        logs: [[{ event: 'asked', payload: { b: 2 } }, null]],
      },
      {
        name: 'work',
        parents: ['child_of 0'],
        tags: { error: true },
        logs: [[{ event: 'error', message: 'Error: expected' }, null]],
      },
    ],
    carriers: [{ id: '0' }, [0]],
    extracted: 'the trace 0',
    nothing: null,
    baggage: 'value',
    same: [true, true, true],
  },
  mock: { names: ['parent', 'child'], found: 'child', finished: true },
};

/** The request that the page of `elastic-apm-rum-core.mjs` answers to. */
export const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** What that page reports, and what its agent sends. */
export const EXPECTED_OF_ELASTIC = {
  report: { request: '0af7651916cd43dd8448eb211c80319c', nothing: null, isATracer: true },
  transaction: { name: 'checkout', type: 'click', user: { id: 'u7' } },
  spans: {
    pay: { parent: 'checkout', type: 'app', tags: { http_method: 'POST' } },
    'print the receipt': { parent: 'pay', type: 'custom' },
    mail: { parent: 'checkout', type: 'custom' },
  },
  error: { message: 'no paper', transaction: 'checkout' },
};

/** What `elastic-apm-rum-core-with-scopes.mjs` reports and sends. */
export const EXPECTED_OF_SCOPED_ELASTIC = {
  report: { active: null },
  transaction: { name: 'checkout', type: 'click' },
  spans: {
    pay: { parent: 'checkout', type: 'custom' },
    'print the receipt': { parent: 'pay', type: 'custom' },
  },
  error: {},
};

/** What the programs print that use the scopes which they gained. */
export const EXPECTED_OF_SCOPES = {
  'jaeger-client-with-scopes.cjs': {
    spans: {
      all: { parent: null, tags: JAEGER_ROOT },
      'ask /a': { parent: 'all' },
      'ask /b': { parent: 'all' },
      'answer /a': { parent: 'ask /a' },
      'answer /b': { parent: 'ask /b' },
      'query /a': { parent: 'answer /a' },
      'query /b': { parent: 'answer /b' },
    },
    during: true,
    after: null,
  },
  'express-opentracing-with-scopes.cjs': {
    spans: {
      '/a': { parent: null },
      'read /a': { parent: '/a' },
      'query /a': { parent: 'read /a' },
      'render /a': { parent: '/a' },
      '/b': { parent: null },
      'read /b': { parent: '/b' },
      'query /b': { parent: 'read /b' },
      'render /b': { parent: '/b' },
    },
    active: null,
  },
  'zipkin-javascript-opentracing-with-scopes.cjs': {
    spans: {
      serve: { parent: null, tags: { table: '4' } },
      'cut bread': { parent: 'serve' },
      'pour water': { parent: 'serve' },
      carry: { parent: 'serve' },
      thank: { parent: 'carry' },
    },
    active: null,
  },
  'own-tracers-with-scopes.cjs': { lightstep: OWN_TRACER, instana: OWN_TRACER },
};

/** What `typescript-with-scopes.ts` prints: spans and their parents. */
export const EXPECTED_OF_SCOPED_TYPESCRIPT = [
  ['asked for', 'asked'],
  ['fetched', 'asked'],
  ['asked', 'outermost'],
  ['fetched', 'outermost'],
  ['outermost', null],
];
