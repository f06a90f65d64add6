import { createZipkinTracer } from 'opentracing-ts/zipkin';
import { PbfWriter } from 'pbf';
import { describe, expect, it } from 'vitest';
import {
  FIXTURES,
  fixture,
  get,
  type Json,
  post,
  span,
  testCollector,
} from './support/collector.js';

const PROTOBUF = { 'content-type': 'application/x-protobuf' };
const KINDS = ['', 'CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER'];

/** A `ListOfSpans`, as Zipkin's own encoder writes it. */
function encode(spans: readonly Json[]): Uint8Array<ArrayBuffer> {
  const writer = new PbfWriter();
  for (const each of spans) writer.writeMessage(1, writeSpan, each);
  return Uint8Array.from(writer.finish());
}

function writeSpan(each: Json, writer: PbfWriter): void {
  writer.writeBytesField(1, hex(each.traceId, 16));
  if (each.parentId !== undefined) writer.writeBytesField(2, hex(each.parentId, 16));
  writer.writeBytesField(3, hex(each.id, 16));
  if (each.kind !== undefined) writer.writeVarintField(4, KINDS.indexOf(String(each.kind)));
  if (each.name !== undefined) writer.writeStringField(5, String(each.name));
  if (each.timestamp !== undefined) writer.writeFixed64Field(6, Number(each.timestamp));
  if (each.duration !== undefined) writer.writeVarintField(7, Number(each.duration));
  if (each.localEndpoint) writer.writeMessage(8, writeEndpoint, each.localEndpoint as Json);
  if (each.remoteEndpoint) writer.writeMessage(9, writeEndpoint, each.remoteEndpoint as Json);
  for (const one of (each.annotations ?? []) as Json[])
    writer.writeMessage(10, writeAnnotation, one);
  for (const tag of Object.entries(each.tags ?? {})) writer.writeMessage(11, writeTag, tag);
  if (each.debug) writer.writeBooleanField(12, true);
  if (each.shared) writer.writeBooleanField(13, true);
}

function writeEndpoint(endpoint: Json, writer: PbfWriter): void {
  if (endpoint.serviceName !== undefined) writer.writeStringField(1, String(endpoint.serviceName));
  if (endpoint.ipv4)
    writer.writeBytesField(2, Uint8Array.from(String(endpoint.ipv4).split('.').map(Number)));
  if (endpoint.ipv6) writer.writeBytesField(3, ipv6(endpoint.ipv6));
  if (endpoint.port !== undefined) writer.writeVarintField(4, Number(endpoint.port));
}

