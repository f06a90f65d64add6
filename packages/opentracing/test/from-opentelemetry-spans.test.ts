import {
  context,
  createTraceState,
  INVALID_SPAN_CONTEXT,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { FORMAT_HTTP_HEADERS, Tracer } from 'opentracing-ts';
import { BasicTracer, ConstSampler, InMemoryRecorder } from 'opentracing-ts/basictracer';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { OpenTracingTracerProvider } from 'opentracing-ts/opentelemetry';
import { expect, test, vi } from 'vitest';

const SUPPRESS = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING');
const REMOTE = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: TraceFlags.SAMPLED,
  isRemote: true,
};

function setUp() {
  const mock = new MockTracer();
  const otel = new OpenTracingTracerProvider({ tracer: mock }).getTracer('lib', '1.2.3');
  const only = () => {
    const [span] = mock.finishedSpans();
    if (span === undefined) throw new Error('No span has finished.');
    return span;
  };
  return { mock, otel, only };
}

test('a span has the name and the version of its instrumentation, its kind and its attributes as tags', () => {
  const { otel, only } = setUp();
  const attributes = { a: 1, list: ['x', 'y'], gone: undefined };
  otel.startSpan('work', { kind: SpanKind.PRODUCER, attributes }).end();
  expect(only()).toMatchObject({ operationName: 'work', parentId: null });
  expect(only().tags).toEqual({
    component: 'lib',
    'otel.scope.version': '1.2.3',
    'span.kind': 'producer',
    a: 1,
    list: ['x', 'y'],
  });
});

test.each([
  [SpanKind.CLIENT, 'client'],
  [SpanKind.SERVER, 'server'],
  [SpanKind.CONSUMER, 'consumer'],
  [SpanKind.INTERNAL, undefined],
])('the kind %s is the tag span.kind %s', (kind, tag) => {
  const { otel, only } = setUp();
  otel.startSpan('work', { kind }).end();
  expect(only().tags['span.kind']).toBe(tag);
});

test.each([
  ['http.request.method', 'GET', 'http.method'],
  ['http.method', 'GET', 'http.method'],
  ['http.response.status_code', 204, 'http.status_code'],
  ['url.full', 'http://a/b', 'http.url'],
  ['db.system', 'postgresql', 'db.type'],
  ['db.system.name', 'redis', 'db.type'],
  ['db.statement', 'SELECT 1', 'db.statement'],
  ['db.query.text', 'SELECT 1', 'db.statement'],
  ['db.namespace', 'shop', 'db.instance'],
  ['net.peer.name', 'db.internal', 'peer.hostname'],
  ['server.address', 'db.internal', 'peer.hostname'],
  ['net.peer.port', 5432, 'peer.port'],
  ['server.port', 5432, 'peer.port'],
  ['network.peer.address', '10.0.0.1', 'peer.ipv4'],
  ['network.peer.address', '::1', 'peer.ipv6'],
  ['network.peer.address', '/run/db.sock', 'network.peer.address'],
  ['messaging.destination.name', 'orders', 'message_bus.destination'],
  ['rpc.system', 'grpc', 'rpc.system'],
])('of a client the attribute %s = %s is the tag %s', (attribute, value, tag) => {
  const { otel, only } = setUp();
  otel
    .startSpan('at the start', { kind: SpanKind.CLIENT, attributes: { [attribute]: value } })
    .end();
  expect(only().tags[tag]).toBe(value);
  const later = setUp();
  later.otel.startSpan('later').setAttribute(attribute, value).end();
  expect(later.only().tags[tag]).toBe(value);
});

test('the address of a server is no peer of its own spans', () => {
  const { otel, only } = setUp();
  const span = otel.startSpan('GET', { kind: SpanKind.SERVER, attributes: { 'server.port': 80 } });
  span.setAttributes({ 'server.address': 'me' }).end();
  expect(only().tags).toMatchObject({ 'server.address': 'me', 'server.port': 80 });
  expect(only().tags).not.toHaveProperty('peer.hostname');
  expect(only().tags).not.toHaveProperty('peer.port');
});

test('events are logs with their attributes and time, exceptions logs with the fields of logError', () => {
  const { otel, only } = setUp();
  const span = otel.startSpan('work');
  span.addEvent('cache miss', { key: 17 }, 1_700_000_000_000);
  span.addEvent('retry', new Date(1_700_000_000_001));
  const error = new RangeError('too long');
  span.recordException(error, [1_700_000_000, 2_500_000]);
  span.recordException('plain text');
  span.end();
  const { logs, tags } = only();
  expect(logs.slice(0, 2)).toEqual([
    { fields: { event: 'cache miss', key: 17 }, timestamp: 1_700_000_000_000 },
    { fields: { event: 'retry' }, timestamp: 1_700_000_000_001 },
  ]);
  expect(logs[2]).toMatchObject({
    fields: {
      event: 'error',
      message: 'too long',
      'error.kind': 'RangeError',
      'error.object': error,
      stack: error.stack,
    },
    timestamp: 1_700_000_000_002.5,
  });
  expect(logs[3]?.fields).toMatchObject({ event: 'error', message: 'plain text' });
  expect(tags).not.toHaveProperty('error');
});

