// A child span with two tags, finished, and no tracer registered: what instrumentation costs those
// who do not trace.

export const title = 'No tracer registered';

export const about = 'A child span with two tags, finished.';

// Nothing goes on in the background, and a turn of the event loop costs a thousand such calls.
export const yieldsAfter = 1_000_000;

export const bars = [
  { atMost: 4, times: 'floor' },
  { fasterThan: 'opentracing', by: 20 },
  { fasterThan: '@opentelemetry/api' },
];

export const variants = {
  /** The least code that does the same: calls that return their receiver. */
  async floor() {
    const span = {
      setTag() {
        return this;
      },
      finish() {},
    };
    const tracer = { startSpan: () => span };
    return noopWork(tracer, span);
  },

  async 'opentracing-ts'() {
    const { globalTracer } = await import('opentracing-ts');
    return noopWork(globalTracer(), globalTracer().startSpan('parent'));
  },

  async opentracing() {
    const { default: opentracing } = await import('opentracing');
    const tracer = opentracing.globalTracer();
    return noopWork(tracer, tracer.startSpan('parent'));
  },

  async '@opentelemetry/api'() {
    const { trace, context } = await import('@opentelemetry/api');
    const tracer = trace.getTracer('bench');
    const parent = trace.setSpan(context.active(), tracer.startSpan('parent'));
    return () => {
      const span = tracer.startSpan('query', undefined, parent);
      span.setAttribute('a', 1);
      span.setAttribute('b', 2);
      span.end();
    };
  },
};

function noopWork(tracer, parent) {
  return () => {
    const span = tracer.startSpan('query', { childOf: parent });
    span.setTag('a', 1);
    span.setTag('b', 2);
    span.finish();
  };
}
