import {
  defaultTextMapGetter,
  defaultTextMapSetter,
  propagation,
  ROOT_CONTEXT,
  trace,
} from '@opentelemetry/api';
import { Tracer } from 'opentracing-ts';
import { BasicTracer, InMemoryRecorder } from 'opentracing-ts/basictracer';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { OpenTracingPropagator, OpenTracingTracerProvider } from 'opentracing-ts/opentelemetry';
import { expect, test } from 'vitest';

const SUPPRESS = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING');
const FORMATS = [['b3'], ['b3multi'], ['tracecontext'], ['jaeger'], ['ottrace']] as const;

function setUp(tracer: Tracer) {
  const propagator = new OpenTracingPropagator({ tracer });
  const otel = new OpenTracingTracerProvider({ tracer }).getTracer('lib');
  return {
    otel,
    propagator,
    inject(context = ROOT_CONTEXT) {
      const headers: Record<string, string> = {};
      propagator.inject(context, headers, defaultTextMapSetter);
      return headers;
    },
    extract: (headers: Record<string, string | string[]>) =>
      propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter),
  };
}

test.each(FORMATS)('a span goes by %s from one program to the next', (format) => {
  const recorder = new InMemoryRecorder();
  const { otel, inject, extract } = setUp(
    new BasicTracer({ recorder, propagation: [format], traceId128: true }),
  );
  const span = otel.startSpan('client');
  const received = extract(inject(trace.setSpan(ROOT_CONTEXT, span)));
  expect(trace.getSpanContext(received)).toMatchObject({
    traceId: span.spanContext().traceId,
    spanId: span.spanContext().spanId,
    traceFlags: 1,
    isRemote: true,
  });
  otel.startSpan('server', {}, received).end();
  expect(recorder.spans[0]?.parentId).toBe(span.spanContext().spanId);
});

test('ids of 64 bits come back as they were, and so do those of the mock', () => {
  for (const tracer of [new BasicTracer({ propagation: ['b3'] }), new MockTracer()]) {
    const { otel, inject, extract } = setUp(tracer);
    const span = otel.startSpan('client');
    const headers = inject(trace.setSpan(ROOT_CONTEXT, span));
    expect(Object.values(headers).join()).not.toContain('0'.repeat(15));
    const child = otel.startSpan('server', {}, extract(headers));
    expect(child.spanContext().traceId).toBe(span.spanContext().traceId);
    expect(inject(trace.setSpan(ROOT_CONTEXT, child))).not.toEqual({});
  }
});

test('baggage that arrives is in the context, beside the span', () => {
  const { extract } = setUp(new BasicTracer({ propagation: ['b3', 'baggage'] }));
  const received = extract({
    b3: '1-2'.replace(/\d/g, (d) => d.padStart(16, '0')),
    baggage: 'x=1,y=2',
  });
  expect(trace.getSpan(received)).toBeDefined();
  expect(propagation.getBaggage(received)?.getAllEntries()).toEqual([
    ['x', { value: '1' }],
    ['y', { value: '2' }],
  ]);
});

test('a span that has baggage sends it with what the context has beside', () => {
  const tracer = new BasicTracer({ propagation: ['tracecontext', 'baggage'] });
  const { otel, inject } = setUp(tracer);
  const first = propagation.createBaggage({ a: { value: '1' }, b: { value: '1' } });
  const span = otel.startSpan('client', {}, propagation.setBaggage(ROOT_CONTEXT, first));
  const later = propagation.createBaggage({ b: { value: '2' } });
  const context = propagation.setBaggage(trace.setSpan(ROOT_CONTEXT, span), later);
  expect(inject(context).baggage?.split(',').sort()).toEqual(['a=1', 'b=2']);
  expect(inject(trace.setSpan(ROOT_CONTEXT, span)).baggage?.split(',').sort()).toEqual([
    'a=1',
    'b=1',
  ]);
});

test('tracestate and the decision go on beside more baggage', () => {
  const { propagator, inject, extract } = setUp(
    new BasicTracer({ propagation: ['tracecontext', 'baggage'] }),
  );
  const received = extract({
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00',
    tracestate: 'a=1',
  });
  expect(trace.getSpanContext(received)).toMatchObject({ traceFlags: 0 });
  expect(trace.getSpanContext(received)?.traceState?.serialize()).toBe('a=1');
  const baggage = propagation.createBaggage({ c: { value: '1' } });
  expect(inject(propagation.setBaggage(received, baggage))).toEqual({
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00',
    tracestate: 'a=1',
    baggage: 'c=1',
  });
  expect(propagator.fields()).toEqual(['traceparent']);
});

test('baggage travels without a span', () => {
  const { inject, extract } = setUp(new BasicTracer({ propagation: ['b3multi', 'baggage'] }));
  const baggage = propagation.createBaggage({ customer: { value: 'ada' } });
  const headers = inject(propagation.setBaggage(ROOT_CONTEXT, baggage));
  expect(headers.baggage).toBe('customer=ada');
  const received = extract({ baggage: 'customer=ada' });
  expect(trace.getSpan(received)).toBeUndefined();
  expect(propagation.getBaggage(received)?.getEntry('customer')?.value).toBe('ada');
});

test('headers that come more than once are read as those of Node', () => {
  const { extract } = setUp(new BasicTracer({ propagation: ['tracecontext', 'baggage'] }));
  const received = extract({ baggage: ['a=1', 'b=2'] });
  expect(propagation.getBaggage(received)?.getAllEntries()).toHaveLength(2);
});

test('nothing is sent where tracing is suppressed, or nothing is there', () => {
  const { otel, inject } = setUp(new MockTracer());
  const context = trace.setSpan(ROOT_CONTEXT, otel.startSpan('work'));
  expect(inject(context.setValue(SUPPRESS, true))).toEqual({});
  expect(inject()).toEqual({});
});

test('broken headers and a broken tracer leave the context as it was, and are told once', () => {
  class Broken extends Tracer {
    override inject(): never {
      throw new Error('broken');
    }
    override extract(): never {
      throw new Error('broken, too');
    }
  }
  const errors: unknown[] = [];
  const propagator = new OpenTracingPropagator({
    tracer: new Broken(),
    onError: (error) => errors.push(error),
  });
  const headers = {};
  const context = trace.setSpan(
    ROOT_CONTEXT,
    new OpenTracingTracerProvider({ tracer: new MockTracer() }).getTracer('lib').startSpan('work'),
  );
  propagator.inject(context, headers, defaultTextMapSetter);
  expect(propagator.extract(context, headers, defaultTextMapGetter)).toBe(context);
  expect(propagator.fields()).toEqual([]);
  expect(errors).toEqual([new Error('broken')]);
  const { extract } = setUp(new BasicTracer({ propagation: ['b3'] }));
  expect(extract({ b3: 'nonsense' })).toBe(ROOT_CONTEXT);
});
