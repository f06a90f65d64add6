// The context of a child span into the headers of a request, as W3C Trace Context.
import {
  contexts,
  hex64,
  kept,
  MASK,
  openTelemetryContexts,
  ourTracer,
  outbound,
} from '../wire.mjs';

export const title = 'Inject W3C Trace Context';

export const about =
  'The context of a child span with a trace id of 128 bits is written into new headers as ' +
  '`traceparent`. OpenTelemetry keeps ids as text, which costs it when a span starts rather than here.';

export const bars = [{ atMost: 1.3, times: 'floor' }, { fasterThan: 'OpenTelemetry' }];

export const variants = {
  floor() {
    let at = 0;
    return () => {
      const { t0, t1, t2, t3, s0, s1, sampled } = contexts[at++ & MASK];
      const headers = outbound();
      const flags = sampled ? '01' : '00';
      headers.traceparent = `00-${hex64(t0, t1)}${hex64(t2, t3)}-${hex64(s0, s1)}-${flags}`;
      kept[at & MASK] = headers;
    };
  },

  async 'opentracing-ts'() {
    const { FORMAT_HTTP_HEADERS } = await import('opentracing-ts');
    const { tracer, spans } = await ourTracer('tracecontext');
    let at = 0;
    return () => {
      const headers = outbound();
      tracer.inject(spans[at++ & MASK], FORMAT_HTTP_HEADERS, headers);
      kept[at & MASK] = headers;
    };
  },

  async OpenTelemetry() {
    const { defaultTextMapSetter } = await import('@opentelemetry/api');
    const { W3CTraceContextPropagator } = await import('@opentelemetry/core');
    const propagator = new W3CTraceContextPropagator();
    const injected = await openTelemetryContexts();
    let at = 0;
    return () => {
      const headers = outbound();
      propagator.inject(injected[at++ & MASK], headers, defaultTextMapSetter);
      kept[at & MASK] = headers;
    };
  },
};
