/*
 * The traces that every system gets: which span of which service, what the program did to it, and what
 * that is in the terms of Zipkin and of OTLP, written by hand. Times are microseconds after the start of the trace.
 */

/**
 * @typedef {object} Step
 * @property {string} service
 * @property {string} name
 * @property {number} [parent] the index of its parent in the trace
 * @property {number} [follows] the index of a span that it refers to beside its parent
 * @property {boolean} [joins] whether it shares the id of its parent, as Zipkin's servers do
 * @property {number} start
 * @property {number} duration
 * @property {Record<string, unknown>} [tags]
 * @property {{ at: number, fields: Record<string, unknown> }[]} [logs]
 * @property {ZipkinPart} zipkin what Zipkin answers beside ids, times and endpoints of the service
 * @property {OtlpPart} [otlp] what OTLP has beside ids, times, names and kinds
 */

/**
 * @typedef {object} OtlpPart
 * @property {Record<string, unknown>} [attributes] where they are not the tags but for `span.kind`
 * @property {{ at: number, name: string, attributes: Record<string, unknown> }[]} [events]
 * @property {{ code: number, message: string }} [status] 1 is ok, 2 an error
 */

/**
 * @typedef {object} ZipkinPart
 * @property {string} [name] where it is not that of the step
 * @property {string} [service] likewise
 * @property {string} [kind]
 * @property {Record<string, unknown>} [remoteEndpoint]
 * @property {{ at: number, value: string }[]} [annotations]
 * @property {Record<string, string>} [tags]
 */

/**
 * @typedef {object} Scenario
 * @property {string} name
 * @property {boolean} traceId128
 * @property {boolean} joinSpans
 * @property {boolean} debug
 * @property {Step[]} steps
 * @property {{ parent: string, child: string, callCount: number, errorCount?: number }[]} links
 */

/** @type {Scenario} Requests, a database that has no tracer, and a message by a broker. */
export const shop = {
  name: 'a shop: 64-bit ids, requests, a database, a broker',
  traceId128: false,
  joinSpans: false,
  debug: false,
  links: [
    { parent: 'website', child: 'stock', callCount: 1 },
    { parent: 'stock', child: 'postgres', callCount: 1, errorCount: 1 },
    { parent: 'website', child: 'kafka', callCount: 1 },
    { parent: 'kafka', child: 'mailer', callCount: 1 },
  ],
  steps: [
    {
      service: 'website',
      name: 'get /cart',
      start: 0,
      duration: 90_000,
      tags: { 'span.kind': 'server', 'http.method': 'GET', 'http.status_code': 200 },
      zipkin: { kind: 'SERVER', tags: { 'http.method': 'GET', 'http.status_code': '200' } },
    },
    {
      service: 'website',
      name: 'price the cart',
      parent: 0,
      start: 1_000,
      duration: 2_000,
      zipkin: {},
    },
    {
      service: 'website',
      name: 'get',
      parent: 0,
      start: 4_000,
      duration: 40_000,
      tags: {
        'span.kind': 'client',
        'peer.service': 'stock',
        'peer.ipv4': '127.0.0.1',
        'peer.port': 8080,
      },
      zipkin: {
        kind: 'CLIENT',
        remoteEndpoint: { serviceName: 'stock', ipv4: '127.0.0.1', port: 8080 },
      },
    },
    {
      service: 'stock',
      name: 'get /stock',
      parent: 2,
      start: 6_000,
      duration: 35_000,
      tags: { 'span.kind': 'server', 'peer.ipv6': '2001:db8::c001' },
      zipkin: { kind: 'SERVER', remoteEndpoint: { ipv6: '2001:db8::c001' } },
    },
    {
      service: 'stock',
      name: 'select',
      parent: 3,
      start: 8_000,
      duration: 30_000,
      tags: {
        'span.kind': 'client',
        'peer.service': 'postgres',
        'db.statement': 'select * from stock',
        error: true,
      },
      logs: [
        { at: 9_000, fields: { event: 'connected' } },
        { at: 37_000, fields: { event: 'error', message: 'the connection was lost' } },
      ],
      zipkin: {
        kind: 'CLIENT',
        remoteEndpoint: { serviceName: 'postgres' },
        annotations: [
          { at: 9_000, value: 'connected' },
          { at: 37_000, value: 'event=error message=the connection was lost' },
        ],
        tags: { 'db.statement': 'select * from stock', error: 'the connection was lost' },
      },
      otlp: {
        attributes: { 'peer.service': 'postgres', 'db.statement': 'select * from stock' },
        status: { code: 2, message: 'the connection was lost' },
        events: [
          { at: 9_000, name: 'connected', attributes: {} },
          {
            at: 37_000,
            name: 'exception',
            attributes: { 'exception.message': 'the connection was lost' },
          },
        ],
      },
    },
    {
      service: 'website',
      name: 'send',
      parent: 0,
      start: 50_000,
      duration: 3_000,
      tags: {
        'span.kind': 'producer',
        'peer.service': 'kafka',
        'message_bus.destination': 'mails',
      },
      zipkin: {
        kind: 'PRODUCER',
        remoteEndpoint: { serviceName: 'kafka' },
        tags: { 'message_bus.destination': 'mails' },
      },
    },
    {
      service: 'mailer',
      name: 'receive',
      parent: 5,
      follows: 1,
      start: 120_000,
      duration: 8_000,
      tags: { 'span.kind': 'consumer', 'peer.service': 'kafka' },
      zipkin: { kind: 'CONSUMER', remoteEndpoint: { serviceName: 'kafka' } },
    },
  ],
};

