import fc from 'fast-check';
import { BasicTracer, InMemoryRecorder } from 'opentracing-ts/basictracer';
import { encodeZipkinJson, encodeZipkinProto } from 'opentracing-ts/exporters';
import { describe, expect, it } from 'vitest';
import { decodeProto, type Schema } from './protobuf.js';

const ENDPOINT: Schema = {
  1: ['serviceName', 'string'],
  2: ['ipv4', 'bytes'],
  3: ['ipv6', 'bytes'],
  4: ['port', 'varint'],
};
/** Source: zipkin-api, zipkin.proto. */
const SPAN: Schema = {
  1: ['traceId', 'bytes'],
  2: ['parentId', 'bytes'],
  3: ['id', 'bytes'],
  4: ['kind', 'varint'],
  5: ['name', 'string'],
  6: ['timestamp', 'fixed64'],
  7: ['duration', 'varint'],
  8: ['localEndpoint', ENDPOINT],
  9: ['remoteEndpoint', ENDPOINT],
  10: ['annotations', { 1: ['timestamp', 'fixed64'], 2: ['value', 'string'] }, 'repeated'],
  11: ['tags', { 1: ['key', 'string'], 2: ['value', 'string'] }, 'repeated'],
  12: ['debug', 'varint'],
  13: ['shared', 'varint'],
};
const KINDS = [undefined, 'CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER'];

interface ZipkinSpan {
  name: string;
  timestamp: number;
  duration: number;
  kind?: string;
  tags?: Record<string, string>;
  annotations?: { timestamp: number; value: string }[];
  remoteEndpoint?: { serviceName?: string; ipv4?: string; ipv6?: string; port?: number };
}

type Spans = InMemoryRecorder['spans'];

function fromJson(spans: Spans): ZipkinSpan[] {
  const bytes = encodeZipkinJson(spans, { serviceName: 'kitchen' });
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
}

interface ProtoSpan {
  traceId: string;
  kind?: number;
  timestamp: bigint;
  annotations?: { timestamp?: bigint }[];
  tags?: { key: string; value: string }[];
  debug?: number;
  shared?: number;
  remoteEndpoint?: { ipv4?: string; ipv6?: string };
}

/** The spans in Zipkin's protobuf as its JSON has them. */
function fromProto(spans: Spans): ZipkinSpan[] {
  const bytes = encodeZipkinProto(spans, { serviceName: 'kitchen' });
  const list = decodeProto(bytes, { 1: ['spans', SPAN, 'repeated'] }).spans ?? [];
  return (list as ProtoSpan[]).map((span) => {
    const { traceId, kind, timestamp, annotations, tags, debug, shared, remoteEndpoint, ...same } =
      span;
    return {
      ...same,
      traceId: asZipkinReads(`${traceId}`),
      timestamp: Number(timestamp),
      ...(kind && { kind: KINDS[kind] }),
      ...(debug && { debug: true }),
      ...(shared && { shared: true }),
      ...(annotations && { annotations: annotations.map(withNumber) }),
      ...(tags && { tags: entriesOf(tags) }),
      ...(remoteEndpoint && { remoteEndpoint: withAddresses(remoteEndpoint) }),
    } as unknown as ZipkinSpan;
  });
}

/** Every trace id has 16 bytes, since Jaeger and the OpenTelemetry Collector refuse shorter ones. */
function asZipkinReads(traceId: string): string {
  expect(traceId).toHaveLength(32);
  return traceId.replace(/^0{16}/, '');
}

const withNumber = (annotation: { timestamp?: bigint }) => ({
  ...annotation,
  timestamp: Number(annotation.timestamp),
});

function entriesOf(tags: { key: string; value: string }[]) {
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
}

function withAddresses({ ipv4, ipv6, ...same }: { ipv4?: string; ipv6?: string }) {
  return {
    ...same,
    ...(ipv4 && { ipv4: [...Buffer.from(ipv4, 'hex')].join('.') }),
    ...(ipv6 && { ipv6 }),
  };
}

/** Spans of one trace: the work is given the tracer. */
function record(work: (tracer: BasicTracer) => void): Spans {
  const recorder = new InMemoryRecorder();
  work(new BasicTracer({ recorder }));
  return recorder.spans;
}

