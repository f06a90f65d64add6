import { MockTracer } from 'opentracing-ts/mocktracer';
import { describe, expect, test } from 'vitest';

function fieldsOf(error: unknown): Readonly<Record<string, unknown>> | undefined {
  const span = new MockTracer().startSpan('any').logError(error);
  expect(span.tags).toEqual({ error: true });
  expect(span.logs).toHaveLength(1);
  return span.logs[0]?.fields;
}

const fail = () => {
  throw new Error('do not look');
};

describe('logError', () => {
  test('logs the message, the class and the stack of an error', () => {
    const error = new RangeError('too far');
    expect(fieldsOf(error)).toEqual({
      event: 'error',
      message: 'too far',
      'error.object': error,
      'error.kind': 'RangeError',
      stack: error.stack,
    });
  });

  test('takes an object that is like an error for one', () => {
    const error = { name: 'AbortError', message: 'aborted' };
    expect(fieldsOf(error)).toMatchObject({ message: 'aborted', 'error.kind': 'AbortError' });
  });

  test.each([
    ['text', 'text', 'string'],
    [42, '42', 'number'],
    [undefined, 'undefined', 'undefined'],
    [null, 'null', 'object'],
    [Symbol('s'), 'Symbol(s)', 'symbol'],
    [{}, '[object Object]', 'Object'],
  ])('describes %s, which is no error', (value, message, kind) => {
    expect(fieldsOf(value)).toEqual({
      event: 'error',
      'error.object': value,
      message,
      'error.kind': kind,
    });
  });

  test('gives the event and the value itself of one that throws when it is looked at', () => {
    for (const hostile of [
      new Proxy({}, { get: fail, getPrototypeOf: fail, has: fail, ownKeys: fail }),
      Object.create(null),
      Object.defineProperty(new Error('any'), 'message', { get: fail }),
      { toString: fail },
    ]) {
      const fields = fieldsOf(hostile);
      expect(fields?.event).toBe('error');
      expect(fields?.['error.object'] === hostile).toBe(true);
      expect(fields?.message).toBe('a value that cannot be described');
    }
  });

  test('of withActiveSpan passes a hostile value on unchanged', async () => {
    const hostile = new Proxy({}, { get: fail, getPrototypeOf: fail });
    const tracer = new MockTracer();
    let thrown: unknown;
    try {
      tracer.withActiveSpan('any', () => {
        throw hostile;
      });
    } catch (error) {
      thrown = error;
    }
    expect(thrown === hostile).toBe(true);
    const rejected = await tracer
      .withActiveSpan('any', () => Promise.reject(hostile))
      .then(
        () => ({ error: null }),
        (error: unknown) => ({ error }),
      );
    expect(rejected.error === hostile).toBe(true);
    expect(tracer.finishedSpans().map((span) => span.tags.error)).toEqual([true, true]);
  });
});