/** `::1` in 16 bytes, and the like. */
function ipv6(address: unknown): Uint8Array {
  const [head = [], tail = []] = String(address)
    .split('::')
    .map((half) => half.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return hex([...head, ...zeros, ...tail].map((group) => group.padStart(4, '0')).join(''), 32);
}

function writeAnnotation({ timestamp, value }: Json, writer: PbfWriter): void {
  writer.writeFixed64Field(1, Number(timestamp));
  writer.writeStringField(2, String(value));
}

function writeTag([key, value]: [string, unknown], writer: PbfWriter): void {
  writer.writeStringField(1, key);
  writer.writeStringField(2, String(value));
}

function hex(digits: unknown, length: number): Uint8Array {
  const text = String(digits);
  return Uint8Array.from(
    Buffer.from(text.padStart(text.length > length ? 32 : length, '0'), 'hex'),
  );
}

/** A list of one span whose bytes are made by `write`. */
function handmade(write: (writer: PbfWriter) => void): Uint8Array<ArrayBuffer> {
  const writer = new PbfWriter();
  writer.writeMessage(1, (_, inner) => write(inner), undefined);
  return Uint8Array.from(writer.finish());
}

function ids(writer: PbfWriter): void {
  writer.writeBytesField(1, hex('a1', 16));
  writer.writeBytesField(3, hex('b1', 16));
}

describe("spans in Zipkin's protobuf", () => {
  it.each(FIXTURES)('of the real trace %s are what they are in JSON', async (name) => {
    const [json, proto] = [await testCollector(), await testCollector()];
    const trace = await fixture(name);
    await post(json, trace);
    expect(await post(proto, encode(trace), PROTOBUF)).toEqual({ status: 202, text: '' });
    const path = `/api/v2/trace/${trace[0]?.traceId}`;
    expect((await get(proto, path)).json).toEqual((await get(json, path)).json);
  });

  it('are taken from a tracer', async () => {
    const collector = await testCollector();
    const errors: Error[] = [];
    const tracer = createZipkinTracer({
      serviceName: 'shop',
      url: `${collector.url}/api/v2/spans`,
      encoding: 'proto3',
      onError: (error) => errors.push(error),
    });
    const tags = {
      'span.kind': 'client',
      'peer.service': 'db',
      'peer.ipv6': '2001:db8::1',
      'peer.port': 5432,
    };
    tracer
      .startSpan('Query', { tags: { ...tags, rows: 3 } })
      .log({ event: 'row' })
      .finish();
    await tracer.close();
    expect(errors).toEqual([]);
    const { json } = await get(collector, '/api/v2/traces');
    expect(json).toEqual([
      [
        expect.objectContaining({
          name: 'query',
          kind: 'CLIENT',
          localEndpoint: { serviceName: 'shop' },
          remoteEndpoint: { serviceName: 'db', ipv6: '2001:db8::1', port: 5432 },
          annotations: [{ timestamp: expect.any(Number), value: 'row' }],
          tags: { rows: '3' },
        }),
      ],
    ]);
  });

  it.each<[string, (writer: PbfWriter) => void, Json]>([
    [
      'skip unknown fields of every type',
      (w) => {
        w.writeVarintField(99, 1);
        w.writeFixed64Field(98, 1);
        w.writeStringField(97, 'x');
        w.writeFixed32Field(1_000_000, 1);
      },
      {},
    ],
    ['ignore an unknown kind', (w) => w.writeVarintField(4, 9), {}],
    [
      'drop a parent of zeros or of nothing',
      (w) => {
        w.writeBytesField(2, new Uint8Array());
        w.writeBytesField(2, new Uint8Array(8));
      },
      {},
    ],
    [
      'drop negative times',
      (w) => {
        w.writeFixed64Field(6, -5);
        w.writeVarintField(7, -1);
      },
      {},
    ],
    [
      'drop a port of zero and an address of three bytes',
      (w) => {
        w.writeMessage(
          8,
          (_, e) => {
            e.writeBytesField(2, Uint8Array.of(1, 2, 3));
            e.writeVarintField(4, 0);
          },
          undefined,
        );
      },
      {},
    ],
    [
      'make ipv4 of a mapped address',
      (w) => {
        w.writeMessage(9, (_, e) => e.writeBytesField(3, hex('ffff01020304', 32)), undefined);
      },
      { remoteEndpoint: { ipv4: '1.2.3.4' } },
    ],
    [
      'drop an annotation without a time or text',
      (w) => {
        w.writeMessage(10, (_, a) => a.writeStringField(2, 'no time'), undefined);
        w.writeMessage(10, (_, a) => a.writeFixed64Field(1, 5), undefined);
        w.writeMessage(10, writeAnnotation, { timestamp: 6, value: 'good' });
      },
      { annotations: [{ timestamp: 6, value: 'good' }] },
    ],
    [
      'take a tag without a value, and any key',
      (w) => {
        w.writeMessage(11, (_, t) => t.writeStringField(1, 'error'), undefined);
        w.writeMessage(11, writeTag, ['constructor', 'x']);
      },
      { tags: { error: '', constructor: 'x' } },
    ],
    [
      'drop shared of a client',
      (w) => {
        w.writeVarintField(4, 1);
        w.writeBooleanField(13, true);
      },
      { kind: 'CLIENT' },
    ],
  ])('%s', async (_, write, expected) => {
    const collector = await testCollector();
    const body = handmade((writer) => {
      ids(writer);
      write(writer);
    });
    expect(await post(collector, body, PROTOBUF)).toEqual({ status: 202, text: '' });
    const { json } = await get(collector, '/api/v2/trace/a1');
    expect(json).toEqual([{ traceId: '00000000000000a1', id: '00000000000000b1', ...expected }]);
  });

  it('may be of nothing', async () => {
    const collector = await testCollector();
    expect(await post(collector, '', PROTOBUF)).toEqual({ status: 202, text: '' });
  });

  it.each<[string, Uint8Array<ArrayBuffer> | string, string]>([
    ['JSON', '[]', 'the body is not a list of spans in the Zipkin protobuf encoding'],
    ['an empty span', handmade(() => {}), 'span 0: id is missing'],
    [
      'a trace id of zeros',
      handmade((w) => {
        w.writeBytesField(1, new Uint8Array(16));
        w.writeBytesField(3, hex('b1', 16));
      }),
      'span 0: traceId is all zeros',
    ],
    [
      'an id of nine bytes',
      handmade((w) => {
        w.writeBytesField(1, hex('a1', 16));
        w.writeBytesField(3, new Uint8Array(9).fill(1));
      }),
      'span 0: id is longer than 16 characters',
    ],
    [
      'a port over 65535',
      handmade((w) => {
        ids(w);
        w.writeMessage(8, (_, e) => e.writeVarintField(4, 70_000), undefined);
      }),
      'span 0: localEndpoint: port is over 65535',
    ],
    [
      'an id of the wrong wire type',
      handmade((w) => w.writeVarintField(1, 5)),
      'is not valid protobuf',
    ],
    [
      'a name of the wrong wire type',
      handmade((w) => w.writeFixed64Field(5, 5)),
      'is not valid protobuf',
    ],
    ['a field with the number 0', Uint8Array.of(10, 2, 0, 0), 'is not valid protobuf at byte 3'],
    ['a group', Uint8Array.of(10, 1, 0x0b), 'is not valid protobuf'],
    [
      'a length beyond the end',
      Uint8Array.of(10, 0xff, 0xff, 0xff, 0xff, 0xff, 1),
      'is not valid protobuf',
    ],
    [
      'a number without end',
      Uint8Array.of(10, 13, 0x20, ...new Uint8Array(12).fill(0xff)),
      'is not valid',
    ],
  ])('are refused with 400 and a sentence as %s', async (_, body, says) => {
    const collector = await testCollector();
    const { status, text } = await post(collector, body, PROTOBUF);
    expect(text).toContain(says);
    expect(status).toBe(400);
    expect(collector.added.spans).toBe(0);
  });

  it('are refused wherever they are cut off, and answered whichever byte is another one', async () => {
    const collector = await testCollector();
    const whole = encode([span({ kind: 'CLIENT', tags: { a: 'b' }, remoteEndpoint: { port: 1 } })]);
    for (let length = 1; length < whole.length; length++) {
      const { status, text } = await post(collector, whole.slice(0, length), PROTOBUF);
      expect([status, text]).toEqual([
        400,
        expect.stringMatching(/^the body is not valid protobuf at byte \d+$/),
      ]);
    }
    expect(collector.added.spans).toBe(0);
    // Every byte in turn is another one: still an answer in time, and never a failure.
    for (let at = 0; at < whole.length; at++) {
      for (const bits of [1, 7, 0x80, 0xff]) {
        const changed = whole.map((byte, index) => (index === at ? byte ^ bits : byte));
        expect([202, 400]).toContain((await post(collector, changed, PROTOBUF)).status);
      }
    }
  });
});
