import { FORMAT_HTTP_HEADERS } from 'opentracing-ts';
import {
  BasicTracer,
  type BasicTracerOptions,
  InMemoryRecorder,
  type SpanLimits,
} from 'opentracing-ts/basictracer';
import { describe, expect, it } from 'vitest';

function tracing(limits?: SpanLimits, options: BasicTracerOptions = {}) {
  const recorder = new InMemoryRecorder();
  const errors: Error[] = [];
  const onError = (error: Error) => errors.push(error);
  const tracer = new BasicTracer({
    recorder,
    onError,
    propagation: ['b3', 'baggage'],
    ...options,
    ...(limits && { limits }),
  });
  return { recorder, errors, tracer };
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const NOTHING = { droppedTags: 0, droppedLogs: 0, cutValues: 0, droppedBaggageItems: 0 };

describe('a limit on tags', () => {
  it.each([1, 5, 6, 7, 40])('of %i keeps the first and counts the others', (maxTags) => {
    const { tracer, errors } = tracing({ maxTags });
    const span = tracer.startSpan('work');
    for (const i of numbers(maxTags + 3)) {
      span.setTag(`key${i}`, i);
    }
    span.finish();
    expect(span.tags).toEqual(Object.fromEntries(numbers(maxTags).map((i) => [`key${i}`, i])));
    expect(span.droppedTags).toBe(3);
    expect(tracer.cuts).toEqual({ ...NOTHING, droppedTags: 3 });
    expect(errors.map(({ message }) => message)).toEqual([
      "The span 'work' has no room for one more tag; what is left out is counted in the span and in " +
        "the tracer's cuts: see limits.maxTags.",
    ]);
  });

  it.each([1, 5, 6, 30, 100])('of %i lets a tag be set again and again', (maxTags) => {
    const { tracer } = tracing({ maxTags });
    const span = tracer.startSpan('work');
    for (const round of numbers(7)) {
      for (const i of numbers(maxTags)) {
        span.setTag(`key${i}`, round);
      }
    }
    expect(span.tags).toEqual(Object.fromEntries(numbers(maxTags).map((i) => [`key${i}`, 6])));
    expect(span.droppedTags).toBe(0);
    span.setTag('one more', 1).setTag('key0', 'again');
    expect(span.tags.key0).toBe('again');
    expect(span.droppedTags).toBe(1);
  });

  it('keeps the tag error, in the place of the last one', () => {
    const { tracer } = tracing({ maxTags: 3 });
    const tags = { a: 1, b: 2, c: 3, d: 4 };
    const span = tracer.startSpan('work', { tags }).logError(new Error('no'));
    span.setTag('error', 'again').finish();
    expect(span.tags).toEqual({ a: 1, b: 2, error: 'again' });
    expect(span.droppedTags).toBe(2);
  });

  it('is 1,000 by default, so that a program cannot fill the memory with one span', () => {
    const { tracer } = tracing();
    const span = tracer.startSpan('work');
    for (const i of numbers(5_000)) {
      span.setTag(`key${i}`, i);
    }
    expect(Object.keys(span.tags)).toHaveLength(1_000);
    expect(span.droppedTags).toBe(4_000);
  });

  it('may be lifted', () => {
    const { tracer } = tracing({ maxTags: Number.POSITIVE_INFINITY });
    const span = tracer.startSpan('work');
    for (const i of numbers(2_500)) {
      span.setTag(`key${i}`, i);
    }
    expect(Object.keys(span.tags)).toHaveLength(2_500);
    expect(span.droppedTags).toBe(0);
  });
});

describe('a limit on logs', () => {
  it.each([1, 2, 10])('of %i keeps the first ones and the last one', (maxLogs) => {
    const { tracer, errors } = tracing({ maxLogs });
    const span = tracer.startSpan('work');
    for (const row of numbers(maxLogs + 20)) {
      span.log({ row }, 1_000 + row);
    }
    span.finish();
    const kept = [...numbers(maxLogs - 1), maxLogs + 19];
    expect(span.logs).toEqual(kept.map((row) => ({ timestamp: 1_000 + row, fields: { row } })));
    expect(span.droppedLogs).toBe(20);
    expect(tracer.cuts).toEqual({ ...NOTHING, droppedLogs: 20 });
    expect(errors.map(({ message }) => message)).toEqual([expect.stringContaining('more log;')]);
  });

  it('is 1,000 by default', () => {
    const { tracer } = tracing();
    const span = tracer.startSpan('work');
    for (const row of numbers(1_001)) {
      span.log({ row });
    }
    expect(span.logs).toHaveLength(1_000);
    expect(span.droppedLogs).toBe(1);
  });
});

describe('a limit on the length of values', () => {
  it('cuts text in tags and in the fields of logs', () => {
    const { tracer, recorder, errors } = tracing({ maxValueLength: 5 });
    const fields = { event: 'fetched', rows: 3, sql: 'select', short: 'short' };
    const span = tracer.startSpan('a long operation name', { tags: { a: '123456', b: '12345' } });
    span.log(fields, 1_000).log({ event: 'ok' }, 1_001).setTag('n', 1234567).finish();
    expect(recorder.spans).toEqual([span]);
    expect(span.tags).toEqual({ a: '12345', b: '12345', n: 1234567 });
    expect(span.logs.map((log) => log.fields)).toEqual([
      { event: 'fetch', rows: 3, sql: 'selec', short: 'short' },
      { event: 'ok' },
    ]);
    expect(span.operationName).toBe('a long operation name');
    expect(fields.event).toBe('fetched');
    expect(span.cutValues).toBe(3);
    expect(tracer.cuts).toEqual({ ...NOTHING, cutValues: 3 });
    expect(errors).toEqual([]);
  });

  it('counts a value that was set again once', () => {
    const { tracer } = tracing({ maxValueLength: 3 });
    const span = tracer.startSpan('work').setTag('a', '12345').setTag('a', '123456');
    span.finish();
    expect(span.cutValues).toBe(1);
  });

  it.each([
    ['ab😀cd', 3, 'ab'],
    ['ab😀cd', 4, 'ab😀'],
    ['ab😀cd', 5, 'ab😀c'],
    ['😀', 1, ''],
    ['a\ud83d\ud83db', 2, 'a\ud83d'],
  ])('cuts %j to %i, no character of two units in the middle', (text, maxValueLength, expected) => {
    const { tracer } = tracing({ maxValueLength });
    const span = tracer.startSpan('work').setTag('a', text);
    span.finish();
    expect(span.tags).toEqual({ a: expected });
  });

  it('turns an object whose JSON is longer into that, and leaves others and errors alone', () => {
    const { tracer } = tracing({ maxValueLength: 8 });
    const cyclic: { self?: object } = {};
    cyclic.self = cyclic;
    const error = new Error('a long message');
    const tags = { list: [1, 2, 3, 4, 5], small: [1], cyclic, error, none: null, big: 10n ** 20n };
    const span = tracer.startSpan('work', { tags });
    span.finish();
    expect(span.tags).toEqual({ ...tags, list: '[1,2,3,4' });
    expect(span.cutValues).toBe(1);
  });

  it('keeps what can be read of fields that throw', () => {
    const { tracer, recorder, errors } = tracing({ maxValueLength: 3 });
    const fields = {
      event: 'fetched',
      get rows(): number {
        throw new Error('expected');
      },
    };
    const span = tracer.startSpan('work').log(fields);
    span.log(null as unknown as Record<string, unknown>);
    span.finish();
    expect(recorder.spans).toEqual([span]);
    expect(span.logs[0]?.fields).toEqual({ event: 'fet' });
    expect(errors).toEqual([]);
  });
});

describe('a limit on baggage', () => {
  it('leaves out the item that does not fit, and keeps what is there', () => {
    const { tracer, errors } = tracing({ maxBaggageItems: 2 });
    const span = tracer.startSpan('work');
    span.setBaggageItem('a', '1').setBaggageItem('b', '2').setBaggageItem('c', '3');
    span.setBaggageItem('a', '4');
    expect(span.context().baggage).toEqual({ a: '4', b: '2' });
    expect(span.droppedBaggageItems).toBe(1);
    expect(tracer.cuts).toEqual({ ...NOTHING, droppedBaggageItems: 1 });
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringContaining('more baggage item;'),
    ]);
  });

  it('counts bytes of UTF-8', () => {
    const { tracer } = tracing({ maxBaggageBytes: 10 });
    const span = tracer.startSpan('work');
    span.setBaggageItem('a', '😀😀').setBaggageItem('b', '');
    span.setBaggageItem('c', '1');
    expect(span.context().baggage).toEqual({ a: '😀😀', b: '' });
    expect(span.droppedBaggageItems).toBe(1);
  });

  it('holds for what comes in, too', () => {
    const { tracer } = tracing({ maxBaggageItems: 2 });
    const headers = { baggage: 'a=1,b=2,c=3,d=4' };
    const childOf = tracer.extract(FORMAT_HTTP_HEADERS, headers);
    const server = tracer.startSpan('server', { childOf });
    const child = tracer.startSpan('child', { childOf: server });
    expect(server.context().baggage).toEqual({ a: '1', b: '2' });
    expect(server.droppedBaggageItems).toBe(2);
    expect(child.context().baggage).toEqual({ a: '1', b: '2' });
    expect(child.droppedBaggageItems).toBe(0);
  });

  it('of 0 lets nothing through', () => {
    const { tracer } = tracing({ maxBaggageItems: 0 });
    const childOf = tracer.extract(FORMAT_HTTP_HEADERS, { baggage: 'a=1' });
    const span = tracer.startSpan('server', { childOf }).setBaggageItem('b', '2');
    expect(span.context().baggage).toEqual({});
    expect(span.droppedBaggageItems).toBe(2);
  });

  it('is 64 items and 8,192 bytes by default, of which the first stay', () => {
    const { tracer } = tracing();
    const span = tracer.startSpan('work');
    for (const i of numbers(70)) {
      span.setBaggageItem(`key${i}`, 'value');
    }
    span.setBaggageItem('key0', 'x'.repeat(8_192));
    expect(Object.keys(span.context().baggage)).toHaveLength(64);
    expect(span.getBaggageItem('key0')).toBe('value');
    expect(span.getBaggageItem('key64')).toBeUndefined();
    expect(span.droppedBaggageItems).toBe(7);
  });
});

