// Two nested active spans over AsyncLocalStorage, without tags.

import { createHandOver, createRandom } from '../floor.mjs';
import { openTelemetryTracer } from '../open-telemetry.mjs';

export const title = 'Two nested active spans';

export const about = 'Over AsyncLocalStorage, each active for a function, without tags.';

export const bars = [
  { atMost: 1.4, times: 'floor' },
  { fasterThan: 'OpenTelemetry SDK', by: 12 },
];

export const variants = {
  /**
   * The least code that does the same: two objects and the trace that they share, four clock reads, two
   * entries of the storage, and an end also for what throws or returns a promise.
   */
  async floor() {
    const { AsyncLocalStorage } = await import('node:async_hooks');
    const storage = new AsyncLocalStorage();
    const handOver = createHandOver();
    const random = createRandom();
    // Kept: Node has a getter in the place of the global.
    const clock = performance;
    const offset = clock.timeOrigin;
    const finish = (span, error) => {
      span.duration = offset + clock.now() - span.start;
      span.error = error;
      if (span.trace.isSampled) {
        handOver(span);
      }
    };
    const settle = async (span, promise) => {
      try {
        const result = await promise;
        finish(span, null);
        return result;
      } catch (error) {
        finish(span, error);
        throw error;
      }
    };
    const run = (name, fn) => {
      const parent = storage.getStore();
      const trace = parent?.trace ?? { id0: random(), id1: random(), isSampled: true };
      const span = {
        trace,
        id0: random(),
        id1: random(),
        parent0: parent?.id0 ?? 0,
        parent1: parent?.id1 ?? 0,
        name,
        start: offset + clock.now(),
        duration: -1,
        error: null,
      };
      let result;
      try {
        result = storage.run(span, fn, span);
      } catch (error) {
        finish(span, error);
        throw error;
      }
      if (typeof result?.then === 'function') {
        return settle(span, result);
      }
      finish(span, null);
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
    const tracer = await openTelemetryTracer({ isActive: true });
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
