import {
  BinaryCarrier,
  childOf,
  FORMAT_BINARY,
  FORMAT_HTTP_HEADERS,
  FORMAT_TEXT_MAP,
  followsFrom,
  InvalidCarrierError,
  SpanContext,
  SpanContextCorruptedError,
  UnsupportedFormatError,
} from 'opentracing-ts';
import { type MockSpan, MockSpanContext, MockTracer } from 'opentracing-ts/mocktracer';
import { ThreadLocalScopeManager } from 'opentracing-ts/scope-managers/thread-local';
import { describe, expect, test } from 'vitest';

describe('MockTracer', () => {
  test('records finished spans in the order in which they finish', () => {
    const tracer = new MockTracer();
    const [first, second] = [tracer.startSpan('first'), tracer.startSpan('second')];
    expect(tracer.finishedSpans()).toEqual([]);
    second.finish();
    first.finish();
    first.finish();
    expect(tracer.finishedSpans()).toEqual([second, first]);
  });

  test('hands out a list of its own at each call', () => {
    const tracer = new MockTracer();
    tracer.finishedSpans().push(tracer.startSpan('any'));
    expect(tracer.finishedSpans()).toEqual([]);
  });

  test('forgets the finished spans at reset, and records those that finish later', () => {
    const tracer = new MockTracer();
    const open = tracer.startSpan('open');
    tracer.startSpan('any').finish();
    tracer.reset();
    expect(tracer.finishedSpans()).toEqual([]);
    open.finish();
    expect(tracer.finishedSpans()).toEqual([open]);
  });

  test('has the scope manager of the thread by default, or the given one', () => {
    expect(new MockTracer().scopeManager).toBeInstanceOf(ThreadLocalScopeManager);
    const manager = new ThreadLocalScopeManager();
    expect(new MockTracer(manager).scopeManager).toBe(manager);
  });

  test('gives ids that are small hex numbers, in the order of the spans', () => {
    const tracer = new MockTracer();
    const ids = ['a', 'b', 'c'].map((name) => {
      return Number.parseInt(tracer.startSpan(name).context().toSpanId(), 16);
    });
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    expect(ids[2]).toBeLessThan(10_000);
  });

  test('gives the same ids at every run where it counts from a first id, and after reset', () => {
    const idsOf = (tracer: MockTracer) =>
      [tracer.startSpan('a'), tracer.startSpan('b')].map((span) => [
        span.context().toTraceId(),
        span.context().toSpanId(),
      ]);
    for (const tracer of [new MockTracer({ firstId: 1 }), new MockTracer({ firstId: 1 })]) {
      const ids = [
        ['1', '2'],
        ['3', '4'],
      ];
      expect(idsOf(tracer)).toEqual(ids);
      tracer.reset();
      expect(idsOf(tracer)).toEqual(ids);
    }
    expect(idsOf(new MockTracer({ firstId: 9 }))[0]).toEqual(['9', 'a']);
  });

  test.each([0, -1, 1.5, Number.NaN, 2 ** 53])('does not count from %d', (firstId) => {
    expect(() => new MockTracer({ firstId })).toThrow(
      new RangeError(`The firstId is ${firstId}; give a whole number of 1 or more.`),
    );
  });

  test('takes options in place of a scope manager', () => {
    const manager = new ThreadLocalScopeManager();
    expect(new MockTracer({ scopeManager: manager }).scopeManager).toBe(manager);
    expect(new MockTracer({}).scopeManager).toBeInstanceOf(ThreadLocalScopeManager);
    // One of another copy of the package.
    const foreign = Object.create({ activate() {}, active: null });
    expect(new MockTracer(foreign).scopeManager).toBe(foreign);
  });

  test('takes all its times from the given clock', () => {
    let now = 1_000;
    const tracer = new MockTracer({ now: () => now });
    const span = tracer.startSpan('any');
    now += 5;
    span.log({ event: 'one' });
    now += 5;
    span.finish();
    expect([span.startTime, span.logs[0]?.timestamp, span.finishTime, span.duration]).toEqual([
      1_000, 1_005, 1_010, 10,
    ]);
  });

  test('never gives an id that another mock tracer of the program has given', () => {
    const [client, server] = [new MockTracer(), new MockTracer()];
    const contexts = [client, server, client].map((tracer) => tracer.startSpan('any').context());
    expect(new Set(contexts.map((context) => context.toSpanId())).size).toBe(3);
    expect(new Set(contexts.map((context) => context.toTraceId())).size).toBe(3);
  });
});

