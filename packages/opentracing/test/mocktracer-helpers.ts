import { MockTracer } from 'opentracing-ts/mocktracer';

/** A tracer with a span that has finished over one that has and one that has not. */
export function lunch(): MockTracer {
  const tracer = new MockTracer();
  tracer.withActiveSpan('lunch', () => {
    tracer.startSpan('soup', { tags: { hot: true } }).finish();
    tracer.startSpan('salad');
  });
  return tracer;
}

/** What `fn` throws. */
export function errorOf(fn: () => unknown): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  throw new Error('Nothing was thrown.');
}
