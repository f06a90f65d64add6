import {
  BinaryCarrier,
  FORMAT_BINARY,
  FORMAT_HTTP_HEADERS,
  FORMAT_TEXT_MAP,
  type SpanContext,
  SpanContextCorruptedError,
} from 'opentracing-ts';
import { type BasicSpanContext, BasicTracer } from 'opentracing-ts/basictracer';
import { textPropagator } from 'opentracing-ts/propagation';
import { describe, expect, it } from 'vitest';

// The bytes were written by basictracer 3.2.0 of Python with protobuf 3.20.3.
const FIXTURES: [string, Record<string, string>, string][] = [
  [
    '48485a3953bb6124-a2fb4a1d1a96d312-1',
    {},
    '00000014 092461bb53395a4848 1112d3961a1d4afba2 1801',
  ],
  ['48485a3953bb6124-a2fb4a1d1a96d312-0', {}, '00000012 092461bb53395a4848 1112d3961a1d4afba2'],
  [
    '0000000000000001-ffffffffffffffff-1',
    { k: 'v' },
    '0000001c 090100000000000000 11ffffffffffffffff 1801 2206 0a016b 120176',
  ],
  [
    '0000000000000001-0000000000000002-0',
    { größe: '大', empty: '' },
    '0000002d 090100000000000000 110200000000000000 220e 0a076772c3b6c39f65 1203e5a4a7' +
      '2209 0a05656d707479 1200',
  ],
  [
    '0000000000000001-0000000000000002-1',
    { long: 'x'.repeat(200) },
    `000000e8 090100000000000000 110200000000000000 1801 22d101 0a046c6f6e67 12c801${'78'.repeat(200)}`,
  ],
];

const tracer = new BasicTracer({ propagation: ['b3'] });

const bytesOf = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');

const extract = (buffer: ArrayLike<number>) =>
  tracer.extract(FORMAT_BINARY, new BinaryCarrier(buffer));

function headersOf(context: SpanContext | null): Record<string, string> {
  const headers: Record<string, string> = {};
  tracer.inject(context as SpanContext, FORMAT_HTTP_HEADERS, headers);
  return headers;
}

describe.each(FIXTURES)('%s with the baggage %j', (b3, baggage, hex) => {
  const read = (context: SpanContext | null) => [headersOf(context), { ...context?.baggage }];
  const expected = [{ b3 }, baggage];

  it('is written as basictracer of Python writes it', () => {
    const carrier = new BinaryCarrier();
    const items = Object.entries(baggage).map(([key, value]) => [`ot-baggage-${key}`, value]);
    const context = textPropagator(['b3', 'ottrace'], FORMAT_TEXT_MAP).extract(
      new Map([['b3', b3], ...(items as [string, string][])]),
    );
    tracer.inject(context as SpanContext, FORMAT_BINARY, carrier);
    expect(Buffer.from(carrier.buffer as Uint8Array).toString('hex')).toBe(
      bytesOf(hex).toString('hex'),
    );
  });

  it('is read from it, in whatever the bytes are kept', () => {
    const bytes = bytesOf(hex);
    const shifted = Buffer.concat([Buffer.from([9, 9, 9]), bytes, Buffer.from([9])]);
    for (const kept of [
      bytes,
      Uint8Array.from(bytes),
      Uint8ClampedArray.from(bytes),
      [...bytes],
      shifted.subarray(3, -1),
      { ...bytes, length: bytes.length },
      // Whoever reuses a buffer has bytes behind the message.
      shifted.subarray(3),
    ]) {
      expect(read(extract(kept))).toEqual(expected);
    }
    const { buffer } = Uint8Array.from(bytes);
    expect(read(extract(new Uint8Array(buffer)))).toEqual(expected);
    const otherCopy = { buffer: [...bytes] };
    expect(read(tracer.extract(FORMAT_BINARY, otherCopy))).toEqual(expected);
  });
});

describe('a TracerState', () => {
  const ids = '09 0100000000000000 11 0200000000000000';
  const message = (hex: string) => {
    const body = bytesOf(hex);
    return Buffer.concat([Buffer.from([0, 0, 0, body.length]), body]);
  };

  it.each([
    ['unknown fields of every kind', `2801 310000000000000000 3a0161 4500000000 ${ids} 1801`],
    ['a field that comes twice, whose last one counts', `18 00 ${ids} 1801`],
    ['fields in another order', `1801 11 0200000000000000 09 0100000000000000`],
    ['a decision of several bytes', `${ids} 18ff01`],
  ])('may have %s', (_, hex) => {
    expect(headersOf(extract(message(hex)))).toEqual({ b3: '0000000000000001-0000000000000002-1' });
  });

  it.each([
    ['an unknown field that is cut', `${ids} 3100`],
    ['text that is cut', `${ids} 2206 0a056b`],
    ['a number without end', `${ids} 18ffffff`],
    ['a number longer than any', `${ids} 18${'80'.repeat(11)}01`],
    ['a number that grows to infinity', `18${'80'.repeat(200)}`],
    ['a group', `${ids} 2b`],
    ['a trace id alone', '09 0100000000000000'],
    ['a span id alone', '11 0200000000000000'],
    ['a trace id of zeros', '09 0000000000000000 11 0200000000000000'],
  ])('with %s is corrupted', (_, hex) => {
    expect(() => extract(message(hex))).toThrow(SpanContextCorruptedError);
  });

  it('has the lower half of a trace id of 128 bits, as it has no room for more', () => {
    const carrier = new BinaryCarrier();
    const wide = tracer.extract(FORMAT_HTTP_HEADERS, {
      b3: '463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-1',
    });
    tracer.inject(wide as BasicSpanContext, FORMAT_BINARY, carrier);
    expect(tracer.extract(FORMAT_BINARY, carrier)?.toTraceId()).toBe('48485a3953bb6124');
  });

  it('that is empty holds nothing', () => {
    expect(extract(message(''))).toBeNull();
    expect(extract(message('1800'))).toBeNull();
  });
});