function encodeBoth(tags: Record<string, unknown>, logs: Record<string, unknown>[] = []) {
  const spans = record((tracer) => {
    const span = tracer.startSpan('work', { tags, startTime: 1000 });
    for (const fields of logs) {
      span.log(fields, 1000.5);
    }
    span.finish(1001);
  });
  const [json] = fromJson(spans) as [ZipkinSpan];
  const [proto] = fromProto(spans) as [ZipkinSpan];
  return { json, proto };
}

describe('the encodings of Zipkin', () => {
  it('say the same, whatever was recorded', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: 'binary', maxLength: 300 }));
    const value = fc.oneof(text, fc.anything());
    const key = fc.oneof(
      text,
      fc.constantFrom('error', 'span.kind', 'peer.service', 'peer.ipv4', 'peer.port'),
    );
    const time = fc.oneof(fc.double(), fc.double({ min: 0, max: 2e12, noNaN: true }));
    fc.assert(
      fc.property(
        text,
        fc.array(fc.tuple(key, value)),
        fc.array(fc.tuple(fc.dictionary(text, value), time)),
        time,
        time,
        (name, tags, logs, startTime, finishTime) => {
          const spans = record((tracer) => {
            const span = tracer.startSpan(name, { startTime });
            for (const [tag, given] of tags) {
              span.setTag(tag, given);
            }
            for (const [fields, timestamp] of logs) {
              span.log(fields, timestamp);
            }
            span.finish(finishTime);
          });
          expect(fromProto(spans)).toEqual(fromJson(spans));
        },
      ),
    );
  });

  it('have addresses and dates as their text, without the quotes of JSON', () => {
    const spans = record((tracer) => {
      const at = new Date('2026-11-22T08:00:00Z');
      const url = new URL('http://shop.test/a');
      tracer.startSpan('bake', { tags: { url, at, list: [at] } }).finish();
    });
    expect(fromJson(spans)[0]?.tags).toEqual({
      url: 'http://shop.test/a',
      at: '2026-11-22T08:00:00.000Z',
      list: '["2026-11-22T08:00:00.000Z"]',
    });
  });

  it('are empty lists without spans', () => {
    expect(new TextDecoder().decode(encodeZipkinJson([], { serviceName: 'kitchen' }))).toBe('[]');
    expect(encodeZipkinProto([], { serviceName: 'kitchen' })).toHaveLength(0);
  });

  it('have what came in with B3: 128 bits, debug, a span that is shared', () => {
    const recorder = new InMemoryRecorder();
    const tracer = new BasicTracer({ recorder, joinSpans: true, propagation: ['b3'] });
    const b3 = '463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-d-0020000000000001';
    const childOf = tracer.extract('http_headers', { b3 });
    tracer.startSpan('get', { childOf, tags: { 'span.kind': 'server' } }).finish();
    const expected = {
      traceId: '463ac35c9f6413ad48485a3953bb6124',
      id: 'a2fb4a1d1a96d312',
      parentId: '0020000000000001',
      kind: 'SERVER',
      name: 'get',
      debug: true,
      shared: true,
      localEndpoint: { serviceName: 'kitchen' },
    };
    expect(fromJson(recorder.spans)).toEqual([expect.objectContaining(expected)]);
    expect(fromProto(recorder.spans)).toEqual([expect.objectContaining(expected)]);
  });

  it('have ids whose halves are zero or begin with zeros', () => {
    const recorder = new InMemoryRecorder();
    const tracer = new BasicTracer({ recorder, propagation: ['b3'] });
    const b3 = '0000000000000000000000000000000f-00000000000000ab-1';
    const childOf = tracer.extract('http_headers', { b3 });
    tracer.startSpan('get', { childOf }).finish();
    const expected = { traceId: '000000000000000f', parentId: '00000000000000ab' };
    expect(fromJson(recorder.spans)).toMatchObject([expected]);
    expect(fromProto(recorder.spans)).toMatchObject([expected]);
  });

  it.each(['client', 'server', 'producer', 'consumer'])('know the kind %s', (kind) => {
    const { json, proto } = encodeBoth({ 'span.kind': kind });
    expect(json).toMatchObject({ kind: kind.toUpperCase() });
    expect(json).not.toHaveProperty('tags');
    expect(proto).toEqual(json);
  });

  it('have times of at least one microsecond and below 2^53, so that none spoils the batch', () => {
    const spans = record((tracer) => {
      tracer.startSpan('first', { startTime: 0 }).log({ event: 'log' }, 0).finish(0);
      tracer.startSpan('last', { startTime: 1e308 }).log({ event: 'log' }, 1e300).finish(1.5e308);
    });
    const latest = Number.MAX_SAFE_INTEGER;
    expect(fromJson(spans)).toMatchObject([
      { timestamp: 1, duration: 1, annotations: [{ timestamp: 1 }] },
      { timestamp: latest, duration: latest, annotations: [{ timestamp: latest }] },
    ]);
    expect(fromProto(spans)).toEqual(fromJson(spans));
  });

  it.each([
    ['short', 'crème brûlée, 抹茶, 🍵'],
    ['with what JSON escapes', '"\\\n\r\t\b\f\u0000\u001f\u007f\u2028/'],
    ['long', 'soup '.repeat(40)],
    ['long, with what JSON escapes', 'at kitchen\n\tat "pot"\\ '.repeat(30)],
    ['long, and not ASCII', '抹茶 und 🍵 '.repeat(2_000)],
    ['just short of 128 bytes', 'x'.repeat(127)],
    ['of 128 bytes', 'x'.repeat(128)],
    ['of 127 characters and more bytes', `${'x'.repeat(126)}é`],
    ['of 16,384 bytes', 'x'.repeat(16_384)],
    ['of a million bytes', 'x'.repeat(1_000_000)],
  ])('keep text that is %s', (_, text) => {
    const { json, proto } = encodeBoth({ [text]: text }, [{ event: text }]);
    expect(json.tags).toEqual({ [text]: text });
    expect(json.annotations).toMatchObject([{ value: text }]);
    expect(proto).toEqual(json);
  });

  it('count what limits left out, in tags of OpenTelemetry', () => {
    const recorder = new InMemoryRecorder();
    const limits = { maxTags: 1, maxLogs: 1 };
    const tracer = new BasicTracer({ recorder, limits, onError() {} });
    const span = tracer.startSpan('both', { tags: { a: 1, b: 2, c: 3 } });
    span.log({ event: 'first' }).log({ event: 'second' }).finish();
    tracer.startSpan('logs').log({ event: 'first' }).log({ event: 'second' }).finish();
    tracer
      .startSpan('none', { tags: { a: 1 } })
      .log({ event: 'first' })
      .finish();
    for (const spans of [fromJson(recorder.spans), fromProto(recorder.spans)]) {
      expect(spans.map(({ tags }) => tags)).toEqual([
        { a: '1', 'otel.dropped_attributes_count': '2', 'otel.dropped_events_count': '1' },
        { 'otel.dropped_events_count': '1' },
        { a: '1' },
      ]);
    }
  });

  it('are ASCII in JSON: Zipkin 3.6 breaks other characters where it decompresses in pieces', () => {
    const spans = record((tracer) => {
      tracer.startSpan('抹茶').setTag('größe', 'é'.repeat(200)).log({ event: '🍵' }).finish();
    });
    const bytes = encodeZipkinJson(spans, { serviceName: 'Küche' });
    expect(bytes.every((byte) => byte < 0x80)).toBe(true);
    expect(fromJson(spans)).toMatchObject([
      { name: '抹茶', tags: { größe: 'é'.repeat(200) }, annotations: [{ value: '🍵' }] },
    ]);
  });

  it('make half a surrogate pair U+FFFD', () => {
    const { json, proto } = encodeBoth({ a: 'x\ud83c', b: '\udf75 \\ud83c' });
    expect(json.tags).toEqual({ a: 'x\ufffd', b: '\ufffd \\ud83c' });
    expect(proto).toEqual(json);
  });

  it('are not changed by what is encoded later, nor by a toJSON that encodes', () => {
    const spans = record((tracer) => tracer.startSpan('first').finish());
    const others = record((tracer) => tracer.startSpan('other').finish());
    const toJSON = () => encodeZipkinProto(others, { serviceName: 'inner' }).length;
    const nested = record((tracer) =>
      tracer.startSpan('nested').setTag('length', { toJSON }).finish(),
    );
    const before = encodeZipkinJson(spans, { serviceName: 'kitchen' });
    const text = new TextDecoder().decode(before);
    expect(fromJson(nested)).toMatchObject([{ name: 'nested', tags: { length: `${toJSON()}` } }]);
    expect(fromProto(nested)).toEqual(fromJson(nested));
    expect(new TextDecoder().decode(before)).toBe(text);
  });
});

