// The context of a child span into the headers of a request, as B3 in one header.
import {
  contexts,
  hex64,
  ids,
  jaegerTracer,
  kept,
  MASK,
  openTelemetryContexts,
  ourTracer,
  outbound,
} from '../wire.mjs';

export const title = 'Inject B3';

export const about =
  'The context of a child span with a trace id of 128 bits is written into new headers as `b3`. ' +
  'zipkin writes the several headers of B3, jaeger-client its own `uber-trace-id`; neither checks what ' +
  'it writes. Those two and OpenTelemetry keep ids as text, which costs them when a span starts rather ' +
  'than here.';

export const bars = [{ atMost: 1.3, times: 'floor' }, { fasterThan: 'OpenTelemetry' }];

export const variants = {
  floor() {
    let at = 0;
    return () => {
      const { t0, t1, t2, t3, s0, s1, p0, p1, sampled, debug } = contexts[at++ & MASK];
      const headers = outbound();
      const low = hex64(t2, t3);
      let value = `${t0 === 0 && t1 === 0 ? low : hex64(t0, t1) + low}-${hex64(s0, s1)}`;
      if (debug) {
        value += '-d';
      } else if (sampled !== undefined) {
        value += sampled ? '-1' : '-0';
      }
      headers.b3 = p0 === 0 && p1 === 0 ? value : `${value}-${hex64(p0, p1)}`;
      kept[at & MASK] = headers;
    };
  },

  async 'opentracing-ts'() {
    const { FORMAT_HTTP_HEADERS } = await import('opentracing-ts');
    const { tracer, spans } = await ourTracer('b3');
    let at = 0;
    return () => {
      const headers = outbound();
      tracer.inject(spans[at++ & MASK], FORMAT_HTTP_HEADERS, headers);
      kept[at & MASK] = headers;
    };
  },

  async OpenTelemetry() {
    const { defaultTextMapSetter } = await import('@opentelemetry/api');
    const { B3Propagator } = await import('@opentelemetry/propagator-b3');
    const propagator = new B3Propagator();
    const injected = await openTelemetryContexts();
    let at = 0;
    return () => {
      const headers = outbound();
      propagator.inject(injected[at++ & MASK], headers, defaultTextMapSetter);
      kept[at & MASK] = headers;
    };
  },

  async zipkin() {
    const { default: zipkin } = await import('zipkin');
    const { option, Request, TraceId } = zipkin;
    const injected = ids.map(
      ({ traceId, spanId, parentId }) =>
        new TraceId({
          traceId,
          spanId,
          parentId: new option.Some(parentId),
          sampled: new option.Some(true),
        }),
    );
    let at = 0;
    return () => {
      const request = { headers: outbound() };
      kept[at & MASK] = Request.addZipkinHeaders(request, injected[at++ & MASK]).headers;
    };
  },

  async 'jaeger-client (uber)'() {
    const tracer = await jaegerTracer();
    const spans = ids.map(() => tracer.startSpan('get', { childOf: tracer.startSpan('request') }));
    let at = 0;
    return () => {
      const headers = outbound();
      tracer.inject(spans[at++ & MASK].context(), 'http_headers', headers);
      kept[at & MASK] = headers;
    };
  },
};
