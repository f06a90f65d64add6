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
   * The least code that does the same: one object, three clock reads, and functions that do to it what
   * the methods do, one tag after the other as a program learns them, and nothing once it has finished.
   */
  async floor() {
    const handOver = createHandOver();
    const random = createRandom();
    // Kept: Node has a getter in the place of the global.
    const clock = performance;
    const offset = clock.timeOrigin;
    const start = (name, parent) => ({
      trace: parent.trace,
      id0: random(),
      id1: random(),
      parent0: parent.id0,
      parent1: parent.id1,
      name,
      start: offset + clock.now(),
      duration: -1,
      isRecording: parent.trace.isSampled,
      tags: null,
      tagsEnd: 0,
      logs: null,
    });
    const setTag = (span, key, value) => {
      if (!span.isRecording) {
        return;
      }
      if (span.tags === null) {
        // Room for five.
        span.tags = [key, value, 0, 0, 0, 0, 0, 0, 0, 0];
        span.tagsEnd = 2;
      } else {
        span.tags[span.tagsEnd] = key;
        span.tags[span.tagsEnd + 1] = value;
        span.tagsEnd += 2;
      }
    };
    const log = (span, fields) => {
      if (span.isRecording) {
        span.logs = [offset + clock.now(), fields];
      }
    };
    const finish = (span) => {
      if (span.isRecording) {
        span.duration = offset + clock.now() - span.start;
        span.isRecording = false;
        handOver(span);
      }
    };
    const trace = { id0: random(), id1: random(), isSampled: true };
    const parent = { trace, id0: random(), id1: random() };
    return () => {
      const span = start(NAME, parent);
      setTag(span, 'component', 'pg');
      setTag(span, 'db.type', 'sql');
      setTag(span, 'db.instance', 'shop');
      setTag(span, 'rows', 3);
      setTag(span, 'ok', true);
      log(span, { event: 'fetched' });
      finish(span);
    };
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
