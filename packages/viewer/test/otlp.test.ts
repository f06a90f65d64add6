import { gzipSync } from 'node:zlib';
import { followsFrom } from 'opentracing-ts';
import { BasicTracer, InMemoryRecorder } from 'opentracing-ts/basictracer';
import { encodeOtlp } from 'opentracing-ts/exporters';
import { createOtlpTracer, type OtlpTracerOptions } from 'opentracing-ts/otlp';
import { describe, expect, it } from 'vitest';
import { get, type Json, testCollector } from './support/collector.js';

const TRACE = '5b8efff798038103d269b633813fc60c';
const SPAN = 'eee19b7ec3c1b174';
const START = 1_544_712_660_000_000;

interface Answer {
  status: number;
  type: string | null;
  text: string;
}

async function send(
  { url }: { url: string },
  body: string | Uint8Array<ArrayBuffer> | Json,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
  });
  const type = response.headers.get('content-type');
  return { status: response.status, type, text: await response.text() };
}

/** A request with one resource and one scope. */
function request(spans: unknown[], resource: Json[] = [text('service.name', 'Shop')]): Json {
  return { resourceSpans: [{ resource: { attributes: resource }, scopeSpans: [{ spans }] }] };
}

/** A span that is good as it is, with the fields given. */
function span(fields: Json = {}): Json {
  return {
    traceId: TRACE,
    spanId: SPAN,
    name: 'bake',
    kind: 1,
    startTimeUnixNano: `${START}000`,
    endTimeUnixNano: `${START + 1_000}999`,
    ...fields,
  };
}

function text(key: string, value: string): Json {
  return { key, value: { stringValue: value } };
}

