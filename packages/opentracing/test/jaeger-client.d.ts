/** The parts of jaeger-client, which has no types of its own, that the tests use. */
declare module 'jaeger-client' {
  import type { Tracer as OpenTracingTracer } from 'opentracing';

  export interface JaegerSpan {
    operationName: string;
    context(): { spanIdStr: string; parentIdStr: string | null | undefined };
    _tags: { key: string; value: unknown }[];
    _logs: { fields: { key: string; value: unknown }[] }[];
  }

  const jaeger: {
    Tracer: new (
      service: string,
      reporter: object,
      sampler: object,
      options?: { traceId128bit?: boolean },
    ) => OpenTracingTracer;
    InMemoryReporter: new () => { spans: JaegerSpan[] };
    ConstSampler: new (decision: boolean) => object;
  };
  export default jaeger;
}
