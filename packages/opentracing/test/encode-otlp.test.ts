import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { BinaryCarrier, childOf, followsFrom } from 'opentracing-ts';
import { BasicTracer, type BasicTracerOptions, InMemoryRecorder } from 'opentracing-ts/basictracer';
import { encodeOtlp, encodeOtlpJson } from 'opentracing-ts/exporters';
import { describe, expect, it } from 'vitest';
import { decodeProto, type Schema } from './protobuf.js';

/** What the package says of itself. */
const packageJson = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { version: string };

const VALUE: Schema = {
  1: ['stringValue', 'string'],
  2: ['boolValue', 'varint'],
  3: ['intValue', 'sint'],
  4: ['doubleValue', 'double'],
};
VALUE[5] = ['arrayValue', { 1: ['values', VALUE, 'repeated'] }];
const ATTRIBUTE: Schema = { 1: ['key', 'string'], 2: ['value', VALUE] };
/** Source: OTLP 1.x, opentelemetry/proto/trace/v1/trace.proto. */
const SPAN: Schema = {
  1: ['traceId', 'bytes'],
  2: ['spanId', 'bytes'],
  3: ['traceState', 'string'],
  4: ['parentSpanId', 'bytes'],
  5: ['name', 'string'],
  6: ['kind', 'varint'],
  7: ['startTimeUnixNano', 'fixed64'],
  8: ['endTimeUnixNano', 'fixed64'],
  9: ['attributes', ATTRIBUTE, 'repeated'],
  10: ['droppedAttributesCount', 'varint'],
  11: [
    'events',
    {
      1: ['timeUnixNano', 'fixed64'],
      2: ['name', 'string'],
      3: ['attributes', ATTRIBUTE, 'repeated'],
    },
    'repeated',
  ],
  12: ['droppedEventsCount', 'varint'],
  13: [
    'links',
    {
      1: ['traceId', 'bytes'],
      2: ['spanId', 'bytes'],
      3: ['traceState', 'string'],
      4: ['attributes', ATTRIBUTE, 'repeated'],
      6: ['flags', 'fixed32'],
    },
    'repeated',
  ],
  15: ['status', { 2: ['message', 'string'], 3: ['code', 'varint'] }],
  16: ['flags', 'fixed32'],
};
const REQUEST: Schema = {
  1: [
    'resourceSpans',
    {
      1: ['resource', { 1: ['attributes', ATTRIBUTE, 'repeated'] }],
      2: [
        'scopeSpans',
        {
          1: ['scope', { 1: ['name', 'string'], 2: ['version', 'string'] }],
          2: ['spans', SPAN, 'repeated'],
        },
        'repeated',
      ],
    },
    'repeated',
  ],
};

type Spans = InMemoryRecorder['spans'];
type Fields = Record<string, unknown>;
const OPTIONS = {
  serviceName: 'kitchen',
  resource: { 'service.version': '1.2', ports: [80, 443] },
};

const fromProto = (spans: Spans) => decodeProto(encodeOtlp(spans, OPTIONS), REQUEST);
const fromJson = (spans: Spans): Fields =>
  JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(encodeOtlpJson(spans, OPTIONS)));

/** What both forms say, in one: without what is empty, integers as text, NaN as text. */
function plain(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    return value.map((element) => plain(element));
  }
  if (typeof value !== 'object' || value === null) {
    const isText =
      typeof value === 'bigint' || Number.isNaN(value) || Math.abs(Number(value)) === Infinity;
    return key === 'boolValue' ? Boolean(value) : isText ? String(value) : value;
  }
  const entries = Object.entries(value)
    .filter(([name, inner]) => !(Array.isArray(inner) && inner.length === 0 && name !== 'values'))
    .filter(([name, inner]) => !(name === 'version' && inner === ''))
    .map(([name, inner]) => [name, plain(inner, name)]);
  const { values = [], ...others } = Object.fromEntries(entries);
  return key === 'arrayValue' ? { values } : others;
}

function record(
  work: (tracer: BasicTracer) => void,
  options: Omit<BasicTracerOptions, 'recorder'> = { propagation: ['tracecontext'] },
): Spans {
  const recorder = new InMemoryRecorder();
  work(new BasicTracer({ ...options, recorder }));
  return recorder.spans;
}

/** The spans of the request, which both forms agree on. */
function encode(spans: Spans): Fields[] {
  const proto = plain(fromProto(spans)) as {
    resourceSpans: { scopeSpans: { spans: Fields[] }[] }[];
  };
  expect(proto).toEqual(plain(fromJson(spans)));
  return proto.resourceSpans[0]?.scopeSpans[0]?.spans ?? [];
}