test('the status ERROR is the tag error with its description', () => {
  const { otel, only } = setUp();
  otel.startSpan('work').setStatus({ code: SpanStatusCode.ERROR, message: 'no rows' }).end();
  expect(only().tags).toMatchObject({ error: true, 'otel.status_description': 'no rows' });
});

test('the status OK is final and takes an error back, UNSET changes nothing', () => {
  const { otel, only } = setUp();
  const span = otel.startSpan('work').setStatus({ code: SpanStatusCode.ERROR });
  span.setStatus({ code: SpanStatusCode.UNSET });
  span.setStatus({ code: SpanStatusCode.OK }).setStatus({ code: SpanStatusCode.ERROR }).end();
  expect(only().tags.error).toBe(false);
  const fine = setUp();
  fine.otel.startSpan('work').setStatus({ code: SpanStatusCode.OK }).end();
  expect(fine.only().tags).not.toHaveProperty('error');
});

test('the start and the end are taken as hrtime, milliseconds, Date and of performance.now()', () => {
  const times = [
    [
      [1_700_000_000, 5e8],
      [1_700_000_001, 0],
    ],
    [1_700_000_000_500, 1_700_000_001_000],
    [new Date(1_700_000_000_500), new Date(1_700_000_001_000)],
  ] as const;
  for (const [start, end] of times) {
    const { otel, only } = setUp();
    otel.startSpan('work', { startTime: start as number }).end(end as number);
    expect(only()).toMatchObject({
      startTime: 1_700_000_000_500,
      finishTime: 1_700_000_001_000,
    });
  }
  const { otel, only } = setUp();
  const at = performance.now();
  otel.startSpan('work', { startTime: at }).end();
  expect(only().startTime).toBeCloseTo(performance.timeOrigin + at, 3);
});

test('a span has 32 and 16 hex digits whatever the tracer has, and the flag of the sampling', () => {
  const { otel } = setUp();
  const ids = otel.startSpan('work').spanContext();
  expect(isSpanContextValid(ids)).toBe(true);
  expect(ids.traceFlags).toBe(TraceFlags.SAMPLED);
  for (const sampled of [true, false]) {
    const tracer = new BasicTracer({ sampler: new ConstSampler(sampled) });
    const span = new OpenTracingTracerProvider({ tracer }).getTracer('lib').startSpan('work');
    expect(span.spanContext().traceId).toMatch(/^0{16}[0-9a-f]{16}$/);
    expect(span.spanContext().traceFlags).toBe(sampled ? 1 : 0);
    expect(span.isRecording()).toBe(sampled);
  }
});

test('an ended span records nothing more and says so', () => {
  const { otel, only, mock } = setUp();
  const span = otel.startSpan('work');
  expect(span.isRecording()).toBe(true);
  span.updateName('later name').end();
  span.setAttribute('late', 1).addEvent('late').updateName('too late').end();
  expect(span.isRecording()).toBe(false);
  expect(mock.finishedSpans()).toHaveLength(1);
  expect(only()).toMatchObject({ operationName: 'later name', logs: [] });
  expect(only().tags).not.toHaveProperty('late');
});

test('the parent is that of the given context and not the active span', () => {
  const { mock, otel } = setUp();
  const parent = otel.startSpan('parent');
  mock.withActiveSpan('active', () => {
    otel.startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, parent)).end();
    otel.startSpan('root in the root context', {}, ROOT_CONTEXT).end();
    otel.startSpan('root', { root: true }).end();
    otel.startSpan('inside').end();
  });
  parent.end();
  expect(
    mock.finishedSpans().map(({ operationName, parentId }) => [operationName, parentId]),
  ).toEqual([
    ['child', mock.finishedSpans().at(-1)?.context().toSpanId()],
    ['root in the root context', null],
    ['root', null],
    ['inside', mock.finishedSpans().at(-2)?.context().toSpanId()],
    ['active', null],
    ['parent', null],
  ]);
});

test('a parent of another process is one by its ids, flags and tracestate', () => {
  const recorder = new InMemoryRecorder();
  const tracer = new BasicTracer({ recorder, propagation: ['tracecontext'], traceId128: true });
  const otel = new OpenTracingTracerProvider({ tracer }).getTracer('lib');
  const remote = trace.wrapSpanContext({
    ...REMOTE,
    traceState: createTraceState('a=1'),
  });
  const span = otel.startSpan('work', {}, trace.setSpan(ROOT_CONTEXT, remote));
  span.end();
  expect(recorder.spans[0]?.parentId).toBe(REMOTE.spanId);
  expect(span.spanContext()).toMatchObject({ traceId: REMOTE.traceId, traceFlags: 1 });
  expect(span.spanContext().traceState?.serialize()).toBe('a=1');
  const headers: Record<string, string> = {};
  tracer.inject(recorder.spans[0]?.context() as never, FORMAT_HTTP_HEADERS, headers);
  expect(headers.tracestate).toBe('a=1');

  const unsampled = trace.wrapSpanContext({ ...REMOTE, traceFlags: TraceFlags.NONE });
  otel.startSpan('unsampled', {}, trace.setSpan(ROOT_CONTEXT, unsampled)).end();
  expect(recorder.spans).toHaveLength(1);
});

