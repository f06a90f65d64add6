// Two nested active spans over AsyncLocalStorage in the block form: opened, and closed by the caller.

import { createHandOver, createRandom } from '../floor.mjs';
import { openTelemetryTracer } from '../open-telemetry.mjs';

export const title = 'Two nested active spans, as blocks';

export const about = 'Over AsyncLocalStorage, opened and closed by the caller, without tags.';

export const bars = [
  { atMost: 1.4, times: 'floor' },
  { fasterThan: 'OpenTelemetry SDK', by: 12 },
];

export const variants = {
  /** The least code that does the same: the storage is entered, and entered back. */
  async floor() {
    const { AsyncLocalStorage } = await import('node:async_hooks');
    const storage = new AsyncLocalStorage();
    const handOver = createHandOver();
    const random = createRandom();
    const clock = performance;
    const offset = clock.timeOrigin;
    const open = (name) => {
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
        previous: parent,
      };
      storage.enterWith(span);
      return span;
    };
    const close = (span) => {
      // Closing twice does nothing.
      if (span.duration >= 0) {
        return;
      }
      span.duration = offset + clock.now() - span.start;
      storage.enterWith(span.previous);
      span.previous = undefined;
      if (span.trace.isSampled) {
        handOver(span);
      }
    };
    return () => {
      const outer = open('outer');
      const inner = open('inner');
      close(inner);
      close(outer);
    };
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
    return () => {
      const outer = tracer.startActiveSpan('outer');
      const inner = tracer.startActiveSpan('inner');
      inner.close();
      outer.close();
    };
  },

  /** Its way: the span is made active for a function, and ended there. */
  async 'OpenTelemetry SDK'() {
    const { trace, context } = await import('@opentelemetry/api');
    const tracer = await openTelemetryTracer({ isActive: true });
    const inner = (span) => span.end();
    const outer = (span) => {
      const child = tracer.startSpan('inner');
      context.with(trace.setSpan(context.active(), child), inner, undefined, child);
      span.end();
    };
    return () => {
      const span = tracer.startSpan('outer');
      context.with(trace.setSpan(context.active(), span), outer, undefined, span);
    };
  },
};
