// `npm run bench [-- [--check | --smoke] [CASE...]]`: measures every variant of every case, each in
// processes of its own, and prints the figures and which bars they meet. Without the name of a case it
// writes docs/benchmarks.md. `--check` fails when a bar is missed; `--smoke` only runs everything once.
import { writeFileSync } from 'node:fs';
import { caseNames, loadCase } from './cases.mjs';
import { readCommandLine } from './command-line.mjs';
import { installPeers } from './install.mjs';
import { measureCase } from './measurements.mjs';
import { pageOf } from './page.mjs';
import { asText, missedBars, resultOf } from './results.mjs';

const PAGE = new URL('../docs/benchmarks.md', import.meta.url);

let command;
try {
  command = readCommandLine(process.argv.slice(2), caseNames);
} catch (error) {
  console.error(`bench: ${error.message}`);
  process.exit(2);
}

const { names, isCheck, isSmoke } = command;
const isFull = names.length === 0 && !isSmoke;
const onProgress = (text) => process.stderr.write(`${text}\n`);
const results = [];
try {
  installPeers();
  for (const name of names.length > 0 ? names : caseNames) {
    const bench = await loadCase(name);
    const measured = measureCase(name, bench, { isSmoke, onProgress });
    if (!isSmoke) {
      results.push(resultOf(name, bench, measured));
      console.log(asText(results.at(-1)));
    }
  }
} catch (error) {
  console.error(`bench: ${error.message}`);
  process.exit(1);
}

if (isFull) {
  writeFileSync(PAGE, pageOf(results));
}
const missed = missedBars(results);
if (isCheck && missed.length > 0) {
  console.error(`\nMissed bars:\n${missed.join('\n')}`);
  process.exitCode = 1;
}
