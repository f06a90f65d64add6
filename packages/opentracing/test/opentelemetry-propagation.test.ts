import type { TextMapPropagator } from '@opentelemetry/api';
import { context, isSpanContextValid, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  BinaryCarrier,
  FORMAT_BINARY,
  FORMAT_HTTP_HEADERS,
  FORMAT_TEXT_MAP,
  InvalidCarrierError,
  SpanContextCorruptedError,
} from 'opentracing-ts';
import { BasicTracer } from 'opentracing-ts/basictracer';
import { OpenTelemetryTracer } from 'opentracing-ts/opentelemetry';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sdkSpan, setUpSdk, takeDownSdk } from './opentelemetry-helpers.js';

let tracer: OpenTelemetryTracer;

beforeEach(() => {
  setUpSdk();
  tracer = new OpenTelemetryTracer();
});
afterEach(takeDownSdk);

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SPAN_ID = 'b7ad6b7169203331';
const TRACEPARENT = `00-${TRACE_ID}-${SPAN_ID}-01`;

describe('text', () => {
  for (const format of [FORMAT_HTTP_HEADERS, FORMAT_TEXT_MAP]) {
    it(`of a span and of its context comes back: ${format}`, () => {
      const span = tracer.startSpan('a').setBaggageItem('user', 'ada');
      for (const given of [span, span.context()]) {
        const carrier: Record<string, string> = {};
        tracer.inject(given, format, carrier);
        expect(Object.keys(carrier)).toEqual(['traceparent', 'baggage']);
        const found = tracer.extract(format, carrier);
        expect(found?.toTraceId()).toBe(span.context().toTraceId());
        expect(found?.toSpanId()).toBe(span.context().toSpanId());
        expect({ ...found?.baggage }).toEqual({ user: 'ada' });
      }
    });
  }

  it('keeps the tracestate and says that the parent is remote', () => {
    const found = tracer.extract(FORMAT_HTTP_HEADERS, {
      traceparent: TRACEPARENT,
      tracestate: 'a=1,b=2',
    });
    const child = tracer.startSpan('child', { childOf: found });
    expect(sdkSpan(child).parentSpanContext).toMatchObject({ spanId: SPAN_ID, isRemote: true });
    const headers: Record<string, string> = {};
    tracer.inject(child, FORMAT_HTTP_HEADERS, headers);
    expect(headers.tracestate).toBe('a=1,b=2');
  });

  it('with baggage alone is a context: a new trace begins that has it', () => {
    const found = tracer.extract(FORMAT_HTTP_HEADERS, { baggage: 'user=ada' });
    expect([found?.toTraceId(), found?.toSpanId(), found?.unwrap()]).toEqual(['', '', null]);
    const span = tracer.startSpan('root', { childOf: found });
    expect(span.getBaggageItem('user')).toBe('ada');
    expect(sdkSpan(span).parentSpanContext).toBeUndefined();
    const headers: Record<string, string> = {};
    tracer.inject(found as NonNullable<typeof found>, FORMAT_HTTP_HEADERS, headers);
    expect(headers).toEqual({ baggage: 'user=ada' });
  });

  it('is what the propagators make of it that were given for the format', () => {
    const options = {
      propagators: {
        text_map: new W3CTraceContextPropagator(),
        http_headers: new W3CBaggagePropagator(),
      },
    };
    tracer = new OpenTelemetryTracer(options);
    const span = tracer.startSpan('a').setBaggageItem('user', 'ada');
    const [text, headers] = [{}, {}];
    tracer.inject(span, FORMAT_TEXT_MAP, text);
    tracer.inject(span, FORMAT_HTTP_HEADERS, headers);
    expect([Object.keys(text), Object.keys(headers)]).toEqual([['traceparent'], ['baggage']]);
  });

  it('of the active span has all that the active context holds', () => {
    const key = Symbol('of another propagator');
    const propagator: TextMapPropagator = {
      inject: (inside, carrier, setter) =>
        setter.set(carrier, 'X-Own', String(inside.getValue(key))),
      extract: (inside, carrier, getter) =>
        inside.setValue(key, [getter.get(carrier, 'X-Own'), getter.keys(carrier)]),
      fields: () => ['X-Own'],
    };
    setUpSdk({ propagator });
    context.with(ROOT_CONTEXT.setValue(key, 'kept'), () =>
      tracer.withActiveSpan('a', (span) => {
        const headers = new Headers({ 'x-own': 'old' });
        tracer.inject(span, FORMAT_HTTP_HEADERS, headers);
        expect(headers.get('x-own')).toBe('kept');
        const map = {};
        tracer.inject(span, FORMAT_TEXT_MAP, map);
        expect(map).toEqual({ 'X-Own': 'kept' });
      }),
    );
    const extract = vi.spyOn(propagator, 'extract');
    expect(tracer.extract(FORMAT_HTTP_HEADERS, ['x-OWN', '1', 'host', 'a'])).toBeNull();
    const found = extract.mock.results[0]?.value.getValue(key);
    expect(found).toEqual(['1', ['x-OWN', 'host']]);
  });

  it('has nothing of a span of no SDK', () => {
    takeDownSdk();
    const span = tracer.startSpan('a');
    expect(isSpanContextValid(span.unwrap().spanContext())).toBe(false);
    setUpSdk();
    const carrier = {};
    tracer.inject(span, FORMAT_HTTP_HEADERS, carrier);
    expect(carrier).toEqual({});
  });

  it('breaks nothing where a propagator throws', () => {
    const fail = () => {
      throw new Error('expected');
    };
    setUpSdk({ propagator: { inject: fail, extract: fail, fields: () => [] } });
    const onError = vi.fn();
    tracer = new OpenTelemetryTracer({ onError });
    tracer.inject(tracer.startSpan('a'), FORMAT_HTTP_HEADERS, {});
    expect(onError.mock.calls).toEqual([[new Error('expected')]]);
    expect(() => tracer.extract(FORMAT_HTTP_HEADERS, {})).toThrow(SpanContextCorruptedError);
  });

  it('of a carrier that throws is an InvalidCarrierError', () => {
    const hostile = new Proxy({}, { get: () => fail(), ownKeys: () => fail(), set: () => fail() });
    const fail = () => {
      throw new Error('expected');
    };
    for (const format of [FORMAT_HTTP_HEADERS, FORMAT_TEXT_MAP]) {
      expect(() => tracer.extract(format, hostile)).toThrow(InvalidCarrierError);
      expect(() => tracer.inject(tracer.startSpan('a'), format, Object.freeze({}))).toThrow(
        InvalidCarrierError,
      );
    }
  });

  it('keeps half a surrogate pair away from the propagators, which throw at it', () => {
    tracer.withActiveSpan('a', (span) => {
      span.setBaggageItem('lone\udc00', 'a\ud800b');
      const headers: Record<string, string> = {};
      propagation.inject(context.active(), headers);
      expect(headers.baggage).toBe('lone%EF%BF%BD=a%EF%BF%BDb');
    });
  });
});

