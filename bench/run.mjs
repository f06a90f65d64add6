// `npm run bench [CASE...]`: times every variant of every case, each in a process of its own, the
// variants in turn so that a drift of the machine meets them all, and prints ratios to the floor.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROCESSES = 3;
/** What is timed once in a process needs more of them. */
const PROCESSES_OF_ONCE = 15;
const folder = fileURLToPath(new URL('.', import.meta.url));
const known = readdirSync(`${folder}cases`).map((file) => basename(file, '.mjs'));
const asked = process.argv.slice(2);
const unknown = asked.find((name) => !known.includes(name));
if (unknown !== undefined) {
  console.error(`bench: no case is called '${unknown}'; there are ${known.join(', ')}.`);
  process.exit(2);
}

for (const name of asked.length > 0 ? asked : known) {
  const { variants, isOnce } = await import(`./cases/${name}.mjs`);
  const times = Object.fromEntries(Object.keys(variants).map((variant) => [variant, []]));
  for (let i = 0; i < (isOnce ? PROCESSES_OF_ONCE : PROCESSES); i++) {
    for (const variant of Object.keys(variants)) {
      times[variant].push(measure(name, variant));
    }
  }
  console.log(`\n${name}`);
  const floor = median(times.floor);
  for (const [variant, measured] of Object.entries(times)) {
    const ns = median(measured);
    console.log(
      `  ${variant.padEnd(24)} ${ns.toFixed(0).padStart(7)} ns ${(ns / floor).toFixed(2).padStart(7)} x floor`,
    );
  }
}

function measure(name, variant) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [`${folder}measure.mjs`, name, variant],
    { encoding: 'utf8' },
  );
  if (status !== 0) {
    console.error(`bench: ${name}, ${variant} failed:\n${stderr}`);
    process.exit(1);
  }
  return Number(stdout);
}

function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
