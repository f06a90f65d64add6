import jaegerClient from 'jaeger-client';
import { FORMAT_HTTP_HEADERS, FORMAT_TEXT_MAP, type SpanContext } from 'opentracing-ts';
import { type BasicSpanContext, BasicTracer, InMemoryRecorder } from 'opentracing-ts/basictracer';
import { textPropagator } from 'opentracing-ts/propagation';
import { describe, expect, it } from 'vitest';

const TRACE = '463ac35c9f6413ad48485a3953bb6124';
const SHORT = '48485a3953bb6124';
const SPAN = 'a2fb4a1d1a96d312';
const PARENT = '0020000000000001';

const extract = (headers: object) => textPropagator(['jaeger']).extract(headers);

function facts(context: SpanContext | null) {
  if (context === null) {
    return null;
  }
  const { sampled, parentId } = context as BasicSpanContext;
  return [context.toTraceId(), context.toSpanId(), parentId, sampled];
}

/** What is passed on of what came in. */
function passedOn(headers: object, format: 'http_headers' | 'text_map' = FORMAT_HTTP_HEADERS) {
  const propagator = textPropagator(['jaeger'], format);
  const context = propagator.extract(headers);
  const carrier: Record<string, string> = {};
  propagator.inject(context as BasicSpanContext, carrier);
  return carrier;
}

describe('uber-trace-id', () => {
  it.each<[string, unknown[] | null]>([
    [`${TRACE}:${SPAN}:${PARENT}:1`, [TRACE, SPAN, PARENT, true]],
    [`${SHORT}:${SPAN}:0:0`, [SHORT, SPAN, null, false]],
    [`${SHORT}:${SPAN}:0000000000000000:1`, [SHORT, SPAN, null, true]],
    ['abc:1:0:1', ['0000000000000abc', '0000000000000001', null, true]],
    [
      `${TRACE.slice(0, 30)}:1:2:1`,
      [`00${TRACE.slice(0, 30)}`, '0000000000000001', '0000000000000002', true],
    ],
    [`${SHORT.toUpperCase()}:${SPAN}:0:1`, [SHORT, SPAN, null, true]],
    [`${SHORT}%3A${SPAN}%3A0%3A1`, [SHORT, SPAN, null, true]],
    [` ${SHORT}:${SPAN}:0:01 `, [SHORT, SPAN, null, true]],
    [`${SHORT}:${SPAN}:0:3`, [SHORT, SPAN, null, true]],
    [`${SHORT}:${SPAN}:0:2`, [SHORT, SPAN, null, false]],
    [`${SHORT}:${SPAN}:0:9`, [SHORT, SPAN, null, true]],
    [`${SHORT}:${SPAN}:0:ff`, [SHORT, SPAN, null, true]],
    ['', null],
    [`${SHORT}:${SPAN}:0`, null],
    [`${SHORT}:${SPAN}:0:1:1`, null],
    [`${SHORT}:${SPAN}:0:`, null],
    [`${SHORT}:${SPAN}:0:x`, null],
    [`${SHORT}:${SPAN}:0:100`, null],
    [`${SHORT}:${SPAN}:x:1`, null],
    [`${SHORT}:${SPAN}::1`, null],
    [`0:${SPAN}:0:1`, null],
    [`${SHORT}:0:0:1`, null],
    [`:${SPAN}:0:1`, null],
    [`1${TRACE}:${SPAN}:0:1`, null],
    [`${SHORT}:1${SPAN}:0:1`, null],
    [`xyz:${SPAN}:0:1`, null],
    [`${SHORT}:${SPAN}:0:1, ${SHORT}:${SPAN}:0:1`, null],
  ])('of %j gives %j', (value, expected) => {
    expect(facts(extract({ 'uber-trace-id': value }))).toEqual(expected);
    expect(facts(extract(['Uber-Trace-Id', value]))).toEqual(expected);
  });

  it('is written with all digits, and debug as a flag', () => {
    for (const value of [
      `${TRACE}:${SPAN}:${PARENT}:1`,
      `${SHORT}:${SPAN}:0:0`,
      `${SHORT}:${SPAN}:0:3`,
    ]) {
      expect(passedOn({ 'uber-trace-id': value })).toEqual({ 'uber-trace-id': value });
    }
  });
});

