// Whether a span of nobody leaves garbage behind.
import { setImmediate } from 'node:timers/promises';
import { variants as calls } from './noop.mjs';

const CALLS = 50_000;

export const title = 'No tracer registered: memory';

export const about = 'What the same span allocates, whether it is kept or not.';

export const unit = 'bytes';
export const isReading = true;
export const processes = 3;
// So much new space that no garbage is collected in between.
export const nodeOptions = ['--expose-gc', '--min-semi-space-size=64', '--max-semi-space-size=64'];

// A thousandth of an object: the engine's own doing.
export const bars = [{ atMost: 0.1 }];

export const variants = Object.fromEntries(
  Object.entries(calls).map(([variant, work]) => [variant, () => allocated(work)]),
);

async function allocated(workOf) {
  const work = await workOf();
  const bytesOf = (calls) => {
    globalThis.gc();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < calls; i++) {
      work();
    }
    return process.memoryUsage().heapUsed - before;
  };
  return async () => {
    // Until the engine has compiled it for good.
    for (let i = 0; i < 20; i++) {
      bytesOf(CALLS);
      await setImmediate();
    }
    // Collecting garbage throws compiled code away, so the first calls allocate: they are in both.
    const readings = Array.from({ length: 5 }, () => bytesOf(CALLS * 2) - bytesOf(CALLS));
    return Math.max(0, readings.toSorted((a, b) => a - b)[2]) / CALLS;
  };
}