/** @type {Scenario} A server that joins the span of its client, under the debug flag. */
const joined = {
  name: '128-bit ids, a span shared by client and server, the debug flag',
  traceId128: true,
  joinSpans: true,
  debug: true,
  links: [{ parent: 'edge', child: 'auth', callCount: 1 }],
  steps: [
    {
      service: 'edge',
      name: 'post /login',
      start: 0,
      duration: 20_000,
      tags: { 'span.kind': 'server' },
      zipkin: { kind: 'SERVER' },
    },
    {
      service: 'edge',
      name: 'post',
      parent: 0,
      start: 1_000,
      duration: 15_000,
      tags: { 'span.kind': 'client', 'peer.service': 'auth' },
      zipkin: { kind: 'CLIENT', remoteEndpoint: { serviceName: 'auth' } },
    },
    {
      service: 'auth',
      name: 'post /token',
      parent: 1,
      joins: true,
      start: 2_000,
      duration: 12_000,
      tags: { 'span.kind': 'server' },
      zipkin: { kind: 'SERVER' },
    },
    {
      service: 'auth',
      name: 'hash',
      parent: 2,
      start: 3_000,
      duration: 10_000,
      zipkin: {},
    },
  ],
};

/** @type {Scenario} What is allowed and rare. */
const rare = {
  name: 'rare values: scripts of the world, long text, no duration, values that are no text',
  traceId128: true,
  joinSpans: false,
  debug: false,
  links: [],
  steps: [
    {
      service: 'Küche-東京',
      name: 'BACKEN 🥖 "frisch"',
      start: 0,
      duration: 0,
      tags: {
        'span.kind': 'something else',
        'Größe\t': 'zwei\nZeilen \\ "zitiert" 𝄞',
        empty: '',
        long: 'é'.repeat(20_000),
        error: false,
        count: 1.5,
        flag: true,
        list: ['a', 1],
        nothing: null,
      },
      logs: [
        { at: 2, fields: { event: 'zweitens' } },
        { at: 1, fields: { stage: 'erstens', attempt: 1 } },
      ],
      zipkin: {
        name: 'backen 🥖 "frisch"',
        service: 'küche-東京',
        annotations: [
          { at: 1, value: 'stage=erstens attempt=1' },
          { at: 2, value: 'zweitens' },
        ],
        tags: {
          'span.kind': 'something else',
          'Größe\t': 'zwei\nZeilen \\ "zitiert" 𝄞',
          empty: '',
          long: 'é'.repeat(20_000),
          count: '1.5',
          flag: 'true',
          list: '["a",1]',
        },
      },
      otlp: {
        attributes: {
          'span.kind': 'something else',
          'Größe\t': 'zwei\nZeilen \\ "zitiert" 𝄞',
          empty: '',
          long: 'é'.repeat(20_000),
          count: 1.5,
          flag: true,
          list: ['a', 1],
        },
        status: { code: 1, message: '' },
        events: [
          { at: 1, name: 'log', attributes: { stage: 'erstens', attempt: 1 } },
          { at: 2, name: 'zweitens', attributes: {} },
        ],
      },
    },
  ],
};

/** @type {readonly Scenario[]} */
export const scenarios = [shop, joined, rare];
