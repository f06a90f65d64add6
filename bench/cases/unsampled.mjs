// What tracing costs in the traces that are not recorded, most of them in production.
import { createRandom } from '../floor.mjs';
import { jaegerWork, openTelemetryWork, openTracingWork } from '../peers.mjs';

export const title = 'A child span that is not sampled';

export const about =
  'The same child span with five tags and one log, in a trace that is not recorded. It still has ids of its own, to be sent along with a request.';

export const bars = [
  { atMost: 0.25, times: 'opentracing-ts, recorded' },
  { fasterThan: 'jaeger-client', by: 3 },
  { fasterThan: 'OpenTelemetry SDK' },
];

export const variants = {
  /** The least code that does the same: one object with ids, and a look at the decision in each call. */
  async floor() {
    const random = createRandom();
    const trace = { id0: random(), id1: random(), isSampled: false };
    const parent = { trace, id0: random(), id1: random() };
    const span = {
      start: (parent) => ({
        trace: parent.trace,
        id0: random(),
        id1: random(),
        parent0: parent.id0,
        parent1: parent.id1,
        isFinished: false,
        tags: null,
      }),
      setTag(span, key, value) {
        if (span.trace.isSampled) {
          span.tags = [key, value];
        }
      },
      finish(span) {
        span.isFinished = true;
      },
    };
    let last;
    return () => {
      const child = span.start(parent);
      span.setTag(child, 'component', 'pg');
      span.setTag(child, 'db.type', 'sql');
      span.setTag(child, 'db.instance', 'shop');
      span.setTag(child, 'rows', 3);
      span.setTag(child, 'ok', true);
      span.setTag(child, 'event', 'fetched');
      span.finish(child);
      // Somebody has it, or else the engine would not make it.
      last = child;
      return last;
    };
  },

  'opentracing-ts': () => ourWork(false),
  'opentracing-ts, recorded': () => ourWork(true),
  'jaeger-client': () => jaegerWork({ isSampled: false }),
  'OpenTelemetry SDK': () => openTelemetryWork({ isSampled: false }),
};

async function ourWork(isSampled) {
  const { BasicTracer, BatchRecorder, ConstSampler } = await import('opentracing-ts/basictracer');
  const recorder = new BatchRecorder({
    exporter: { export: async () => {} },
    maxQueueSize: 100_000,
  });
  return openTracingWork(new BasicTracer({ recorder, sampler: new ConstSampler(isSampled) }));
}
