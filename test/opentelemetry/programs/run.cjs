// Runs what a program does under a span of OpenTracing named "parent" and prints what was recorded.
const { setGlobalTracer } = require('opentracing-ts');
const { MockTracer } = require('opentracing-ts/mocktracer');
const { registerOpenTelemetry } = require('opentracing-ts/opentelemetry');
const {
  AsyncLocalStorageScopeManager,
} = require('opentracing-ts/scope-managers/async-local-storage');
const { registerInstrumentations } = require('@opentelemetry/instrumentation');

const PATIENCE_MS = 10_000;

/**
 * @param {object[]} instrumentations - of OpenTelemetry, enabled before `work` loads its library
 * @param {() => Promise<void>} work - is done when all spans that it caused have been started
 * @param {{ before?: () => Promise<void>, after?: () => Promise<void> }} around - outside of the parent
 */
exports.run = async (instrumentations, work, around = {}) => {
  const errors = [];
  const onError = (error) => errors.push(String(error));
  const tracer = new MockTracer(new AsyncLocalStorageScopeManager());
  setGlobalTracer(tracer);
  registerOpenTelemetry({ onError });
  registerInstrumentations({ instrumentations });

  let started = 0;
  const startSpan = tracer.startSpan.bind(tracer);
  tracer.startSpan = (name, options) => {
    started++;
    return startSpan(name, options);
  };
  await around.before?.();
  await tracer.withActiveSpan('parent', work);
  await around.after?.();
  const deadline = Date.now() + PATIENCE_MS;
  while (tracer.finishedSpans().length < started && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }

  const spans = tracer.finishedSpans();
  const nameOf = new Map(spans.map((span) => [span.context().toSpanId(), span.operationName]));
  process.stdout.write(
    JSON.stringify({
      errors,
      unfinished: started - spans.length,
      traces: new Set(spans.map((span) => span.context().toTraceId())).size,
      spans: spans.map((span) => ({
        name: span.operationName,
        parent: span.parentId === null ? null : (nameOf.get(span.parentId) ?? 'unknown'),
        tags: span.tags,
        logs: span.logs.map(({ fields }) => ({ event: fields.event, message: fields.message })),
      })),
    }),
  );
};

/** The promise of what `fn` hands to a callback of Node. */
exports.called = (fn) =>
  new Promise((resolve, reject) => {
    fn((error, value) => (error ? reject(error) : resolve(value)));
  });

/** What is expected to fail. */
exports.failing = async (promise) => {
  try {
    await promise;
  } catch {
    return;
  }
  throw new Error('This was expected to fail.');
};
