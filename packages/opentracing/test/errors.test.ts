import {
  FORMAT_BINARY,
  FORMAT_HTTP_HEADERS,
  InvalidCarrierError,
  SpanContextCorruptedError,
  UnsupportedFormatError,
} from 'opentracing-ts';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { describe, expect, test } from 'vitest';

describe('the typed errors', () => {
  const tracer = new MockTracer();

  test.each([
    ['mine', "'mine'"],
    ['x'.repeat(1_000), `'${'x'.repeat(80)}'`],
    [null, 'null'],
    [Symbol('mine'), 'Symbol(mine)'],
    [{ toString: null }, 'an object'],
  ])('say which format is not supported: %s', (format, shown) => {
    expect(() => tracer.extract(format as string, {})).toThrow(UnsupportedFormatError);
    expect(() => tracer.extract(format as string, {})).toThrow(
      `The format ${shown} is not supported by this tracer;`,
    );
  });

  test.each([
    [undefined, 'undefined'],
    ['text', "'text'"],
    [() => 'a long story', 'a function'],
    [new Uint8Array(1), 'an object'],
  ])('say what a carrier has to be, not %s', (carrier, shown) => {
    expect(() => tracer.extract(FORMAT_HTTP_HEADERS, carrier)).toThrow(InvalidCarrierError);
    expect(() => tracer.extract(FORMAT_HTTP_HEADERS, carrier)).toThrow(
      "The format 'http_headers' takes a plain object, a Map, a Headers or an array of headers " +
        `as its carrier, not ${shown}.`,
    );
    expect(() => tracer.inject(tracer.startSpan('any'), FORMAT_BINARY, carrier)).toThrow(
      `The format 'binary' takes a BinaryCarrier as its carrier, not ${shown}.`,
    );
  });

  test('have a name and may have a cause', () => {
    const cause = new Error('expected');
    const error = new SpanContextCorruptedError('it is half', { cause });
    expect(error.name).toBe('SpanContextCorruptedError');
    expect(error.message).toBe('The carrier holds a corrupted span context: it is half.');
    expect(error.cause).toBe(cause);
    expect(error).toBeInstanceOf(Error);
  });
});
