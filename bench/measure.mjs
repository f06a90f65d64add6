// Measures one variant of one case in this process: `node measure.mjs CASE VARIANT` prints a Reading, as
// JSON: the median of its rounds. It yields to the event loop within a round, so that whatever sends in the
// background gets its turn and its cost counts. With `--smoke` the work is done once and not timed.
//
// The time is the processor's, of all threads of the process, so that collecting garbage counts and
// waiting for a processor that others use does not: beside seven busy programs the time of day doubled
// from round to round, that of the processor moved by a twentieth.
import { setImmediate } from 'node:timers/promises';
import { loadCase } from './cases.mjs';

const ROUNDS = 40;
const ROUND_MS = 15;
const WARM_UP_MS = 250;
const WARM_UP_CALLS = 50_000;
/** What has not been called so often until then is slow enough to be warm. */
const LONGEST_WARM_UP_MS = 2_000;
const TRIAL_STEPS = 10;
const NS_PER_MS = 1e6;

const [name, variant, option] = process.argv.slice(2);
const bench = await loadCase(name);
const { operations = 1, yieldsAfter = 1000 } = bench;
const work = await bench.variants[variant]();

const isSmoke = option === '--smoke';

if (bench.isReading) {
  const reading = await work({ isSmoke });
  print(typeof reading === 'number' ? { figure: reading } : reading);
} else if (isSmoke) {
  await work();
  print({ figure: 0 });
} else if (bench.isOnce) {
  const start = process.cpuUsage();
  await work();
  print({ figure: processorMs(start) * (bench.unit === 'ms' ? 1 : NS_PER_MS) });
} else {
  print({ figure: await medianOfRounds() });
}

async function medianOfRounds() {
  // The engine optimises in steps; how many calls fill a round is known after that.
  const step = await stepOfWarmUp();
  const perCall = (await repeat(step * TRIAL_STEPS, step)) / (step * TRIAL_STEPS);
  const calls = Math.ceil(ROUND_MS / perCall / step) * step;
  const results = [];
  for (let round = 0; round < ROUNDS; round++) {
    results.push(((await repeat(calls, step)) / calls / operations) * NS_PER_MS);
  }
  results.sort((a, b) => a - b);
  return results[ROUNDS / 2];
}

/** Warms up; resolves with how many calls, `yieldsAfter` at most, make a step of a quarter of a round. */
async function stepOfWarmUp() {
  const start = performance.now();
  const end = start + WARM_UP_MS;
  const lastEnd = start + LONGEST_WARM_UP_MS;
  let calls = 0;
  let step = 1;
  while (
    performance.now() < end ||
    (calls < WARM_UP_CALLS && step === yieldsAfter && performance.now() < lastEnd)
  ) {
    const took = await repeat(step, step);
    calls += step;
    if (took < ROUND_MS / 4) {
      step = Math.min(step * 2, yieldsAfter);
    }
  }
  return step;
}

/** Resolves with how many milliseconds of the processor the calls took. */
async function repeat(calls, step) {
  const start = process.cpuUsage();
  for (let done = 0; done < calls; done += step) {
    for (let i = 0; i < step; i++) {
      work();
    }
    await setImmediate();
  }
  return processorMs(start);
}

function processorMs(start) {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** @param {import('./measurements.mjs').Reading | import('./measurements.mjs').Parts} reading */
function print(reading) {
  process.stdout.write(`${JSON.stringify(reading)}\n`, () => process.exit(0));
}
