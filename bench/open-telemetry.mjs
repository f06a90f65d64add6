/**
 * A tracer of the OpenTelemetry SDK with its batch processor, whose batches are thrown away.
 *
 * @param {object} [options]
 * @param {boolean} [options.isActive] - whether the active span follows promises and callbacks
 * @param {boolean} [options.isSampled] - whether anything is recorded; by default all is
 * @param {(span: unknown) => void} [options.take] - gets the finished spans, in the place of the batch
 *   processor
 */
export async function openTelemetryTracer({ isActive = false, isSampled = true, take } = {}) {
  const { context } = await import('@opentelemetry/api');
  const { AlwaysOffSampler, BasicTracerProvider, BatchSpanProcessor } = await import(
    '@opentelemetry/sdk-trace-base'
  );
  if (isActive) {
    const { AsyncLocalStorageContextManager } = await import('@opentelemetry/context-async-hooks');
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  }
  const exporter = {
    export: (_spans, done) => done({ code: 0 }),
    shutdown: async () => {},
    forceFlush: async () => {},
  };
  const taking = {
    onStart() {},
    onEnd: take,
    shutdown: async () => {},
    forceFlush: async () => {},
  };
  const processor = take ? taking : new BatchSpanProcessor(exporter, { maxQueueSize: 100_000 });
  const provider = new BasicTracerProvider({
    ...(isSampled ? {} : { sampler: new AlwaysOffSampler() }),
    spanProcessors: [processor],
  });
  return provider.getTracer('bench');
}
