import { diag, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  BasicTracerProvider,
  ParentBasedSampler,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import {
  childOf,
  followsFrom,
  globalTracer,
  Reference,
  setGlobalTracer,
  Tags,
  Tracer,
} from 'opentracing-ts';
import { BasicTracer } from 'opentracing-ts/basictracer';
import { apiChecks } from 'opentracing-ts/harness';
import { MockTracer } from 'opentracing-ts/mocktracer';
import {
  type OpenTelemetrySpan,
  OpenTelemetryTracer,
  SamplingPrioritySampler,
} from 'opentracing-ts/opentelemetry';
import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest';
import { recordedSpan, sdkSpan, setUpSdk, takeDownSdk } from './opentelemetry-helpers.js';

/** An attribute holds no object and the SDK keeps attributes in plain ones. */
const BEYOND_AN_SDK = [
  'logError records the error tag and the standard fields',
  'the error tag and the error itself are recorded whatever the value',
  'withActiveSpan records the error of its function',
  'tags and log fields hold the keys of prototypes like any other',
];

describe('what an SDK records of OpenTelemetryTracer keeps the rules:', () => {
  const createTracer = () => {
    setUpSdk();
    return new OpenTelemetryTracer();
  };
  const checks = apiChecks(createTracer, { async: true, recordedSpan });

  for (const check of checks.filter(({ name }) => !BEYOND_AN_SDK.includes(name))) {
    test(check.name, () => check.run());
  }

  test('all but those that need more than attributes can hold', () => {
    const names = checks.filter(({ needs }) => needs.includes('recorded')).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(BEYOND_AN_SDK));
  });
});

describe('OpenTelemetryTracer without a tracer provider', () => {
  beforeEach(takeDownSdk);
  afterEach(takeDownSdk);

  test('tells once that spans are not recorded, and records when there is one', () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    const tracer = new OpenTelemetryTracer();
    expect(warn).not.toHaveBeenCalled();
    tracer.startSpan('lost').finish();
    tracer.startSpan('lost').finish();
    const said =
      'OpenTelemetry has no tracer provider, so spans are not recorded; set up its SDK before the ' +
      'first span.';
    expect(warn.mock.calls).toEqual([[`opentracing-ts: ${said}`]]);
    const told: unknown[] = [];
    new OpenTelemetryTracer({ onError: (error) => told.push(error) }).startSpan('lost').finish();
    expect(told).toEqual([expect.objectContaining({ message: said })]);

    const sdk = setUpSdk();
    tracer.startSpan('kept').finish();
    expect(sdk.spans().map(({ name }) => name)).toEqual(['kept']);
    takeDownSdk();
    tracer.startSpan('lost').finish();
    expect(warn).toHaveBeenCalledOnce();
    warn.mockRestore();
  });

  test('says nothing where one was given, or a tracer', () => {
    const told: unknown[] = [];
    const onError = (error: unknown) => told.push(error);
    const tracerProvider = new BasicTracerProvider();
    new OpenTelemetryTracer({ tracerProvider, onError }).startSpan('work').finish();
    const tracer = tracerProvider.getTracer('own');
    new OpenTelemetryTracer({ tracer, onError }).startSpan('work').finish();
    expect(told).toEqual([]);
  });

  test('tells of a mistyped option without calling it a failure', () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    new OpenTelemetryTracer({ tracr: undefined } as object);
    expect(warn.mock.calls).toEqual([
      ["opentracing-ts: OpenTelemetryTracer has no option 'tracr' (did you mean tracer?)."],
    ]);
    warn.mockRestore();
  });
});