describe('MockSpan', () => {
  test('can be read in every detail', () => {
    const tracer = new MockTracer();
    const parent = tracer.startSpan('parent');
    const cause = tracer.startSpan('cause');
    const references = [followsFrom(cause), childOf(parent)];
    const span = tracer.startSpan('before', { references, tags: { a: 1 }, startTime: 1_000 });
    expect(span.finished).toBe(false);
    expect(span.finishTime).toBeNull();
    expect(span.duration).toBe(0);
    span.setOperationName('after').setTag('b', 2).log({ event: 'one' }, 1_500).finish(3_000.5);
    expect(span.operationName).toBe('after');
    expect(span.startTime).toBe(1_000);
    expect(span.finishTime).toBe(3_000.5);
    expect(span.duration).toBe(2_000.5);
    expect(span.finished).toBe(true);
    expect(span.tags).toEqual({ a: 1, b: 2 });
    expect(span.logs).toEqual([{ fields: { event: 'one' }, timestamp: 1_500 }]);
    expect(span.parentId).toBe(parent.context().toSpanId());
    expect(span.references).toEqual(references);
    expect(span.context().toTraceId()).toBe(parent.context().toTraceId());
  });

  test('shows the active span that became its parent as a reference', () => {
    const tracer = new MockTracer();
    const outer = tracer.startActiveSpan('outer').span as MockSpan;
    const inner = tracer.startSpan('inner');
    expect(inner.references.map((r) => r.referencedContext())).toEqual([outer.context()]);
    expect(outer.references).toEqual([]);
    expect(outer.parentId).toBeNull();
  });

  test('does not finish before it started', () => {
    const span = new MockTracer().startSpan('any', { startTime: 1_000 });
    span.finish(500);
    expect(span.finishTime).toBe(1_000);
    expect(span.duration).toBe(0);
  });

  test('copies the fields of a log and the tags', () => {
    const tags = { a: 1 };
    const fields = { event: 'one' };
    const span = new MockTracer().startSpan('any', { tags }).log(fields);
    tags.a = 2;
    fields.event = 'two';
    expect(span.tags).toEqual({ a: 1 });
    expect(span.logs[0]?.fields).toEqual({ event: 'one' });
  });

  test('lies on the clock of its trace', () => {
    const tracer = new MockTracer();
    const parent = tracer.startSpan('parent');
    const child = tracer.startSpan('child', { childOf: parent }).log({ event: 'any' });
    child.finish();
    parent.finish();
    const times = [
      parent.startTime,
      child.startTime,
      child.logs[0]?.timestamp as number,
      child.finishTime as number,
      parent.finishTime as number,
    ];
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(Math.abs(parent.startTime - Date.now())).toBeLessThan(60_000);
  });
});