describe('binary', () => {
  it('carries all 128 bits of the trace id, the decision and the baggage', () => {
    const parent = tracer.extract(FORMAT_HTTP_HEADERS, {
      traceparent: TRACEPARENT,
      baggage: 'a=1',
    });
    for (const given of [parent, tracer.startSpan('b', { tags: { 'sampling.priority': 0 } })]) {
      const carrier = new BinaryCarrier();
      tracer.inject(given as NonNullable<typeof given>, FORMAT_BINARY, carrier);
      const bytes = Array.from(carrier.buffer ?? []);
      const found = tracer.extract(FORMAT_BINARY, new BinaryCarrier(bytes));
      const expected = given && 'context' in given ? given.context() : given;
      expect(found?.unwrap()).toMatchObject({
        traceId: expected?.toTraceId(),
        spanId: expected?.toSpanId(),
        traceFlags: expected?.sampled ? 1 : 0,
        isRemote: true,
      });
      expect({ ...found?.baggage }).toEqual({ ...expected?.baggage });
    }
  });

  it('is read by the tracers of OpenTracing, by the lower half of the trace id, and reads theirs', () => {
    const basic = new BasicTracer();
    const carrier = new BinaryCarrier();
    const span = tracer.startSpan('a').setBaggageItem('user', 'ada');
    tracer.inject(span, FORMAT_BINARY, carrier);
    const found = basic.extract(FORMAT_BINARY, carrier);
    expect(found?.toTraceId()).toBe(span.context().toTraceId().slice(16));
    expect(found?.toSpanId()).toBe(span.context().toSpanId());
    expect(found?.baggage.user).toBe('ada');

    const narrow = basic.startSpan('b');
    basic.inject(narrow, FORMAT_BINARY, carrier);
    expect(tracer.extract(FORMAT_BINARY, carrier)?.toTraceId()).toBe(
      `${'0'.repeat(16)}${narrow.context().toTraceId()}`,
    );
  });

  it('with baggage alone is a context', () => {
    const carrier = new BinaryCarrier();
    const found = tracer.extract(FORMAT_HTTP_HEADERS, { baggage: 'user=ada' });
    tracer.inject(found as NonNullable<typeof found>, FORMAT_BINARY, carrier);
    const again = tracer.extract(FORMAT_BINARY, carrier);
    expect([again?.unwrap(), again?.baggage.user]).toEqual([null, 'ada']);
  });
});

it('a context of OpenTelemetry can be had of every context of a span', () => {
  const span = tracer.startSpan('a');
  const inside = trace.setSpan(ROOT_CONTEXT, span.unwrap());
  expect(trace.getSpanContext(inside)).toBe(span.context().unwrap());
});
