// Ten million spans in one process: whether anything slows down or grows on the way.
import { setImmediate } from 'node:timers/promises';
import { openTracingWork } from '../peers.mjs';

const PARTS = 20;
const SPANS_OF_PART = 500_000;
const SPANS_OF_SMOKE = 1_000;
const BATCH_SIZE = 1_000;

export const title = 'Ten million spans';

export const about =
  'Recorded child spans with five tags and one log in one process, in twenty parts of half a million each. Cost: how much more the last five parts take than the second to the sixth, at the median. Heap: how much more is in use after the last part than after the sixth, once garbage is collected.';

export const unit = '%';
export const isReading = true;
export const processes = 3;
export const nodeOptions = ['--expose-gc'];

export const bars = [
  { of: 'opentracing-ts, cost', atMost: 10 },
  { of: 'opentracing-ts, heap', atMost: 10 },
];

export const variants = {
  'opentracing-ts, cost': async () => growthOf(await parts(), ({ cost }) => cost),
  'opentracing-ts, heap': async () => growthOf(await parts(), ({ heap }) => heap),
};

/** Returns what runs all parts and resolves with the cost and the heap of each. */
async function parts() {
  const { BasicTracer, BatchRecorder } = await import('opentracing-ts/basictracer');
  const recorder = new BatchRecorder({ exporter: { export: async () => {} } });
  const tracer = new BasicTracer({ recorder });
  const work = openTracingWork(tracer);
  return async ({ isSmoke }) => {
    const spans = isSmoke ? SPANS_OF_SMOKE : SPANS_OF_PART;
    const results = [];
    for (let part = 0; part < PARTS; part++) {
      const start = process.cpuUsage();
      for (let done = 0; done < spans; done += BATCH_SIZE) {
        for (let i = 0; i < BATCH_SIZE; i++) {
          work();
        }
        await setImmediate();
      }
      const { user, system } = process.cpuUsage(start);
      await tracer.flush();
      globalThis.gc();
      results.push({ cost: user + system, heap: process.memoryUsage().heapUsed });
    }
    if (recorder.stats.exported !== PARTS * spans) {
      throw new Error(`Not all spans arrived: ${JSON.stringify(recorder.stats)}`);
    }
    return results;
  };
}

/** Returns what resolves with the growth in percent, from the second to the sixth part to the last five. */
function growthOf(run, figureOf) {
  return async (options) => {
    const figures = (await run(options)).map(figureOf);
    const early = middle(figures.slice(1, 6));
    return (middle(figures.slice(-5)) / early - 1) * 100;
  };
}

function middle(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
