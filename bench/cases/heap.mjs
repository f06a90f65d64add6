// What a finished span keeps in memory until it is sent.
import {
  datadogWork,
  jaegerWork,
  lightstepWork,
  mockWork,
  openTelemetryWork,
  openTracingWork,
  zipkinOpenTracingWork,
} from '../peers.mjs';

const SPANS = 50_000;

export const title = 'Memory of a finished span';

export const about =
  'Heap that 50,000 finished child spans with five tags and one log hold while they wait to be sent, for each, with the slot of the queue, after collecting garbage.';

export const unit = 'bytes';
export const isReading = true;
export const processes = 3;
export const nodeOptions = ['--expose-gc'];

export const bars = [
  { atMost: 420 },
  { fasterThan: 'jaeger-client' },
  { fasterThan: 'OpenTelemetry SDK' },
];

export const variants = {
  'opentracing-ts': () =>
    kept(async (recordSpan) => {
      const { BasicTracer } = await import('opentracing-ts/basictracer');
      return openTracingWork(new BasicTracer({ recorder: { recordSpan } }));
    }),
  'jaeger-client': () => kept((take) => jaegerWork({ take })),
  'dd-trace': () => kept((take) => datadogWork({ take })),
  'OpenTelemetry SDK': () => kept((take) => openTelemetryWork({ take })),
  'zipkin-javascript-opentracing': () => kept((take) => zipkinOpenTracingWork({ take })),
  'opentracing MockTracer': () => kept(() => mockWork({ isKeeping: true })),
  'lightstep-tracer': () => kept(() => lightstepWork({ isKeeping: true })),
};

/** Resolves with the reading: the bytes that each span adds to those of before. */
async function kept(workWith) {
  const spans = new Array(SPANS * 2).fill(null);
  let count = 0;
  const work = await workWith((span) => {
    spans[count++] = span;
  });
  const make = () => {
    for (let i = 0; i < SPANS; i++) {
      work();
    }
  };
  return () => {
    // The engine has then compiled what it compiles, and what is made once is there.
    make();
    const before = heapUsed();
    make();
    const bytes = heapUsed() - before;
    // Until here they are all in use.
    spans.length = 0;
    return bytes / SPANS + (count === 0 ? 0 : BYTES_OF_SLOT);
  };
}

const BYTES_OF_SLOT = 8;

function heapUsed() {
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
