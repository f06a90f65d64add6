// `npm run test:interop`: real systems and we, on this machine. Those that take minutes to build run with
// `-- --all`, which writes docs/interop.md.
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const page = fileURLToPath(new URL('../docs/interop.md', import.meta.url));
const built = ['packages/opentracing/dist/esm/index.js', 'packages/viewer/dist/index.js'];

const all = readArguments();
for (const path of built) {
  if (!existsSync(new URL(`../${path}`, import.meta.url))) {
    misuse(`There is no ${path} yet; run npm run build first.`);
  }
}
// What is built has to be there before it is imported.
const { runSystem } = await import('./report.mjs');
const { draw } = await import('./table.mjs');
const { systems } = await import('./systems.mjs');
const { pageOf } = await import('./page.mjs');

const isCI = Boolean(process.env.CI);
const reports = [];
for (const system of systems) {
  if (system.slow && !all) continue;
  const started = Date.now();
  process.stderr.write(`${system.name} ... `);
  reports.push(await runSystem(system, isCI));
  process.stderr.write(`${((Date.now() - started) / 1000).toFixed(1)} s\n`);
}
const { isTTY } = process.stdout;
console.log(draw(reports, isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb'));

const outcomes = reports.flatMap(({ rows }) => rows.map(({ outcome }) => outcome));
if (all && outcomes.every((outcome) => outcome === 'ok')) {
  writeFileSync(page, pageOf(reports, new Date()));
}
// A system that took too long is still under way.
process.exit(outcomes.includes('failed') ? 1 : 0);

/** Whether the slow ones are wanted too. */
function readArguments() {
  try {
    return parseArgs({ options: { all: { type: 'boolean', default: false } } }).values.all;
  } catch (error) {
    const { message } = /** @type {Error} */ (error);
    return misuse(`${message.split('. ')[0]}; the only option is --all.`);
  }
}

/**
 * @param {string} sentence
 * @returns {never}
 */
function misuse(sentence) {
  console.error(sentence);
  process.exit(2);
}