describe('propagation by MockTracer', () => {
  const tracer = new MockTracer();
  const span = tracer.startSpan('any').setBaggageItem('tenant', 'a/b c');
  const [traceId, spanId] = [span.context().toTraceId(), span.context().toSpanId()];

  test('writes names that no real tracer has, and percent-encodes baggage for HTTP only', () => {
    const text = {};
    tracer.inject(span, FORMAT_TEXT_MAP, text);
    expect(text).toEqual({
      'mockpfx-ids-traceid': traceId,
      'mockpfx-ids-spanid': spanId,
      'mockpfx-baggage-tenant': 'a/b c',
    });
    const headers = {};
    tracer.inject(span, FORMAT_HTTP_HEADERS, headers);
    expect(headers).toEqual({
      'mockpfx-ids-traceid': traceId,
      'mockpfx-ids-spanid': spanId,
      'mockpfx-baggage-tenant': 'a%2Fb%20c',
    });
  });

  test('makes the extracted context a parent', () => {
    const headers = new Headers();
    tracer.inject(span, FORMAT_HTTP_HEADERS, headers);
    const server = new MockTracer();
    const child = server.startSpan('server', {
      childOf: server.extract(FORMAT_HTTP_HEADERS, headers),
    });
    expect(child.parentId).toBe(spanId);
    expect(child.context().toTraceId()).toBe(traceId);
    expect(child.getBaggageItem('tenant')).toBe('a/b c');
  });

  test.each([
    { 'mockpfx-ids-traceid': '1' },
    { 'mockpfx-ids-spanid': '1' },
    { 'mockpfx-ids-traceid': '1', 'mockpfx-ids-spanid': 'zebra' },
    { 'mockpfx-ids-traceid': '', 'mockpfx-ids-spanid': '1' },
    { 'mockpfx-ids-traceid': ['1', '2'], 'mockpfx-ids-spanid': '1' },
  ])('takes the text %j for corrupted', (carrier) => {
    for (const format of [FORMAT_TEXT_MAP, FORMAT_HTTP_HEADERS]) {
      expect(() => tracer.extract(format, carrier)).toThrow(SpanContextCorruptedError);
    }
  });

  test.each([
    'x',
    '1',
    'null',
    '{"traceId":"1"}',
    '{"spanId":"1"}',
    '{"traceId":1,"spanId":2}',
    '"a',
  ])('takes the bytes of %s for corrupted', (text) => {
    const carrier = new BinaryCarrier(new TextEncoder().encode(text));
    expect(() => tracer.extract(FORMAT_BINARY, carrier)).toThrow(SpanContextCorruptedError);
  });

  test('leaves out baggage of other types and without end', () => {
    const baggage: unknown[] = [['a', 1], 'b', null, ['c', 'd']];
    for (let i = 0; i < 100; i++) {
      baggage.push([`key-${i}`, 'value']);
    }
    const json = JSON.stringify({ traceId: '1', spanId: '2', baggage });
    const context = tracer.extract(
      FORMAT_BINARY,
      new BinaryCarrier(new TextEncoder().encode(json)),
    );
    expect(context?.baggage.c).toBe('d');
    expect(Object.keys(context?.baggage ?? {})).toHaveLength(64);
  });

  test('does not take a bare array of bytes for a binary carrier', () => {
    for (const carrier of [null, new Uint8Array(4), Buffer.from('any'), { buffer: 1 }]) {
      expect(() => tracer.inject(span, FORMAT_BINARY, carrier)).toThrow(InvalidCarrierError);
      expect(() => tracer.extract(FORMAT_BINARY, carrier)).toThrow(InvalidCarrierError);
    }
  });

  test.each([null, undefined, {}])('injects nothing for %j, which is no context', (context) => {
    const carrier = {};
    new MockTracer().inject(context as unknown as SpanContext, FORMAT_TEXT_MAP, carrier);
    expect(carrier).toEqual({});
  });

  test('finds nothing in the bytes of a context of nothing', () => {
    const carrier = new BinaryCarrier();
    tracer.inject(new SpanContext(), FORMAT_BINARY, carrier);
    expect(tracer.extract(FORMAT_BINARY, carrier)).toBeNull();
    expect(tracer.extract(FORMAT_BINARY, new BinaryCarrier([]))).toBeNull();
  });

  test('carries baggage without ids in every format', () => {
    const headers = { 'MockPfx-Baggage-tenant': 'a%20b' };
    const context = tracer.extract(FORMAT_HTTP_HEADERS, headers) as SpanContext;
    expect({ ...context.baggage }).toEqual({ tenant: 'a b' });
    for (const [format, carrier] of [
      [FORMAT_TEXT_MAP, {}],
      [FORMAT_HTTP_HEADERS, new Headers()],
      [FORMAT_BINARY, new BinaryCarrier()],
    ] as const) {
      tracer.inject(context, format, carrier);
      const child = tracer.startSpan('any', { childOf: tracer.extract(format, carrier) });
      expect(child.parentId).toBeNull();
      expect(child.context().toTraceId()).not.toBe('');
      expect(child.getBaggageItem('tenant')).toBe('a b');
    }
  });

  test('can be replaced, and taught other formats', () => {
    const own = new MockTracer();
    expect(() => own.extract('mine', {})).toThrow(UnsupportedFormatError);
    const written: [string, unknown][] = [];
    own.registerPropagator('mine', {
      inject: (context, carrier) => written.push([context.toSpanId(), carrier]),
      extract: () => new MockSpanContext('a', 'b', { tenant: 'c' }),
    });
    const carrier = {};
    own.inject(span, 'mine', carrier);
    expect(written).toEqual([[spanId, carrier]]);
    const child = own.startSpan('child', { childOf: own.extract('mine', carrier) });
    expect(child.parentId).toBe('b');
    expect(child.getBaggageItem('tenant')).toBe('c');
    own.registerPropagator(FORMAT_TEXT_MAP, { inject: () => {}, extract: () => null });
    expect(own.extract(FORMAT_TEXT_MAP, { 'mockpfx-ids-traceid': 'zebra' })).toBeNull();
  });
});