describe('the remote endpoint', () => {
  it.each([
    ['peer.ipv4', '192.168.0.255', { ipv4: '192.168.0.255' }],
    ['peer.ipv6', '::ffff:10.1.2.3', { ipv4: '10.1.2.3' }],
    ['peer.ipv6', '0:0:0:0:0:ffff:0a01:0203', { ipv4: '10.1.2.3' }],
    ['peer.port', 65_535, { port: 65_535 }],
    ['peer.service', 'Küche', { serviceName: 'Küche' }],
  ])('has %s %j as %j', (tag, value, expected) => {
    const { json, proto } = encodeBoth({ [tag]: value });
    expect(json.remoteEndpoint).toEqual(expected);
    expect(proto).toEqual(json);
  });

  it.each([
    ['::1', '::1', '00000000000000000000000000000001'],
    ['::', '::', '00000000000000000000000000000000'],
    ['2001:DB8::8a2e:370:7334', '2001:DB8::8a2e:370:7334', '20010db80000000000008a2e03707334'],
    ['fe80::1%eth0', 'fe80::1', 'fe800000000000000000000000000001'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['64:ff9b::192.0.2.33', '64:ff9b::192.0.2.33', '0064ff9b0000000000000000c0000221'],
    ['1::', '1::', '00010000000000000000000000000000'],
  ])('has the IPv6 address %s', (address, text, bytes) => {
    const { json, proto } = encodeBoth({ 'peer.ipv6': address });
    expect(json.remoteEndpoint).toEqual({ ipv6: text });
    expect(proto.remoteEndpoint).toEqual({ ipv6: bytes });
  });

  it.each([
    ['peer.ipv4', 'kitchen'],
    ['peer.ipv4', '1.2.3'],
    ['peer.ipv4', '1.2.3.256'],
    ['peer.ipv4', '1.2.3.04'],
    ['peer.ipv4', '1.2.3.4.5'],
    ['peer.ipv6', ':'],
    ['peer.ipv6', ':::'],
    ['peer.ipv6', '1::2::3'],
    ['peer.ipv6', '1:2:3:4:5:6:7'],
    ['peer.ipv6', '1:2:3:4:5:6:7:8:9'],
    ['peer.ipv6', '1:2:3:4:5:6:7::8'],
    ['peer.ipv6', '1.2.3.4:1:2:3:4:5:6'],
    ['peer.ipv6', '12345::'],
    ['peer.ipv6', 'g::'],
    ['peer.ipv6', '::ffff:1.2.3.256'],
    ['peer.port', '0'],
    ['peer.port', '65536'],
    ['peer.port', '80.5'],
    ['peer.hostname', 'kitchen'],
  ])('leaves %s %s as a tag', (tag, value) => {
    const { json, proto } = encodeBoth({ [tag]: value });
    expect(json).not.toHaveProperty('remoteEndpoint');
    expect(json.tags).toEqual({ [tag]: value });
    expect(proto).toEqual(json);
  });

  it('is no other span’s', () => {
    const spans = record((tracer) => {
      const tags = { 'span.kind': 'client', 'peer.service': 'shop', 'peer.port': 80 };
      tracer.startSpan('first', { tags }).finish();
      tracer.startSpan('second', { tags: { a: 1 } }).finish();
      tracer.startSpan('third').finish();
    });
    const [first, ...others] = fromJson(spans);
    expect(first?.remoteEndpoint).toEqual({ serviceName: 'shop', port: 80 });
    for (const span of others) {
      expect(span).not.toHaveProperty('remoteEndpoint');
      expect(span).not.toHaveProperty('kind');
    }
    expect(fromProto(spans)).toEqual(fromJson(spans));
  });

  it('have whole microseconds of any number of digits', () => {
    const all = Array.from({ length: 16 }, (_, digits) => 10 ** digits);
    const micros = [...all, ...all.map((power) => power - 1), 1_234_567_890_123, 99_999_999];
    const spans = record((tracer) => {
      for (const value of micros) {
        tracer.startSpan('work', { startTime: 0 }).finish(value / 1000);
      }
    });
    expect(fromJson(spans).map(({ duration }) => duration)).toEqual(
      micros.map((value) => Math.max(value, 1)),
    );
    expect(fromProto(spans)).toEqual(fromJson(spans));
  });
});
