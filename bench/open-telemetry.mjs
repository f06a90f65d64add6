/**
 * A tracer of the OpenTelemetry SDK with its batch processor, whose batches are thrown away.
 *
 * @param {object} [options]
 * @param {boolean} [options.isActive] - whether the active span follows promises and callbacks
 * @param {import('@opentelemetry/sdk-trace-base').Sampler} [options.sampler] - by default all is recorded
 * @param {import('@opentelemetry/sdk-trace-base').SpanProcessor} [options.processor] - in the place of
 *   the batch processor
 */
export async function openTelemetryTracer({ isActive = false, sampler, processor } = {}) {
  const { context } = await import('@opentelemetry/api');
  const { BasicTracerProvider, BatchSpanProcessor } = await import('@opentelemetry/sdk-trace-base');
  if (isActive) {
    const { AsyncLocalStorageContextManager } = await import('@opentelemetry/context-async-hooks');
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  }
  const exporter = {
    export: (_spans, done) => done({ code: 0 }),
    shutdown: async () => {},
    forceFlush: async () => {},
  };
  const provider = new BasicTracerProvider({
    ...(sampler ? { sampler } : {}),
    spanProcessors: [processor ?? new BatchSpanProcessor(exporter, { maxQueueSize: 100_000 })],
  });
  return provider.getTracer('bench');
}
