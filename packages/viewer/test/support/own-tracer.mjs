// A program with a tracer of its own, as the guides set it up.
import { globalTracer, setGlobalTracer } from 'opentracing-ts';
import { createZipkinTracer } from 'opentracing-ts/zipkin';

setGlobalTracer(
  createZipkinTracer({ serviceName: 'own', url: process.env.OPENTRACING_ZIPKIN_URL }),
);
globalTracer().startSpan('mine').finish();
