import fc from 'fast-check';
import { expect, it } from 'vitest';
import { normalizeSpan } from '../src/model/normalize.js';
import { otlpOf } from '../src/model/otlp-json.js';
import { readOtlp } from '../src/model/otlp-read.js';
import type { Span } from '../src/model/span.js';
import { FIXTURES, fixture, get, type Json, post, testCollector } from './support/collector.js';

async function sendOtlp(collector: { url: string }, spans: Span[]): Promise<string> {
  const response = await fetch(`${collector.url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(otlpOf(spans)),
  });
  return response.text();
}

/** Without the tags that a span gains on its way through OTLP. */
function comparable({ tags, ...rest }: Span): Json {
  const {
    'peer.service': _1,
    'network.peer.address': _2,
    'network.peer.port': _3,
    'network.local.address': _4,
    'network.local.port': _5,
    'otel.status_code': _6,
    ...kept
  } = tags ?? {};
  const localEndpoint = { serviceName: 'unknown_service', ...rest.localEndpoint };
  return { ...rest, localEndpoint, tags: kept };
}

it.each(FIXTURES)('gives the real trace %s on to a collector of OTLP', async (name) => {
  const [first, second] = [await testCollector(), await testCollector()];
  const trace = await fixture(name);
  await post(first, trace);
  const path = `/api/v2/trace/${trace[0]?.traceId}`;
  const spans = (await get(first, path)).json as Span[];
  expect(await sendOtlp(second, spans)).toBe('{}');
  const again = (await get(second, path)).json as Span[];
  const lasting = spans.map((each) =>
    comparable(each.timestamp === undefined ? each : { ...each, duration: each.duration ?? 1 }),
  );
  expect(again.map(comparable)).toEqual(lasting);
});

it('groups spans by program and instrumentation', () => {
  const of = (id: string, serviceName: string, tags: Record<string, string>): Span => ({
    traceId: 'a1'.padStart(16, '0'),
    id: id.padStart(16, '0'),
    localEndpoint: { serviceName },
    tags,
  });
  const { resourceSpans } = otlpOf([
    of('1', 'shop', { 'host.name': 'h', 'otel.scope.name': 'http' }),
    of('2', 'shop', { 'otel.scope.name': 'http' }),
    of('3', 'shop', { 'otel.scope.name': 'db', 'otel.scope.version': '1' }),
    of('4', 'shop', { 'host.name': 'h', 'otel.scope.name': 'http', more: 'x' }),
  ]);
  const string = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const ids = resourceSpans.map(({ resource, scopeSpans }) => ({
    resource: resource.attributes,
    scopes: scopeSpans.map(({ scope, spans }) => [
      scope,
      ...spans.map(({ spanId }) => spanId.at(-1)),
    ]),
  }));
  expect(ids).toEqual([
    {
      resource: [string('service.name', 'shop'), string('host.name', 'h')],
      scopes: [[{ name: 'http' }, '1', '4']],
    },
    {
      resource: [string('service.name', 'shop')],
      scopes: [
        [{ name: 'http' }, '2'],
        [{ name: 'db', version: '1' }, '3'],
      ],
    },
  ]);
  expect(otlpOf([])).toEqual({ resourceSpans: [] });
});

it('writes every part of a span', () => {
  const whole: Span = {
    traceId: '00000000000000a1',
    id: '00000000000000b1',
    name: 'get',
    timestamp: 1_700_000_000_000_000,
    duration: 1_000,
    parentId: '00000000000000b0',
    kind: 'CLIENT',
    debug: true,
    annotations: [
      { timestamp: -1, value: 'early' },
      { timestamp: 1_700_000_000_000_001, value: '"retry": {"count":2,"why":["slow",null,0.5]}' },
      { timestamp: 1_700_000_000_000_002, value: '"odd": {}}' },
    ],
    remoteEndpoint: { serviceName: 'mysql', ipv4: '10.0.0.1', port: 3306 },
    tags: {
      error: 'gone',
      'http.method': 'GET',
      'w3c.tracestate': 'a=1',
      'otel.dropped_attributes_count': '4',
      'otlp.link.0': `${'a1'.padStart(32, '0')}|00000000000000b9|b=2|{"x":true}|5`,
      'otlp.link.next': 'no link',
    },
  };
  const [resource] = otlpOf([whole]).resourceSpans;
  expect(resource?.scopeSpans[0]?.spans).toEqual([
    {
      traceId: '000000000000000000000000000000a1',
      spanId: '00000000000000b1',
      parentSpanId: '00000000000000b0',
      traceState: 'a=1',
      name: 'get',
      kind: 3,
      startTimeUnixNano: '1700000000000000000',
      endTimeUnixNano: '1700000000001000000',
      attributes: [
        { key: 'network.peer.address', value: { stringValue: '10.0.0.1' } },
        { key: 'network.peer.port', value: { intValue: '3306' } },
        { key: 'peer.service', value: { stringValue: 'mysql' } },
        { key: 'zipkin.debug', value: { boolValue: true } },
        { key: 'http.method', value: { stringValue: 'GET' } },
        { key: 'otlp.link.next', value: { stringValue: 'no link' } },
      ],
      droppedAttributesCount: 4,
      events: [
        { timeUnixNano: '0', name: 'early', attributes: [] },
        {
          timeUnixNano: '1700000000000001000',
          name: 'retry',
          attributes: [
            { key: 'count', value: { intValue: '2' } },
            {
              key: 'why',
              value: {
                arrayValue: { values: [{ stringValue: 'slow' }, {}, { doubleValue: 0.5 }] },
              },
            },
          ],
        },
        { timeUnixNano: '1700000000000002000', name: '"odd": {}}', attributes: [] },
      ],
      links: [
        {
          traceId: '000000000000000000000000000000a1',
          spanId: '00000000000000b9',
          traceState: 'b=2',
          attributes: [{ key: 'x', value: { boolValue: true } }],
          droppedAttributesCount: 5,
        },
      ],
      status: { code: 2, message: 'gone' },
    },
  ]);
});

const text = fc.oneof(
  fc.string(),
  fc.constantFrom('', 'true', 'false', '4', 'OK', 'ERROR', '"a": {"b":1}'),
);
const key = fc.oneof(
  fc.string(),
  fc.constantFrom(
    'error',
    'service.name',
    'host.name',
    'otel.scope.name',
    'otel.scope.version',
    'otel.scope.',
    'otel.scope.kind',
    'w3c.tracestate',
    'otel.dropped_attributes_count',
    'otlp.link.next',
    'zipkin.shared',
    'zipkin.debug',
    '__proto__',
  ),
);
const event = fc.oneof(
  text,
  fc.constantFrom(
    '"a": {"b": 1}',
    '"a": {"big":12345678901234567890}',
    '"a": {"otel.dropped_attributes_count":3}',
    '"a": {"otel.dropped_attributes_count":-3}',
    '"a": {"b":null,"c":[{"d":0.5}],"__proto__":{}}',
    '"a": 5}',
    '"a\\": {}',
    `"deep": {"a":${'['.repeat(9_000)}${']'.repeat(9_000)}}`,
  ),
  fc
    .tuple(fc.string(), fc.dictionary(fc.string(), fc.jsonValue()))
    .map(([name, attributes]) => `${JSON.stringify(name)}: ${JSON.stringify(attributes)}`),
);
const anySpan = fc.record(
  {
    traceId: fc.constant('b1'.repeat(16)),
    id: fc.constant('00000000000000a1'),
    name: fc.string(),
    kind: fc.constantFrom('CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER'),
    timestamp: fc.constant(1_700_000_000_000_000),
    duration: fc.integer({ min: 1, max: 2 ** 40 }),
    localEndpoint: fc.constant({ serviceName: 'shop' }),
    remoteEndpoint: fc.record({ serviceName: fc.constant('db'), port: fc.constant(1) }),
    annotations: fc.array(fc.record({ timestamp: fc.integer({ min: 1, max: 9 }), value: event }), {
      maxLength: 4,
    }),
    tags: fc.dictionary(key, text),
    shared: fc.boolean(),
    debug: fc.boolean(),
  },
  { requiredKeys: ['traceId', 'id', 'timestamp', 'duration', 'localEndpoint'] },
);

it('gives any span on to a collector of OTLP, tag by tag and event by event', () => {
  fc.assert(
    fc.property(anySpan, (each) => {
      // Of a flag and a tag with its name the flag is given on.
      fc.pre(!(each.debug && Object.hasOwn(each.tags ?? {}, 'zipkin.debug')));
      fc.pre(!(each.shared && Object.hasOwn(each.tags ?? {}, 'zipkin.shared')));
      const sent = normalizeSpan(each, 'the span');
      const { spans } = readOtlp(JSON.parse(JSON.stringify(otlpOf([sent]))));
      expect(spans.map(comparable)).toEqual([comparable(sent)]);
    }),
    { numRuns: 1_000 },
  );
});