function encodeOne(tags: Fields, ...logs: Fields[]): Fields {
  const spans = record((tracer) => {
    const span = tracer.startSpan('work', { tags, startTime: 1000 });
    for (const fields of logs) {
      span.log(fields, 1000.5);
    }
    span.finish(1001);
  });
  return encode(spans)[0] as Fields;
}

/** Attributes as an object. */
const objectOf = (attributes: unknown) =>
  Object.fromEntries(
    ((attributes ?? []) as { key: string; value: Fields }[]).map(({ key, value }) => [key, value]),
  );

describe('the encodings of OTLP', () => {
  it('say the same, whatever was recorded', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: 'binary', maxLength: 300 }));
    const value = fc.oneof(text, fc.anything(), fc.double(), fc.bigInt(), fc.array(fc.anything()));
    const key = fc.oneof(text, fc.constantFrom('error', 'span.kind', 'peer.service'));
    const field = fc.oneof(text, fc.constantFrom('event', 'message', 'stack', 'error.object'));
    const logs = fc.array(fc.tuple(fc.dictionary(field, value), fc.double()));
    fc.assert(
      fc.property(
        text,
        fc.array(fc.tuple(key, value)),
        logs,
        fc.double(),
        (name, tags, entries, time) => {
          const spans = record((tracer) => {
            const span = tracer.startSpan(name, { startTime: time });
            for (const [tag, given] of tags) {
              span.setTag(tag, given);
            }
            for (const [fields, timestamp] of entries) {
              span.log(fields, timestamp);
            }
            span.finish();
          });
          expect(encode(spans)).toHaveLength(1);
        },
      ),
    );
  });

  it('describe the program and the library', () => {
    const spans = record((tracer) => tracer.startSpan('work').finish());
    const { resourceSpans } = fromProto(spans) as {
      resourceSpans: [{ resource: { attributes: unknown }; scopeSpans: [{ scope: Fields }] }];
    };
    expect(objectOf(resourceSpans[0].resource.attributes)).toEqual({
      'service.name': { stringValue: 'kitchen' },
      'service.version': { stringValue: '1.2' },
      'telemetry.sdk.name': { stringValue: 'opentracing-ts' },
      'telemetry.sdk.version': { stringValue: packageJson.version },
      'telemetry.sdk.language': { stringValue: 'nodejs' },
      ports: { arrayValue: { values: [{ intValue: 80n }, { intValue: 443n }] } },
    });
    expect(resourceSpans[0].scopeSpans[0].scope).toEqual({
      name: 'opentracing-ts',
      version: packageJson.version,
    });
  });

  it('have attributes of any length', () => {
    for (const length of [0, 1, 54, 55, 56, 57, 110, 126, 127, 128, 129, 200, 16_383, 16_384]) {
      const text = 'x'.repeat(length);
      const { attributes } = encodeOne({ [`k${text}`]: 'v', k: text, K: `${text}é` });
      expect(objectOf(attributes)).toEqual({
        [`k${text}`]: { stringValue: 'v' },
        k: { stringValue: text },
        K: { stringValue: `${text}é` },
      });
    }
  });

  it('have times to the microsecond, however far apart those of a batch are', () => {
    const there = [1e12, 1e12 + 3_999, 1e12 + 4_000, 1e12 + 4_294, 1e12 + 4_295, 1e12 - 1, 0, 9e12];
    const times = [...there, ...[...there].reverse()];
    const spans = record((tracer) => {
      for (const startTime of times) {
        tracer.startSpan('work', { startTime }).finish(startTime + 1.5);
      }
    });
    expect(encode(spans).map((span) => [span.startTimeUnixNano, span.endTimeUnixNano])).toEqual(
      times.map((ms) => [
        String(BigInt(ms) * 1_000_000n),
        String(BigInt(ms) * 1_000_000n + 1_500_000n),
      ]),
    );
  });

  it('are empty requests without spans', () => {
    expect(encodeOtlp([], OPTIONS)).toHaveLength(0);
    expect(fromJson([])).toEqual({ resourceSpans: [] });
  });

  it('have the ids, with zeros in front of those of 64 bits, the parent and the tracestate', () => {
    const traceparent = '00-0000000000000000463ac35c9f6413ad-a2fb4a1d1a96d312-01';
    const spans = record((tracer) => {
      const parent = tracer.extract('http_headers', { traceparent, tracestate: 'a=1,b=2' });
      tracer.startSpan('get', { childOf: parent }).finish();
    });
    const [span] = encode(spans);
    expect(span).toMatchObject({
      traceId: '0000000000000000463ac35c9f6413ad',
      spanId: spans[0]?.context().toSpanId(),
      parentSpanId: 'a2fb4a1d1a96d312',
      traceState: 'a=1,b=2',
      flags: 0x301,
      name: 'get',
    });
    expect(span).not.toHaveProperty('links');
  });

  it('have flags that tell of a parent elsewhere, and of a trace id that is random', () => {
    const ids = '463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312';
    const flagsOf = (headers: Record<string, string>) =>
      encode(
        record(
          (tracer) => {
            const childOf = tracer.extract('http_headers', headers);
            const server = tracer.startSpan('serve', { childOf });
            tracer.startSpan('call', { childOf: server }).finish();
            tracer.startSpan('after', { childOf: server.context() }).finish();
            const again = tracer.startSpan('again', { childOf }).setTag('sampling.priority', 0);
            again.setTag('sampling.priority', 1).finish();
            server.finish();
          },
          { propagation: ['tracecontext', 'b3'] },
        ),
      ).map(({ flags }) => flags);
    const [local, remote, random] = [0x101, 0x301, 0x2];
    expect(flagsOf({})).toEqual([local, local, local, local]);
    for (const headers of [{ b3: `${ids}-1` }, { traceparent: `00-${ids}-01` }] as Fields[]) {
      expect(flagsOf(headers as Record<string, string>)).toEqual([local, local, remote, remote]);
    }
    expect(flagsOf({ traceparent: `00-${ids}-03` })).toEqual(
      [local, local, remote, remote].map((flags) => flags | random),
    );
  });

  it('have flags that tell of a parent elsewhere when that came as bytes, or the span is shared', () => {
    const spans = record(
      (tracer) => {
        const bytes = new BinaryCarrier();
        const client = tracer.startSpan('call', { childOf: tracer.startSpan('work') });
        tracer.inject(client, 'binary', bytes);
        tracer.startSpan('serve', { childOf: tracer.extract('binary', bytes) }).finish();
        const headers = {};
        tracer.inject(client, 'http_headers', headers);
        const childOf = tracer.extract('http_headers', headers);
        tracer.startSpan('serve', { childOf, tags: { 'span.kind': 'server' } }).finish();
      },
      { joinSpans: true, propagation: ['b3'] },
    );
    expect(encode(spans).map(({ flags }) => flags)).toEqual([0x301, 0x301]);
  });

  it.each([
    [0, 0, '0', '0'],
    [0.25, 1.25, '250000', '1250000'],
    [1_790_000_000_000.25, 1_790_000_000_001.5, '1790000000000250000', '1790000000001500000'],
    [1_790_000_000_000.75, 1_790_000_000_001, '1790000000000750000', '1790000000001000000'],
    [1e300, 1e301, '9200000000000000000', '9200000000000000000'],
  ])('have a start of %d ms and an end of %d ms to the nanosecond', (start, end, from, to) => {
    const spans = record((tracer) => tracer.startSpan('work', { startTime: start }).finish(end));
    expect(encode(spans)[0]).toMatchObject({ startTimeUnixNano: from, endTimeUnixNano: to });
  });

  it.each([
    [undefined, 1],
    ['server', 2],
    ['client', 3],
    ['producer', 4],
    ['consumer', 5],
  ])('have the kind %s as %d', (kind, number) => {
    const span = encodeOne(kind === undefined ? {} : { 'span.kind': kind });
    expect(span.kind).toBe(number);
    expect(span).not.toHaveProperty('attributes');
  });

  it('have each value by its type', () => {
    const span = encodeOne({
      text: 'Küche',
      yes: true,
      no: false,
      zero: 0,
      whole: 2 ** 53 - 1,
      below: -(2 ** 53 - 1),
      'minus one': -1,
      half: 0.5,
      huge: 2 ** 53,
      nan: Number.NaN,
      bigint: -(2n ** 63n),
      beyond: 2n ** 63n,
      list: ['a', 1, null, [true, { deep: 1 }]],
      object: { a: 1 },
      error: undefined,
      none: null,
    });
    expect(objectOf(span.attributes)).toEqual({
      text: { stringValue: 'Küche' },
      yes: { boolValue: true },
      no: { boolValue: false },
      zero: { intValue: '0' },
      whole: { intValue: '9007199254740991' },
      below: { intValue: '-9007199254740991' },
      'minus one': { intValue: '-1' },
      half: { doubleValue: 0.5 },
      huge: { doubleValue: 2 ** 53 },
      nan: { doubleValue: 'NaN' },
      bigint: { intValue: '-9223372036854775808' },
      beyond: { stringValue: '9223372036854775808' },
      list: {
        arrayValue: {
          values: [
            { stringValue: 'a' },
            { intValue: '1' },
            {},
            { stringValue: '[true,{"deep":1}]' },
          ],
        },
      },
      object: { stringValue: '{"a":1}' },
    });
    expect(span).not.toHaveProperty('status');
  });

  it('tell the status from the tag error', () => {
    const error = { event: 'error', message: 'out of stock' };
    expect(encodeOne({ error: true }, error).status).toEqual({ message: 'out of stock', code: 2 });
    expect(encodeOne({ error: true }).status).toEqual({ code: 2 });
    expect(encodeOne({ error: 'timeout' }).status).toEqual({ message: 'timeout', code: 2 });
    expect(encodeOne({ error: false }).status).toEqual({ code: 1 });
    expect(encodeOne({ a: 1 })).not.toHaveProperty('status');
  });

  it('have logs as events', () => {
    const { events } = encodeOne(
      {},
      { event: 'fetched' },
      { event: 'retry', count: 2 },
      { a: 'b' },
    );
    expect(events).toEqual([
      { timeUnixNano: '1000500000', name: 'fetched' },
      {
        timeUnixNano: '1000500000',
        name: 'retry',
        attributes: [{ key: 'count', value: { intValue: '2' } }],
      },
      {
        timeUnixNano: '1000500000',
        name: 'log',
        attributes: [{ key: 'a', value: { stringValue: 'b' } }],
      },
    ]);
  });

  it('have an error that was logged as an exception', () => {
    const failure = new RangeError('too hot');
    const spans = record((tracer) => tracer.startSpan('bake').logError(failure).finish());
    const [span] = encode(spans) as [{ events: [Fields]; status: Fields }];
    expect(span.events[0].name).toBe('exception');
    const expected = {
      'exception.type': { stringValue: 'RangeError' },
      'exception.message': { stringValue: 'too hot' },
      'exception.stacktrace': { stringValue: failure.stack },
    };
    expect(objectOf(span.events[0].attributes)).toEqual(expected);
    expect(span.status).toEqual({ message: 'too hot', code: 2 });

    const { events } = encodeOne({}, { event: 'error', 'error.object': failure, tray: 1 });
    expect(objectOf((events as [Fields])[0].attributes)).toEqual({
      ...expected,
      tray: { intValue: '1' },
    });
  });

  it('have each attribute of an event once, and none without a name', () => {
    const { events } = encodeOne(
      {},
      {
        event: 'error',
        message: 'too hot',
        'exception.message': 'other',
        'exception.type': 'Own',
        '': 1,
      },
    );
    expect((events as [Fields])[0].attributes).toEqual([
      { key: 'exception.message', value: { stringValue: 'too hot' } },
      { key: 'exception.type', value: { stringValue: 'Own' } },
    ]);
    expect((encodeOne({}, { '': 1, a: 2 }).events as [Fields])[0].attributes).toEqual([
      { key: 'a', value: { intValue: '2' } },
    ]);
    expect(encodeOne({ '': 1, a: 2 }).attributes).toEqual([{ key: 'a', value: { intValue: '2' } }]);
  });

  it('have references but for the parent as links', () => {
    const spans = record((tracer) => {
      const [parent, other, cause] = ['a', 'b', 'c'].map((name) =>
        tracer.startSpan(name).context(),
      );
      const references = [followsFrom(cause), childOf(parent), childOf(other)];
      tracer.startSpan('work', { references }).finish();
      tracer.startSpan('after', { references: [followsFrom(cause)] }).finish();
    });
    const [work, after] = encode(spans) as [Fields, Fields];
    const types = (span: Fields) =>
      (span.links as { attributes: [{ key: string; value: Fields }] }[]).map(
        ({ attributes: [{ key, value }] }) => [key, value.stringValue],
      );
    expect(types(work)).toEqual([
      ['opentracing.ref_type', 'follows_from'],
      ['opentracing.ref_type', 'child_of'],
    ]);
    expect(types(after)).toEqual([['opentracing.ref_type', 'follows_from']]);
    const [link] = after.links as [Fields];
    expect(link.spanId).toBe(after.parentSpanId);
    expect(link.traceId).toBe(after.traceId);
  });

  it('count what limits cut', () => {
    const recorder = new InMemoryRecorder();
    const tracer = new BasicTracer({ recorder, limits: { maxTags: 1, maxLogs: 1 }, onError() {} });
    const span = tracer.startSpan('work', { tags: { a: 1, b: 2, c: 3 } });
    span.log({ event: 'first' }).log({ event: 'second' }).finish();
    expect(encode(recorder.spans)[0]).toMatchObject({
      droppedAttributesCount: 2,
      droppedEventsCount: 1,
    });
  });
});