/** The key and the length of a message of protobuf. */
function delimited(key: number, length: number): Buffer {
  const bytes = [key];
  let rest = length;
  for (; rest > 0x7f; rest >>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}

/** The one span of the trace, as Zipkin's API answers it. */
async function stored(collector: { url: string }): Promise<Json> {
  const { json } = await get(collector, `/api/v2/trace/${TRACE}`);
  const [only, ...others] = json as Json[];
  expect(others).toEqual([]);
  return only ?? {};
}

/** What becomes of a span with these fields. */
async function read(fields: Json, resource?: Json[]): Promise<Json> {
  const collector = await testCollector();
  expect(await send(collector, request([span(fields)], resource))).toEqual({
    status: 200,
    type: 'application/json',
    text: '{}',
  });
  return stored(collector);
}

const plain = {
  traceId: TRACE,
  id: SPAN,
  name: 'bake',
  timestamp: START,
  duration: 1_000,
  localEndpoint: { serviceName: 'shop' },
};

describe('a span sent by OTLP', () => {
  it('is a span of Zipkin, with its times in whole microseconds', async () => {
    expect(await read({})).toEqual(plain);
  });

  it.each([
    ['parentSpanId', { parentSpanId: '00F067AA0BA902B7' }, { parentId: '00f067aa0ba902b7' }],
    ['no parentSpanId in an empty one', { parentSpanId: '' }, {}],
    ['ids in upper case', { traceId: TRACE.toUpperCase(), spanId: SPAN.toUpperCase() }, {}],
    ['times that are numbers', { startTimeUnixNano: START * 1000 }, {}],
    ['the kind server', { kind: 2 }, { kind: 'SERVER' }],
    ['the kind client', { kind: 3 }, { kind: 'CLIENT' }],
    ['the kind producer', { kind: 'SPAN_KIND_PRODUCER' }, { kind: 'PRODUCER' }],
    ['the kind consumer', { kind: 'SPAN_KIND_CONSUMER' }, { kind: 'CONSUMER' }],
    ['the kind internal as none', { kind: 'SPAN_KIND_INTERNAL' }, {}],
    ['a kind of the future as none', { kind: 77 }, {}],
    ['fields of null as absent', { attributes: null, events: null, status: null }, {}],
    ['no unknown fields', { wings: 2, status: { feathers: true } }, {}],
    [
      'a span that never ended as one without a duration',
      { endTimeUnixNano: '0' },
      { duration: undefined },
    ],
    ['an end before the start as no duration', { endTimeUnixNano: '9' }, { duration: undefined }],
    ['an end at the start as one microsecond', { endTimeUnixNano: `${START}000` }, { duration: 1 }],
    ['the status ok', { status: { code: 1 } }, { tags: { 'otel.status_code': 'OK' } }],
    [
      'an error with its message',
      { status: { code: 2, message: 'burnt' } },
      { tags: { 'otel.status_code': 'ERROR', error: 'burnt' } },
    ],
    [
      'an error without a message',
      { status: { code: 'STATUS_CODE_ERROR' } },
      { tags: { 'otel.status_code': 'ERROR', error: '' } },
    ],
    [
      'no tag of an error that was none',
      { attributes: [{ key: 'error', value: { boolValue: false } }] },
      {},
    ],
    ['the trace state', { traceState: 'a=1,b=2' }, { tags: { 'w3c.tracestate': 'a=1,b=2' } }],
    [
      'counts of what was dropped',
      { droppedAttributesCount: 1, droppedEventsCount: 2, droppedLinksCount: 3 },
      {
        tags: {
          'otel.dropped_attributes_count': '1',
          'otel.dropped_events_count': '2',
          'otel.dropped_links_count': '3',
        },
      },
    ],
    [
      'events, those with attributes as a name and JSON',
      {
        events: [
          {
            timeUnixNano: `${START + 2}000`,
            name: 'exception',
            attributes: [text('exception.type', 'Oh')],
          },
          { timeUnixNano: `${START + 1}000`, name: 'kneaded' },
          { timeUnixNano: `${START + 3}000`, name: 'cut', droppedAttributesCount: 2 },
        ],
      },
      {
        annotations: [
          { timestamp: START + 1, value: 'kneaded' },
          { timestamp: START + 2, value: '"exception": {"exception.type":"Oh"}' },
          { timestamp: START + 3, value: '"cut": {"otel.dropped_attributes_count":2}' },
        ],
      },
    ],
    [
      'links as tags',
      {
        links: [
          { traceId: TRACE, spanId: SPAN, traceState: 'a=1', attributes: [text('why', 'batch')] },
          { traceId: TRACE, spanId: SPAN },
        ],
      },
      {
        tags: {
          'otlp.link.0': `${TRACE}|${SPAN}|a=1|{"why":"batch"}|0`,
          'otlp.link.1': `${TRACE}|${SPAN}||{}|0`,
        },
      },
    ],
  ])('has %s', async (_, sent, expected: Json) => {
    expect(await read(sent)).toEqual(JSON.parse(JSON.stringify({ ...plain, ...expected })));
  });

  it('has its attributes as text', async () => {
    const { tags } = await read({
      attributes: [
        text('text', 'é'),
        { key: 'yes', value: { boolValue: true } },
        { key: 'whole', value: { intValue: '42' } },
        { key: 'number', value: { intValue: 43 } },
        { key: 'huge', value: { intValue: '9223372036854775807' } },
        { key: 'double', value: { doubleValue: 0.5 } },
        { key: 'strange', value: { doubleValue: 'NaN' } },
        { key: 'bytes', value: { bytesValue: 'AQI=' } },
        {
          key: 'list',
          value: { arrayValue: { values: [{ stringValue: 'a' }, { intValue: '1' }] } },
        },
        { key: 'map', value: { kvlistValue: { values: [text('a', 'b')] } } },
        { key: 'nothing', value: {} },
        { key: 'null', value: null },
        text('__proto__', 'own'),
      ],
    });
    expect(Object.entries(tags as Json)).toEqual([
      ['text', 'é'],
      ['yes', 'true'],
      ['whole', '42'],
      ['number', '43'],
      ['huge', '9223372036854775807'],
      ['double', '0.5'],
      ['strange', 'NaN'],
      ['bytes', 'AQI='],
      ['list', '["a",1]'],
      ['map', '{"a":"b"}'],
      ['nothing', ''],
      ['null', ''],
      ['__proto__', 'own'],
    ]);
  });

  it('has the attributes of its resource and scope too, and its own win', async () => {
    const collector = await testCollector();
    const resource = [text('service.name', 'Shop'), text('host.name', 'h'), text('zone', 'far')];
    await send(collector, {
      resourceSpans: [
        {
          resource: { attributes: resource },
          scopeSpans: [
            {
              scope: { name: 'oven', version: '2', attributes: [text('heat', 'top')] },
              spans: [span({ attributes: [text('zone', 'near')] })],
            },
          ],
        },
      ],
    });
    expect(await stored(collector)).toEqual({
      ...plain,
      tags: {
        'host.name': 'h',
        zone: 'near',
        'otel.scope.name': 'oven',
        'otel.scope.version': '2',
        'otel.scope.heat': 'top',
      },
    });
  });

  it('is of an unknown service without a name', async () => {
    expect((await read({}, [])).localEndpoint).toEqual({ serviceName: 'unknown_service' });
  });

  it.each<[string, number, Json, Json | undefined]>([
    [
      'peer.service before all',
      3,
      { 'peer.service': 'DB', 'server.address': 'h' },
      { serviceName: 'db' },
    ],
    [
      'server.address and its port',
      3,
      { 'server.address': 'h', 'server.port': 80 },
      { serviceName: 'h', port: 80 },
    ],
    [
      'the name and the address of the peer',
      4,
      { 'server.address': 'h', 'network.peer.address': '10.0.0.1', 'network.peer.port': 9092 },
      { serviceName: 'h', ipv4: '10.0.0.1', port: 9092 },
    ],
    [
      'an address where a name is usual',
      3,
      { 'server.address': '::1', 'server.port': '53' },
      { ipv6: '::1', port: 53 },
    ],
    ['older names', 3, { 'net.peer.name': 'h', 'net.peer.port': 1 }, { serviceName: 'h', port: 1 }],
    ['still older names', 3, { 'net.peer.ip': '10.0.0.2' }, { ipv4: '10.0.0.2' }],
    [
      'names of OpenTracing',
      3,
      { 'peer.hostname': 'h', 'peer.ipv4': '10.0.0.3' },
      { serviceName: 'h', ipv4: '10.0.0.3' },
    ],
    ['the name of a database', 3, { 'db.name': 'orders' }, { serviceName: 'orders' }],
    ['the broker of a consumer', 5, { 'server.address': 'kafka' }, { serviceName: 'kafka' }],
    ['no path of a socket', 3, { 'network.peer.address': '/tmp/s' }, undefined],
    [
      'no port that is none',
      3,
      { 'server.address': 'h', 'server.port': 99_999 },
      { serviceName: 'h' },
    ],
    ['a port alone', 3, { 'network.peer.port': 7 }, { port: 7 }],
    [
      'the client of a server, by its address',
      2,
      { 'server.address': 'me', 'client.address': '10.0.0.4', 'client.port': 5 },
      { ipv4: '10.0.0.4', port: 5 },
    ],
    ['no name of a host for the client of a server', 2, { 'client.address': 'laptop' }, undefined],
    ['nothing for work inside of a program', 1, { 'server.address': 'h' }, undefined],
    ['what work inside of a program says itself', 1, { 'peer.service': 'x' }, { serviceName: 'x' }],
  ])('knows the other side by %s', async (_, kind, attributes, remote) => {
    const { remoteEndpoint } = await read({
      kind,
      attributes: Object.entries(attributes).map(([key, value]) => ({
        key,
        value: typeof value === 'number' ? { intValue: value } : { stringValue: value },
      })),
    });
    expect(remoteEndpoint).toEqual(remote);
  });
});

describe('POST /v1/traces', () => {
  it.each<[string, OtlpTracerOptions]>([
    ['protobuf', { serviceName: 'shop', encoding: 'protobuf' }],
    ['protobuf in gzip', { serviceName: 'shop', encoding: 'protobuf', compression: 'gzip' }],
    ['JSON', { serviceName: 'shop', encoding: 'json' }],
    ['JSON in gzip', { serviceName: 'shop', encoding: 'json', compression: 'gzip' }],
  ])('takes %s from a tracer', async (_, options) => {
    const collector = await testCollector();
    const errors: Error[] = [];
    const tracer = createOtlpTracer({
      ...options,
      url: `${collector.url}/v1/traces`,
      onError: (error) => errors.push(error),
    });
    const root = tracer.startSpan('Bake', { tags: { 'span.kind': 'server' } });
    const client = tracer.startSpan('SELECT', {
      childOf: root,
      tags: { 'span.kind': 'client', 'peer.service': 'mysql', rows: 3, ratio: 0.5, list: ['a', 1] },
    });
    client.log({ event: 'error', message: 'no flour', stack: 'at home' });
    client.setTag('error', true);
    client.setTag('least', -9_223_372_036_854_775_808n);
    client.finish();
    // Only what is long enough is compressed.
    root.setTag('long', 'x'.repeat(2_000)).finish();
    await tracer.close();
    expect(errors).toEqual([]);
    expect(collector.added).toEqual({ spans: 2, traces: 1, errors: 1 });
    const { json } = await get(collector, `/api/v2/trace/${root.context().toTraceId()}`);
    expect(json).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          id: root.context().toSpanId(),
          kind: 'SERVER',
          name: 'bake',
          localEndpoint: { serviceName: 'shop' },
        }),
        expect.objectContaining({
          parentId: root.context().toSpanId(),
          kind: 'CLIENT',
          remoteEndpoint: { serviceName: 'mysql' },
          annotations: [
            {
              timestamp: expect.any(Number),
              value:
                '"exception": {"exception.message":"no flour","exception.stacktrace":"at home"}',
            },
          ],
          tags: expect.objectContaining({
            rows: '3',
            ratio: '0.5',
            list: '["a",1]',
            least: '-9223372036854775808',
            error: 'no flour',
            'telemetry.sdk.name': 'opentracing-ts',
          }),
        }),
      ]),
    );
  });

  it.each(['application/json', 'application/x-protobuf', 'application/json; charset=utf-8'])(
    'takes an empty body of %s',
    async (type) => {
      const collector = await testCollector();
      const [answered] = type.split(';');
      const answer = await send(collector, '', { 'content-type': type });
      expect(answer).toEqual({
        status: 200,
        type: answered,
        text: answered === 'application/json' ? '{}' : '',
      });
    },
  );

  it('keeps the good spans of a request, and says how many it rejected and why', async () => {
    const collector = await testCollector();
    const bad = [
      { traceId: '' },
      { traceId: '0'.repeat(32) },
      { traceId: 'W47/95gDgQPSabYzgTxiDA==' },
      { spanId: undefined },
      { spanId: 12 },
      { kind: 'SPAN_KIND_BAKER' },
      { startTimeUnixNano: '-1' },
      { startTimeUnixNano: 1.5 },
      { endTimeUnixNano: 'late' },
      { attributes: {} },
      { attributes: [1] },
      { attributes: [{ key: 1 }] },
      { events: [{ timeUnixNano: [] }] },
      { links: 'none' },
      { status: [] },
      { name: {} },
    ].map(span);
    const { status, text: body } = await send(collector, request([...bad, span(), 'span', null]));
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({
      partialSuccess: {
        rejectedSpans: String(bad.length + 2),
        errorMessage: 'span 0: traceId is empty',
      },
    });
    expect(collector.added.spans).toBe(1);
    expect(await stored(collector)).toEqual(plain);
  });

  it.each([
    ['no JSON', 'hello', 'the body is not JSON, and an ExportTraceServiceRequest'],
    ['a list', '[]', 'the body must be an object'],
    ['an object in place of a list', '{"resourceSpans":{}}', 'resourceSpans must be a list'],
    ['scopes that are text', '{"resourceSpans":[{"scopeSpans":"x"}]}', 'scopeSpans must be a list'],
    [
      'a resource of the wrong form',
      '{"resourceSpans":[{"resource":{"attributes":3}}]}',
      'resource must be',
    ],
  ])('refuses %s with 400 and a status in JSON', async (_, body, says) => {
    const collector = await testCollector();
    const answer = await send(collector, body);
    expect(answer).toMatchObject({ status: 400, type: 'application/json' });
    expect(JSON.parse(answer.text).message).toContain(says);
  });

  it('refuses bad gzip and too much in the encoding of the request', async () => {
    const collector = await testCollector();
    const proto = { 'content-type': 'application/x-protobuf' };
    const gzip = { 'content-encoding': 'gzip' };
    expect(await send(collector, '{}', gzip)).toEqual({
      status: 400,
      type: 'application/json',
      text: '{"message":"the body is not valid gzip"}',
    });
    const sentence = 'the body is not valid gzip';
    expect(await send(collector, '{}', { ...proto, ...gzip })).toEqual({
      status: 400,
      type: 'application/x-protobuf',
      text: `\u0012${String.fromCharCode(sentence.length)}${sentence}`,
    });
    const bomb = Uint8Array.from(gzipSync(Buffer.alloc(10 * 1024 * 1024 + 1, ' ')));
    const refused = await send(collector, bomb, gzip);
    expect(refused).toMatchObject({ status: 413, type: 'application/json' });
  });

  it('refuses other types with 415, other methods with 405, and other signals with 404', async () => {
    const collector = await testCollector();
    const answer = await send(collector, '{}', { 'content-type': 'text/plain' });
    expect(answer).toMatchObject({ status: 415 });
    expect(answer.text).toBe(
      'the content type text/plain is not taken: send application/x-protobuf or application/json',
    );
    expect((await get(collector, '/v1/traces')).status).toBe(405);
    expect(await get(collector, '/v1/metrics')).toMatchObject({
      status: 404,
      text: 'metrics are not kept here: set OTEL_METRICS_EXPORTER=none',
    });
  });

  it('refuses protobuf wherever it is cut off, and answers whichever byte is another one', async () => {
    const collector = await testCollector();
    const recorder = new InMemoryRecorder();
    const tracer = new BasicTracer({ recorder });
    const root = tracer.startSpan('bake', { tags: { list: ['a', 1.5], least: -1n, flag: true } });
    root.log({ event: 'risen', height: 3 });
    tracer.startSpan('eat', { references: [followsFrom(root.context())] }).finish();
    root.setTag('error', true).finish();
    const whole = Uint8Array.from(encodeOtlp(recorder.spans, { serviceName: 'shop' }));
    const type = { 'content-type': 'application/x-protobuf' };
    for (let length = 1; length < whole.length; length++) {
      const { status, text: says } = await send(collector, whole.slice(0, length), type);
      expect(status).toBe(400);
      expect(says).toContain('the body is not valid protobuf at byte');
    }
    expect(collector.added.spans).toBe(0);
    for (let at = 0; at < whole.length; at++) {
      const changed = whole.map((byte, index) => (index === at ? byte ^ 0x87 : byte));
      expect([200, 400]).toContain((await send(collector, changed, type)).status);
    }
    expect((await send(collector, whole, type)).status).toBe(200);
  });

  it('takes attributes of the scope and counts of events from protobuf, too', async () => {
    const collector = await testCollector();
    const message = (field: number, ...parts: Uint8Array[]) => {
      const body = Buffer.concat(parts);
      return Buffer.concat([delimited((field << 3) | 2, body.length), body]);
    };
    const value = message(2, message(1, Buffer.from('top')));
    const scope = message(
      1,
      message(1, Buffer.from('oven')),
      message(3, message(1, Buffer.from('heat')), value),
    );
    const event = message(11, message(2, Buffer.from('cut')), Buffer.from([0x20, 2]));
    const ids = [message(1, Buffer.from(TRACE, 'hex')), message(2, Buffer.from(SPAN, 'hex'))];
    const body = message(1, message(2, scope, message(2, ...ids, event)));
    const type = { 'content-type': 'application/x-protobuf' };
    expect((await send(collector, Uint8Array.from(body), type)).status).toBe(200);
    expect(await stored(collector)).toMatchObject({
      annotations: [{ timestamp: 0, value: '"cut": {"otel.dropped_attributes_count":2}' }],
      tags: { 'otel.scope.name': 'oven', 'otel.scope.heat': 'top' },
    });
  });

  it('refuses protobuf whose values are nested without end', async () => {
    const collector = await testCollector();
    let value = Buffer.alloc(0);
    for (let i = 0; i < 5_000; i++) {
      // An AnyValue with a list of one.
      for (const field of [0x0a, 0x2a])
        value = Buffer.concat([delimited(field, value.length), value]);
    }
    for (const field of [0x12, 0x4a, 0x12, 0x12, 0x0a]) {
      value = Buffer.concat([delimited(field, value.length), value]);
    }
    const type = { 'content-type': 'application/x-protobuf' };
    const { status, text: says } = await send(collector, Uint8Array.from(value), type);
    expect(status).toBe(400);
    expect(says).toContain('the protobuf messages are nested more than 100 deep');
  });

  it('refuses values in values without end', async () => {
    const collector = await testCollector();
    let value: Json = { stringValue: 'x' };
    for (let i = 0; i < 1_000; i++) value = { arrayValue: { values: [value] } };
    const { text: body } = await send(
      collector,
      request([span({ attributes: [{ key: 'deep', value }] })]),
    );
    expect(JSON.parse(body).partialSuccess.errorMessage).toBe(
      'span 0: attributes are nested more than 32 deep',
    );
  });

  it('lets programs in browsers on this machine send spans, and no others', async () => {
    const collector = await testCollector();
    const preflight = await fetch(`${collector.url}/v1/traces`, {
      method: 'OPTIONS',
      headers: {
        origin: 'http://localhost:5173',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('http://localhost:5173');
    expect(preflight.headers.get('access-control-allow-headers')).toBe('content-type');
    const foreign = await send(collector, request([span()]), { origin: 'https://evil.example' });
    expect(foreign.status).toBe(403);
    expect(collector.added.spans).toBe(0);
  });
});
