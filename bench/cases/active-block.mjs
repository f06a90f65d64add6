// Two nested active spans over AsyncLocalStorage in the block form: opened, and closed by the caller.

import { createRandom } from '../random.mjs';

export const title = 'Two nested active spans, as blocks';

export const about = 'Over AsyncLocalStorage, opened and closed by the caller, without tags.';

export const bars = [{ atMost: 1.4, times: 'floor' }];

export const variants = {
  /** The least code that does the same: the storage is entered, and entered back. */
  async floor() {
    const { AsyncLocalStorage } = await import('node:async_hooks');
    const storage = new AsyncLocalStorage();
    const ring = new Array(4096);
    let at = 0;
    const random = createRandom();
    const clock = performance;
    const offset = clock.timeOrigin;
    const open = (name) => {
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
        previous: parent,
      };
      storage.enterWith(span);
      return span;
    };
    const close = (span) => {
      span.duration = offset + clock.now() - span.start;
      ring[at++ & 4095] = span;
      storage.enterWith(span.previous);
      span.previous = undefined;
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
};
