// A child span with five tags and one log, finished and handed over: what an instrumented call costs.
// Each variant returns the work of one iteration; the batches it hands over are thrown away.

import { createHandOver, createRandom } from '../floor.mjs';
import { openTelemetryTracer } from '../open-telemetry.mjs';

const PARENT_NAME = 'parent';
const NAME = 'query';

export const title = 'A recorded child span';

export const about =
  'A child span with five tags and one log, finished and handed over in batches that are thrown away.';

export const bars = [
  { atMost: 1.2, times: 'floor' },
  { fasterThan: 'OpenTelemetry SDK', by: 10 },
  { fasterThan: 'jaeger-client' },
  { fasterThan: 'opentracing MockTracer' },
];

export const variants = {
  /**
   * The least code that does the same, written for this very span: one object, its tags as one literal,
   * three clock reads. The values come from outside, or else the engine would make one array of all
   * spans' tags.
   */
  async floor() {
    const handOver = createHandOver();
    const random = createRandom();
    // Kept: Node has a getter in the place of the global.
    const clock = performance;
    const offset = clock.timeOrigin;
    const trace = { id0: random(), id1: random(), isSampled: true };
    const parent = { trace, id0: random(), id1: random() };
    const [component, type, instance, rows, isOk] = ['pg', 'sql', 'shop', 3, true];
    const query = (component, type, instance, rows, isOk) => {
      const span = {
        trace: parent.trace,
        id0: random(),
        id1: random(),
        parent0: parent.id0,
        parent1: parent.id1,
        name: NAME,
        start: offset + clock.now(),
        duration: -1,
        tags: null,
        logs: null,
      };
      if (!span.trace.isSampled) {
        return;
      }
      span.tags = [
        'component',
        component,
        'db.type',
        type,
        'db.instance',
        instance,
        'rows',
        rows,
        'ok',
        isOk,
      ];
      span.logs = [offset + clock.now(), { event: 'fetched' }];
      span.duration = offset + clock.now() - span.start;
      handOver(span);
    };
    return () => query(component, type, instance, rows, isOk);
  },

  async 'opentracing-ts'() {
    const { BasicTracer, BatchRecorder } = await import('opentracing-ts/basictracer');
    const recorder = new BatchRecorder({
      exporter: { export: async () => {} },
      maxQueueSize: 100_000,
    });
    const tracer = new BasicTracer({ recorder });
    const parent = tracer.startSpan(PARENT_NAME);
    return openTracingWork(tracer, parent);
  },

  async 'jaeger-client'() {
    const { default: jaeger } = await import('jaeger-client');
    let count = 0;
    const reporter = {
      report: () => count++,
      close: (done) => done?.(),
      setProcess() {},
      name: 'count',
    };
    const tracer = new jaeger.Tracer('bench', reporter, new jaeger.ConstSampler(true));
    return openTracingWork(tracer, tracer.startSpan(PARENT_NAME));
  },

  async 'opentracing MockTracer'() {
    const { default: opentracing } = await import('opentracing');
    const tracer = new opentracing.MockTracer();
    const work = openTracingWork(tracer, tracer.startSpan(PARENT_NAME));
    let count = 0;
    return () => {
      work();
      if (++count % 1000 === 0) {
        tracer.clear();
      }
    };
  },

  async 'OpenTelemetry SDK'() {
    const { trace, context } = await import('@opentelemetry/api');
    const tracer = await openTelemetryTracer();
    const parent = trace.setSpan(context.active(), tracer.startSpan(PARENT_NAME));
    return () => {
      const span = tracer.startSpan(NAME, undefined, parent);
      span.setAttribute('component', 'pg');
      span.setAttribute('db.type', 'sql');
      span.setAttribute('db.instance', 'shop');
      span.setAttribute('rows', 3);
      span.setAttribute('ok', true);
      span.addEvent('fetched');
      span.end();
    };
  },
};

function openTracingWork(tracer, parent) {
  return () => {
    const span = tracer.startSpan(NAME, { childOf: parent });
    span.setTag('component', 'pg');
    span.setTag('db.type', 'sql');
    span.setTag('db.instance', 'shop');
    span.setTag('rows', 3);
    span.setTag('ok', true);
    span.log({ event: 'fetched' });
    span.finish();
  };
}
