// Times one variant of one case in this process: `node measure.mjs CASE VARIANT` prints the
// nanoseconds of one iteration, the median of its rounds. It yields to the event loop between rounds,
// so that whatever sends in the background gets its turn and its cost counts. A case that says
// `isOnce` is what can be done once in a process only, such as importing, and timed as that.
import { setImmediate } from 'node:timers/promises';

const ROUNDS = 40;
const ROUND_MS = 20;

const [name, variant] = process.argv.slice(2);
const { variants, isOnce } = await import(`./cases/${name}.mjs`);
const work = await variants[variant]();

if (isOnce) {
  // The first reading loads the clock.
  performance.now();
  const start = performance.now();
  await work();
  const elapsed = performance.now() - start;
  process.stdout.write(`${elapsed * 1e6}\n`);
  process.exit(0);
}

const repeat = async (count) => {
  const start = performance.now();
  for (let done = 0; done < count; done += 1000) {
    for (let i = 0; i < 1000; i++) {
      work();
    }
    await setImmediate();
  }
  return performance.now() - start;
};

// The engine optimises in steps; the count of iterations that fills a round is known after that.
await repeat(50_000);
const perRound = Math.max(1000, Math.round(ROUND_MS / ((await repeat(50_000)) / 50_000)));
const results = [];
for (let round = 0; round < ROUNDS; round++) {
  const count = Math.ceil(perRound / 1000) * 1000;
  results.push(((await repeat(count)) / count) * 1e6);
}
results.sort((a, b) => a - b);
process.stdout.write(`${results[ROUNDS / 2]}\n`);
process.exit(0);