test('links are followsFrom references, those that come later and those of a new root are logs', () => {
  const { mock, otel } = setUp();
  const linked = otel.startSpan('linked');
  const link = { context: linked.spanContext() };
  const parentSpan = otel.startSpan('parent');
  const parent = trace.setSpan(ROOT_CONTEXT, parentSpan);
  const links = [link, { context: INVALID_SPAN_CONTEXT }];
  otel
    .startSpan('child', { links }, parent)
    .addLink({ ...link, attributes: { n: 1 } })
    .end();
  otel
    .startSpan('root', { root: true, links: [link] })
    .addLinks([link])
    .end();
  const [child, root] = mock.finishedSpans();
  expect(
    child?.references.map((r) => [r.type(), r.referencedContext()?.toSpanId().padStart(16, '0')]),
  ).toEqual([
    ['child_of', parentSpan.spanContext().spanId],
    ['follows_from', link.context.spanId],
  ]);
  const fields = { event: 'link', 'link.trace_id': link.context.traceId };
  expect(child?.logs.at(-1)?.fields).toMatchObject({ ...fields, n: 1 });
  expect(root).toMatchObject({ parentId: null, references: [] });
  expect(root?.logs.map((log) => log.fields.event)).toEqual(['link', 'link']);
});

test('baggage of the context goes with the span', () => {
  const { otel, only } = setUp();
  const baggage = propagation.createBaggage({ customer: { value: 'ada' } });
  otel.startSpan('work', {}, propagation.setBaggage(ROOT_CONTEXT, baggage)).end();
  expect(only().context().baggage).toEqual({ customer: 'ada' });
});

test('where tracing is suppressed nothing is started', () => {
  const { mock, otel } = setUp();
  const span = otel.startSpan('work', {}, ROOT_CONTEXT.setValue(SUPPRESS, true));
  span.end();
  expect(span.isRecording()).toBe(false);
  expect(mock.finishedSpans()).toEqual([]);
});

test('a tracer that fails gives spans that record nothing and go on with the trace, and is told once', () => {
  class Broken extends Tracer {
    override startSpan(): never {
      throw new Error('broken');
    }
  }
  const errors: unknown[] = [];
  const otel = new OpenTracingTracerProvider({
    tracer: new Broken(),
    onError: (error) => errors.push(error),
  }).getTracer('lib');
  const parent = trace.setSpan(ROOT_CONTEXT, trace.wrapSpanContext(REMOTE));
  for (const span of [otel.startSpan('one', {}, parent), otel.startSpan('two', {}, parent)]) {
    expect(span.isRecording()).toBe(false);
    expect(span.spanContext()).toEqual(REMOTE);
    span.setAttribute('a', 1).end();
  }
  expect(otel.startActiveSpan('three', () => 'result')).toBe('result');
  expect(errors).toEqual([new Error('broken')]);
});

test('a span that fails is told once, and the program goes on', () => {
  const { mock } = setUp();
  const errors: unknown[] = [];
  const otel = new OpenTracingTracerProvider({
    tracer: mock,
    onError: (error) => errors.push(error),
  }).getTracer('lib');
  const start = mock.startSpan.bind(mock);
  mock.startSpan = (name, options) => {
    const span = start(name, options);
    span.setTag = () => {
      throw new Error('broken');
    };
    return span;
  };
  const span = otel.startSpan('work');
  span.setAttribute('a', 1).setAttributes({ b: 2 }).setStatus({ code: SpanStatusCode.ERROR }).end();
  expect(mock.finishedSpans()).toHaveLength(1);
  expect(errors).toEqual([new Error('broken')]);
});

test('without a registered tracer nothing is recorded, and what is not a tracer is told at once', () => {
  const otel = new OpenTracingTracerProvider().getTracer('lib');
  const span = otel.startSpan('work', {}, context.active());
  expect(span.isRecording()).toBe(false);
  expect(span.spanContext()).toEqual(INVALID_SPAN_CONTEXT);
  expect(() => new OpenTracingTracerProvider({ tracer: {} as Tracer })).toThrow(
    'The tracer is an object, which has no method startSpan; leave it out for the global one.',
  );
});

test('a status and attributes that are none change nothing and are no failure', () => {
  const onError = vi.fn();
  const mock = new MockTracer();
  const span = new OpenTracingTracerProvider({ tracer: mock, onError })
    .getTracer('')
    .startSpan('a');
  const nothing = undefined as never;
  span.setStatus(nothing).setAttributes(nothing).addLinks(nothing).addLink(nothing).end();
  expect(mock.finishedSpans()[0]).toMatchObject({ tags: {}, logs: [] });
  expect(onError).not.toHaveBeenCalled();
});