describe('limits', () => {
  it('count nothing in a span of a trace that is not recorded, but for baggage', () => {
    const sampler = { isSampled: () => false };
    const { tracer } = tracing({ maxTags: 1, maxLogs: 1, maxBaggageItems: 0 }, { sampler });
    const span = tracer
      .startSpan('work', { tags: { a: 1, b: 2 } })
      .log({})
      .log({});
    span.setBaggageItem('a', '1').finish();
    expect(tracer.cuts).toEqual({ ...NOTHING, droppedBaggageItems: 1 });
  });

  it('say what they cut once for each kind, whatever number of spans it is', () => {
    const { tracer, errors } = tracing({ maxTags: 1, maxLogs: 1 });
    for (const name of ['one', 'two']) {
      tracer
        .startSpan(name, { tags: { a: 1, b: 2 } })
        .log({})
        .log({})
        .finish();
    }
    expect(errors.map(({ name }) => name)).toEqual(['TagLimitError', 'LogLimitError']);
    expect(tracer.cuts).toMatchObject({ droppedTags: 2, droppedLogs: 2 });
  });

  it.each([
    [{ maxTags: 0 }, 'limits.maxTags is 0; it has to be a whole number from 1 upwards.'],
    [{ maxLogs: 1.5 }, 'limits.maxLogs is 1.5;'],
    [{ maxValueLength: Number.NaN }, 'limits.maxValueLength is NaN;'],
    [{ maxTags: '5' }, "limits.maxTags is '5';"],
    [
      { maxBaggageItems: 65 },
      'limits.maxBaggageItems is 65; it has to be a whole number from 0 to 64.',
    ],
    [{ maxBaggageBytes: -1 }, 'limits.maxBaggageBytes is -1;'],
  ])('are told of where they are wrong: %j', (limits, message) => {
    expect(() => tracing(limits as SpanLimits)).toThrow(RangeError);
    expect(() => tracing(limits as SpanLimits)).toThrow(message);
  });

  it('are told of where they are no object', () => {
    expect(() => tracing(5 as SpanLimits)).toThrow(
      new TypeError('The limits are 5; give an object such as { maxLogs: 100 }.'),
    );
  });
});
