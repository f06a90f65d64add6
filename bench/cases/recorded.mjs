// A child span with five tags and one log, finished and handed over: what an instrumented call costs.
// Each variant returns the work of one iteration; the batches it hands over are thrown away.

import { createHandOver, createRandom } from '../floor.mjs';
import {
  datadogWork,
  jaegerWork,
  lightstepWork,
  mockWork,
  openTelemetryWork,
  openTracingWork,
  shimWork,
  zipkinOpenTracingWork,
  zipkinWork,
} from '../peers.mjs';

const NAME = 'query';

export const title = 'A recorded child span';

export const about =
  'A child span with five tags and one log, finished and handed over in batches that are thrown away.';

export const bars = [
  { atMost: 1.2, times: 'floor' },
  { fasterThan: 'OpenTelemetry SDK', by: 10 },
  { fasterThan: 'jaeger-client' },
  { fasterThan: 'dd-trace' },
  { fasterThan: 'shim-opentracing' },
  { fasterThan: 'zipkin-javascript-opentracing' },
  { fasterThan: 'zipkin' },
  { fasterThan: 'opentracing MockTracer' },
  { fasterThan: 'lightstep-tracer' },
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
    return openTracingWork(new BasicTracer({ recorder }));
  },

  'jaeger-client': () => jaegerWork(),
  'dd-trace': () => datadogWork(),
  'OpenTelemetry SDK': () => openTelemetryWork(),
  'shim-opentracing': () => shimWork(),
  'zipkin-javascript-opentracing': () => zipkinOpenTracingWork(),
  zipkin: () => zipkinWork(),
  'opentracing MockTracer': () => mockWork(),
  'lightstep-tracer': () => lightstepWork(),
};