describe('the baggage of Jaeger', () => {
  it('is a header for each item, escaped for HTTP alone', () => {
    const escaped = { 'uber-trace-id': `${SHORT}:${SPAN}:0:1`, 'uberctx-user': 'ada%20l%2C%C3%A9' };
    expect({ ...extract(escaped)?.baggage }).toEqual({ user: 'ada l,é' });
    expect(passedOn(escaped)).toEqual(escaped);
    const plain = { 'uber-trace-id': `${SHORT}:${SPAN}:0:1`, 'uberctx-user': '100%25 é' };
    expect(passedOn(plain, FORMAT_TEXT_MAP)).toEqual(plain);
    expect({ ...textPropagator(['jaeger'], FORMAT_TEXT_MAP).extract(plain)?.baggage }).toEqual({
      user: '100%25 é',
    });
  });

  it('comes in one header too, where no trace has begun', () => {
    const context = extract({ 'jaeger-baggage': 'a=1, b = 2 ,c,d=3=4', 'uberctx-e': '5' });
    expect(facts(context)).toEqual(['', '', null, undefined]);
    expect({ ...context?.baggage }).toEqual({ a: '1', 'b ': ' 2', e: '5' });
  });
});

describe('jaeger-debug-id', () => {
  const serve = (headers: object) => {
    const recorder = new InMemoryRecorder();
    const sampler = { isSampled: () => false };
    const tracer = new BasicTracer({ recorder, sampler, propagation: ['jaeger'] });
    const span = tracer.startSpan('serve', {
      childOf: tracer.extract(FORMAT_HTTP_HEADERS, headers),
    });
    const carrier: Record<string, string> = {};
    tracer.inject(tracer.startSpan('call', { childOf: span }), FORMAT_HTTP_HEADERS, carrier);
    span.finish();
    return { tags: recorder.spans[0]?.tags, flags: carrier['uber-trace-id']?.split(':')[3] };
  };

  it('records a trace that begins here, whatever the sampler says, and names it by a tag', () => {
    expect(serve({ 'Jaeger-Debug-Id': 'ticket%2042' })).toEqual({
      tags: { 'jaeger-debug-id': 'ticket 42' },
      flags: '3',
    });
    expect(serve({})).toEqual({ tags: undefined, flags: '0' });
  });

  it('counts for nothing in a trace that has begun', () => {
    const headers = { 'jaeger-debug-id': 'x', 'uber-trace-id': `${SHORT}:${SPAN}:0:0` };
    expect(serve(headers)).toEqual({ tags: undefined, flags: '0' });
  });
});

describe('jaeger-client 3.19', () => {
  const createJaeger = (traceId128bit: boolean) => {
    const reporter = new jaegerClient.InMemoryReporter();
    const sampler = new jaegerClient.ConstSampler(true);
    return new jaegerClient.Tracer('peer', reporter, sampler, { traceId128bit });
  };
  const formats = [FORMAT_HTTP_HEADERS, FORMAT_TEXT_MAP] as const;

  it.each([
    ['64', false],
    ['128', true],
  ])('continues our traces with ids of %s bits, and we continue its', (_, traceId128) => {
    const jaeger = createJaeger(traceId128);
    const ours = new BasicTracer({ propagation: ['jaeger'], traceId128 });
    // Its ids lack leading zeros now and then.
    for (let i = 0; i < 300; i++) {
      for (const format of formats) {
        const client = ours.startSpan('call', { childOf: ours.startSpan('serve') });
        client.setBaggageItem('user', 'ada, é 100%');
        const sent: Record<string, string> = {};
        ours.inject(client, format, sent);
        const remote = jaeger.startSpan('serve', {
          childOf: jaeger.extract(format, sent) as never,
        });
        expect(remote.getBaggageItem('user')).toBe('ada, é 100%');
        expect(remote.context().toTraceId()).toBe(client.context().toTraceId());

        remote.setBaggageItem('tier', 'gold; 1');
        const answered: Record<string, string> = {};
        jaeger.inject(remote, format, answered);
        const context = ours.extract(format, answered) as BasicSpanContext;
        expect(context.toTraceId()).toBe(client.context().toTraceId());
        expect(context.toSpanId()).toBe(remote.context().toSpanId().padStart(16, '0'));
        expect(context.parentId).toBe(client.context().toSpanId());
        expect(context.sampled).toBe(true);
        expect({ ...context.baggage }).toEqual({ user: 'ada, é 100%', tier: 'gold; 1' });

        const root = jaeger.startSpan('root');
        const began: Record<string, string> = {};
        jaeger.inject(root, format, began);
        expect(facts(ours.extract(format, began))).toEqual([
          root
            .context()
            .toTraceId()
            .padStart(traceId128 ? 32 : 16, '0'),
          root.context().toSpanId().padStart(16, '0'),
          null,
          true,
        ]);
      }
    }
  });
});