describe('OpenTelemetryTracer', () => {
  let sdk: ReturnType<typeof setUpSdk>;
  let tracer: OpenTelemetryTracer;

  beforeEach(() => {
    sdk = setUpSdk();
    tracer = new OpenTelemetryTracer();
  });
  afterEach(takeDownSdk);

  it('is all that a program with an SDK has to set', () => {
    setGlobalTracer(new OpenTelemetryTracer());
    globalTracer().withActiveSpan('lunch', () => globalTracer().startSpan('soup').finish());
    expect(sdk.spanNamed('soup').parentSpanContext?.spanId).toBe(
      sdk.spanNamed('lunch').spanContext().spanId,
    );
    setGlobalTracer(new Tracer());
  });

  it('may be made before the SDK is set up', () => {
    takeDownSdk();
    const early = new OpenTelemetryTracer();
    const nothing = early.startSpan('too early');
    expect([nothing.context().toTraceId(), nothing.context().toSpanId()]).toEqual(['', '']);
    nothing.setTag('a', 1).log({ a: 1 }).finish();
    sdk = setUpSdk();
    early.startSpan('lunch').finish();
    expect(sdk.spans().map(({ name }) => name)).toEqual(['lunch']);
  });

  it('starts spans by the tracer or of the provider that it is given', () => {
    const own = setUpSdk();
    const global = setUpSdk();
    new OpenTelemetryTracer({ tracerProvider: own.provider }).startSpan('a').finish();
    new OpenTelemetryTracer({ tracer: own.provider.getTracer('mine', '1.2') })
      .startSpan('b')
      .finish();
    expect(global.spans()).toEqual([]);
    expect(own.spans().map(({ instrumentationScope }) => instrumentationScope)).toMatchObject([
      { name: 'opentracing-ts' },
      { name: 'mine', version: '1.2' },
    ]);
  });

  it('says what is wrong with its options', () => {
    const create = (options: unknown) => () => new OpenTelemetryTracer(options as object);
    expect(create(trace.getTracer('x'))).toThrow(
      'OpenTelemetryTracer takes an object with options, not a tracer; pass it as { tracer }.',
    );
    expect(create(sdk.provider)).toThrow('pass it as { tracerProvider }');
    expect(create({ tracer: 42 })).toThrow('The tracer is 42, which has no method startSpan');
    expect(create({ propagators: { http_headers: {} } })).toThrow('which has no method extract');
    const onError = vi.fn();
    create({ tracerProvidr: sdk.provider, onError })();
    expect(onError.mock.calls[0]?.[0].message).toContain('did you mean tracerProvider?');
  });

  describe('parents and links', () => {
    it('takes a span, its context and a reference to it as the parent', () => {
      const parent = tracer.startSpan('parent');
      for (const options of [
        { childOf: parent },
        { childOf: parent.context() },
        { references: [childOf(parent)] },
      ]) {
        const child = tracer.startSpan('child', options);
        expect(sdkSpan(child).parentSpanContext).toEqual(sdkSpan(parent).spanContext());
        expect(child.context().toTraceId()).toBe(parent.context().toTraceId());
        expect(sdkSpan(child).links).toEqual([]);
      }
    });

    it('takes the first childOf as the parent, wherever it stands, and the others as links', () => {
      const context = (name: string) => tracer.startSpan(name).context();
      const [a, b, c] = [context('a'), context('b'), context('c')];
      const span = tracer.startSpan('d', {
        references: [followsFrom(a), childOf(b), null, childOf(c), childOf(null)],
      });
      expect(sdkSpan(span).parentSpanContext?.spanId).toBe(b.toSpanId());
      expect(linksOf(span)).toEqual([
        [a.toSpanId(), { 'opentracing.ref_type': 'follows_from' }],
        [c.toSpanId(), { 'opentracing.ref_type': 'child_of' }],
      ]);
    });

    it('takes the first of other references as the parent, and keeps its type in a link', () => {
      const order = tracer.startSpan('order').context();
      const span = tracer.startSpan('mail', {
        references: [followsFrom(order), new Reference('odd', order)],
      });
      expect(sdkSpan(span).parentSpanContext?.spanId).toBe(order.toSpanId());
      expect(linksOf(span)).toEqual([
        [order.toSpanId(), { 'opentracing.ref_type': 'follows_from' }],
        [order.toSpanId(), { 'opentracing.ref_type': 'odd' }],
      ]);
    });

    it('takes the baggage of all references, that of the parent first', () => {
      const parent = tracer.startSpan('a').setBaggageItem('both', 'a').setBaggageItem('a', '1');
      const other = tracer.startSpan('b').setBaggageItem('both', 'b').setBaggageItem('b', '2');
      const span = tracer.startSpan('c', { references: [followsFrom(other), childOf(parent)] });
      expect({ ...span.context().baggage }).toEqual({ both: 'a', a: '1', b: '2' });
    });

    it('knows contexts of other tracers by their ids', () => {
      const mock = new MockTracer().startSpan('mock');
      const basic = new BasicTracer({ traceId128: true }).startSpan('basic');
      basic.setBaggageItem('user', 'ada');
      for (const parent of [mock, basic]) {
        const child = tracer.startSpan('child', { childOf: parent });
        expect(Number.parseInt(child.context().toTraceId(), 16)).toBe(
          Number.parseInt(parent.context().toTraceId(), 16),
        );
        expect(sdkSpan(child).parentSpanContext?.isRemote).toBe(true);
      }
      expect(tracer.startSpan('child', { childOf: basic }).getBaggageItem('user')).toBe('ada');
    });

    it('shows processors the parent itself and the baggage', () => {
      const onStart = vi.fn();
      const processor: SpanProcessor = {
        onStart,
        onEnd() {},
        forceFlush: async () => {},
        shutdown: async () => {},
      };
      setUpSdk({ processors: [processor] });
      const parent = tracer.startSpan('parent').setBaggageItem('user', 'ada');
      tracer.startSpan('child', { childOf: parent });
      const inside = onStart.mock.calls[1]?.[1];
      expect(trace.getSpan(inside)).toBe((parent as OpenTelemetrySpan).unwrap());
    });
  });

  describe('tags', () => {
    it('become attributes; what no attribute can hold becomes text', () => {
      const circular: { self?: unknown } = {};
      circular.self = circular;
      const span = tracer.startSpan('a', { tags: { given: 1, gone: null, undef: undefined } });
      span.setTag('text', 'b').addTags({ flag: false, list: [1, 2], mixed: [1, 'a'], circular });
      span.setTag('object', { a: 1 }).setTag('big', 10n).setTag('given', 2).setTag('', 1);
      expect(sdkSpan(span).attributes).toEqual({
        given: 2,
        text: 'b',
        flag: false,
        list: [1, 2],
        mixed: '[1,"a"]',
        object: '{"a":1}',
        big: '10',
      });
    });

    it('that are dates and URLs become their text, without quotes', () => {
      const span = tracer.startSpan('a', { tags: { 'http.url': new URL('http://shop/') } });
      span.setTag('on', new Date(0)).setTag('never', new Date(Number.NaN));
      expect(sdkSpan(span).attributes).toEqual({
        'http.url': 'http://shop/',
        on: '1970-01-01T00:00:00.000Z',
        never: 'null',
      });
    });

    it('that say span.kind at the start become the kind', () => {
      const kinds = ['client', 'server', 'producer', 'consumer', 'odd'];
      const spans = kinds.map((kind) => tracer.startSpan(kind, { tags: { 'span.kind': kind } }));
      expect(spans.map((span) => sdkSpan(span).kind)).toEqual([
        SpanKind.CLIENT,
        SpanKind.SERVER,
        SpanKind.PRODUCER,
        SpanKind.CONSUMER,
        SpanKind.INTERNAL,
      ]);
      expect(spans.map((span) => sdkSpan(span).attributes)).toEqual([
        {},
        {},
        {},
        {},
        { 'span.kind': 'odd' },
      ]);
    });

    it('that say span.kind later stay attributes, as OpenTelemetry knows no way to change a kind', () => {
      const span = tracer.startSpan('a').setTag(Tags.SPAN_KIND, 'client');
      expect(sdkSpan(span)).toMatchObject({
        kind: SpanKind.INTERNAL,
        attributes: { 'span.kind': 'client' },
      });
    });

    const { UNSET, OK, ERROR } = SpanStatusCode;
    for (const [values, status] of [
      [[true], { code: ERROR }],
      [['true'], { code: ERROR }],
      [[false], { code: UNSET }],
      [['false', true], { code: ERROR }],
      [[true, false], { code: OK }],
      [[undefined, null], { code: UNSET }],
      [['it burns'], { code: ERROR, message: 'it burns' }],
    ] as const) {
      it(`become the status: error ${values.map(String).join(', then ')}`, () => {
        const [first, ...later] = values;
        const atStart = tracer.startSpan('a', { tags: { error: first } });
        const afterwards = tracer.startSpan('b').setTag('error', first);
        for (const value of later) {
          atStart.setTag('error', value);
          afterwards.addTags({ error: value });
        }
        for (const span of [atStart, afterwards]) {
          expect(sdkSpan(span).status).toEqual(status);
          expect(sdkSpan(span).attributes).toEqual({});
        }
      });
    }

    it('that have an error for the error record it', () => {
      const span = tracer.startSpan('a').setTag('error', new TypeError('no soup'));
      expect(sdkSpan(span).status).toEqual({ code: ERROR, message: 'no soup' });
      expect(sdkSpan(span).events[0]?.attributes?.['exception.type']).toBe('TypeError');
    });

    it('of sampling.priority 0 make a span that is not recorded, and its children with it', () => {
      const unwanted = tracer.startSpan('a', { tags: { 'sampling.priority': 0 } });
      const parent = tracer.startSpan('b');
      const childOfWanted = tracer.startSpan('c', {
        childOf: parent,
        tags: { [Tags.SAMPLING_PRIORITY]: 0 },
      });
      const child = tracer.startSpan('d', { childOf: unwanted });
      for (const span of [child, unwanted, childOfWanted]) {
        span.setTag('x', 1).finish();
        expect(span.context().sampled).toBe(false);
        expect(span.context().toSpanId()).toMatch(/^[0-9a-f]{16}$/);
      }
      expect(child.context().toTraceId()).toBe(unwanted.context().toTraceId());
      expect(childOfWanted.context().toTraceId()).toBe(parent.context().toTraceId());
      expect(sdk.spans()).toEqual([]);
    });

    it('of sampling.priority above 0 are for SamplingPrioritySampler', () => {
      const root = new SamplingPrioritySampler(new AlwaysOffSampler());
      sdk = setUpSdk({ sampler: new ParentBasedSampler({ root }) });
      const tags = { 'sampling.priority': 1 };
      const wanted = tracer.startSpan('a', { tags });
      tracer.startSpan('child', { childOf: wanted }).finish();
      tracer.startSpan('other').finish();
      wanted.finish();
      expect(sdk.spans().map(({ name }) => name)).toEqual(['child', 'a']);
      expect(String(root)).toBe('SamplingPrioritySampler{AlwaysOffSampler}');
      expect(() => new SamplingPrioritySampler({} as AlwaysOffSampler)).toThrow(
        'The sampler is an object, which has no method shouldSample',
      );
    });
  });

  describe('logs', () => {
    it('become events, by the name and the time that they have', () => {
      const span = tracer.startSpan('a');
      span.log({ event: 'cache miss', key: 17, gone: null }, 1_700_000_000_000.25);
      span.log({ key: 18, odd: { a: 1 } });
      span.log({ event: 42 }).log({ event: '' });
      expect(sdkSpan(span).events).toMatchObject([
        { name: 'cache miss', attributes: { key: 17 }, time: [1_700_000_000, 250_000] },
        { name: 'log', attributes: { key: 18, odd: '{"a":1}' } },
        { name: '42', attributes: {} },
        { name: 'log', attributes: {} },
      ]);
    });

    it('take small times for times, too', () => {
      const span = tracer.startSpan('a', { startTime: 0.5 });
      span.log({ event: 'b' }, 1).finish(2);
      expect(sdkSpan(span)).toMatchObject({
        startTime: [0, 500_000],
        endTime: [0, 2_000_000],
        events: [{ time: [0, 1_000_000] }],
      });
    });

    it('of errors become exceptions, and logError sets the status too', () => {
      const error = new TypeError('no soup');
      const span = tracer.startSpan('a').logError(error);
      expect(sdkSpan(span).status).toEqual({ code: SpanStatusCode.ERROR, message: 'no soup' });
      const attributes = {
        'exception.type': 'TypeError',
        'exception.message': 'no soup',
        'exception.stacktrace': error.stack,
      };
      expect(sdkSpan(span).events).toMatchObject([{ name: 'exception', attributes }]);

      const byHand = tracer.startSpan('b').log({ event: 'error', 'error.object': error }, 5);
      expect(sdkSpan(byHand).status).toEqual({ code: SpanStatusCode.UNSET });
      expect(sdkSpan(byHand).events).toMatchObject([
        { name: 'exception', attributes, time: [0, 5_000_000] },
      ]);
    });

    it('of errors keep what else they say', () => {
      const span = tracer.startSpan('a');
      span.log({ event: 'error', message: 'no soup', 'error.kind': 'Empty', attempt: 3 });
      span.log({ event: 'error', 'error.object': 'no bread' }).log({ event: 'error' });
      expect(sdkSpan(span).events).toMatchObject([
        {
          name: 'exception',
          attributes: { 'exception.message': 'no soup', 'exception.type': 'Empty', attempt: 3 },
        },
        { name: 'exception', attributes: { 'exception.message': 'no bread' } },
        { name: 'error', attributes: {} },
      ]);
    });

    it('that are nothing are ignored', () => {
      const span = tracer.startSpan('a');
      for (const nothing of [null, 'text', undefined]) {
        span.log(nothing as unknown as Record<string, unknown>);
      }
      expect(sdkSpan(span).events).toEqual([]);
    });
  });

  it('changes the name, and gives the times that it is given', () => {
    const span = tracer.startSpan('a', { startTime: 1_700_000_000_123.456 });
    span.setOperationName('b').finish(1_700_000_001_000);
    span.finish();
    expect(sdk.spanNamed('b')).toMatchObject({
      startTime: [1_700_000_000, 123_456_000],
      endTime: [1_700_000_001, 0],
    });
  });

  it('leaves a span alone that OpenTelemetry code has ended, without complaints of the SDK', () => {
    const warn = vi.fn();
    diag.setLogger({ warn, error: warn, info() {}, debug() {}, verbose() {} });
    const span = tracer.startSpan('a');
    span.unwrap().end();
    span.setTag('late', 1).log({ late: 1 }).setOperationName('late').logError(new Error('late'));
    span.finish();
    diag.disable();
    expect(warn).not.toHaveBeenCalled();
    expect(sdk.spanNamed('a').attributes).toEqual({});
  });

  it('breaks nothing where a processor or a sampler throws, and tells of it once', async () => {
    const fail = () => {
      throw new Error('expected');
    };
    const onError = vi.fn();
    tracer = new OpenTelemetryTracer({ onError });
    const processor = { onStart() {}, onEnd: fail, forceFlush: fail, shutdown: async () => {} };
    setUpSdk({ processors: [processor as unknown as SpanProcessor] });
    tracer.startSpan('a').finish();
    await tracer.close();
    setUpSdk({ sampler: { shouldSample: fail } });
    const span = tracer.startSpan('b').setTag('x', 1);
    expect(span.context().toTraceId()).toMatch(/^[0-9a-f]{32}$/);
    span.finish();
    expect(onError.mock.calls).toEqual([[new Error('expected')]]);
  });

  it('passes flush on to the provider, and close leaves that running', async () => {
    const forceFlush = vi.spyOn(sdk.provider, 'forceFlush');
    const shutdown = vi.spyOn(sdk.provider, 'shutdown');
    await tracer.flush();
    await new OpenTelemetryTracer({ tracerProvider: sdk.provider }).close();
    expect(forceFlush).toHaveBeenCalledTimes(2);
    expect(shutdown).not.toHaveBeenCalled();
    takeDownSdk();
    await tracer.flush();
  });

  it('stops where OpenTelemetry reports to the tracer itself', () => {
    const onError = vi.fn();
    const looping: OpenTelemetryTracer = new OpenTelemetryTracer({
      tracer: {
        startSpan: (name) => looping.startSpan(name).unwrap(),
        startActiveSpan: () => undefined as never,
      },
      onError,
    });
    looping.startSpan('a').finish();
    expect(onError.mock.calls[0]?.[0].message).toContain('leave one of the two bridges out');
    expect(onError).toHaveBeenCalledTimes(1);
  });
});

function linksOf(span: OpenTelemetrySpan) {
  return sdkSpan(span).links.map(({ context, attributes }) => [context.spanId, attributes]);
}
