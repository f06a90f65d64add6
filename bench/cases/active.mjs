// Two nested active spans over AsyncLocalStorage, without tags.

import { createRandom } from '../random.mjs';

export const title = 'Two nested active spans';

export const about = 'Over AsyncLocalStorage, each active for a function, without tags.';

export const bars = [
  { atMost: 1.4, times: 'floor' },
  { fasterThan: 'OpenTelemetry SDK', by: 12 },
];

export const variants = {
  /** The least code that does the same: two objects, four clock reads, two entries of the storage. */
  async floor() {
    const { AsyncLocalStorage } = await import('node:async_hooks');
    const storage = new AsyncLocalStorage();
    const ring = new Array(4096);
    let at = 0;
    const random = createRandom();
    // Kept: Node has a getter in the place of the global.
    const clock = performance;
    const offset = clock.timeOrigin;
    const run = (name, fn) => {
      const parent = storage.getStore();
      const span = {
        t0: parent?.t0 ?? random(),
        t1: parent?.t1 ?? random(),
        s0: random(),
        s1: random(),
        p0: parent?.s0 ?? 0,
        p1: parent?.s1 ?? 0,
        name,
        start: offset + clock.now(),
        duration: 0,
      };
      const result = storage.run(span, fn, span);
      span.duration = offset + clock.now() - span.start;
      ring[at++ & 4095] = span;
      return result;
    };
    const inner = () => 1;
    const outer = () => run('inner', inner);
    return () => run('outer', outer);
  },

  async 'opentracing-ts'() {
    const { BasicTracer, BatchRecorder } = await import('opentracing-ts/basictracer');
    const { AsyncLocalStorageScopeManager } = await import(
      'opentracing-ts/scope-managers/async-local-storage'
    );
    const tracer = new BasicTracer({
      recorder: new BatchRecorder({ exporter: { export: async () => {} }, maxQueueSize: 100_000 }),
      scopeManager: new AsyncLocalStorageScopeManager(),
    });
    const inner = () => 1;
    const outer = () => tracer.withActiveSpan('inner', inner);
    return () => tracer.withActiveSpan('outer', outer);
  },

  async 'OpenTelemetry SDK'() {
    const { context } = await import('@opentelemetry/api');
    const { AsyncLocalStorageContextManager } = await import('@opentelemetry/context-async-hooks');
    const { BasicTracerProvider, BatchSpanProcessor } = await import(
      '@opentelemetry/sdk-trace-base'
    );
    const exporter = {
      export: (_spans, done) => done({ code: 0 }),
      shutdown: async () => {},
      forceFlush: async () => {},
    };
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const provider = new BasicTracerProvider({
      spanProcessors: [new BatchSpanProcessor(exporter, { maxQueueSize: 100_000 })],
    });
    const tracer = provider.getTracer('bench');
    const inner = (span) => {
      span.end();
      return 1;
    };
    const outer = (span) => {
      tracer.startActiveSpan('inner', inner);
      span.end();
    };
    return () => tracer.startActiveSpan('outer', outer);
  },
};
