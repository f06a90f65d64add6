import {
  BinaryCarrier,
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
      `The format ${shown} is not supported;`,
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
      `The format 'binary' takes a BinaryCarrier, such as new BinaryCarrier(bytes), as its carrier, not ${shown}.`,
    );
  });

  test('say that a frozen carrier throws, with what it has thrown as their cause', () => {
    for (const format of [FORMAT_HTTP_HEADERS, FORMAT_BINARY]) {
      const carrier = Object.freeze(format === FORMAT_BINARY ? new BinaryCarrier() : {});
      let thrown: unknown;
      try {
        tracer.inject(tracer.startSpan('any'), format, carrier);
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(InvalidCarrierError);
      expect((thrown as Error).cause).toBeInstanceOf(TypeError);
      expect((thrown as Error).message).toContain(
        ', neither frozen nor otherwise throwing when it is used, as its carrier, not an object.',
      );
    }
  });

  test('may show a value that cannot be looked at', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const extract = () => tracer.extract(proxy as string, {});
    expect(extract).toThrow('The format an object is not supported;');
  });

  test('have a name and may have a cause', () => {
    const cause = new Error('expected');
    const error = new SpanContextCorruptedError('it is half', { cause });
    expect(error.name).toBe('SpanContextCorruptedError');
    expect(error.message).toBe('The carrier holds a corrupted span context: it is half.');
    expect(error.cause).toBe(cause);
    expect(error).toBeInstanceOf(Error);
  });

  test('are told by their name where another copy of the package has thrown them', () => {
    const other = Object.assign(new Error('x'), { name: 'UnsupportedFormatError' });
    expect(other instanceof UnsupportedFormatError).toBe(true);
    expect(other instanceof InvalidCarrierError).toBe(false);
    expect(Object(new UnsupportedFormatError('x')) instanceof UnsupportedFormatError).toBe(true);
    for (const value of [null, undefined, 'x', { name: 'UnsupportedFormatError' }]) {
      expect((value as unknown) instanceof UnsupportedFormatError).toBe(false);
    }
  });

  test('may be extended, and then are told as usual', () => {
    class Mine extends UnsupportedFormatError {}
    expect(new Mine('x') instanceof UnsupportedFormatError).toBe(true);
    expect(new Mine('x') instanceof Mine).toBe(true);
    expect(Object(new UnsupportedFormatError('x')) instanceof Mine).toBe(false);
  });
});
