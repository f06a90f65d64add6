// `npm start`: from a fresh clone to the trace of a request that crossed four programs.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { buildWhenNeeded } from './start-build.mjs';
import { Shop } from './start-shop.mjs';
import { wholeTrace } from './start-trace.mjs';

const HELP = `Usage: npm start [-- OPTION]

Builds what is not built yet, starts the collector with its web page and the four programs of
examples/shop, sends them orders, and prints the trace of one. Then it stays until Ctrl-C, with
one more order every two seconds.

  --once      print the trace and end
  -h, --help  print this
`;
/** How many orders are sent at once, round by round: twenty in all, of which the shop fails two. */
const ROUNDS = [4, 1, 4, 1, 4, 1, 4, 1];
/** Where a collector listens, unless something else does. */
const ZIPKIN_PORT = 9411;
/** How long until the next order after those, in milliseconds. */
const PAUSE = 2_000;

process.exitCode = await main(process.argv.slice(2));

/**
 * @param {string[]} args
 * @returns {Promise<number>} the exit status
 */
async function main(args) {
  const unknown = args.find((arg) => !['--once', '-h', '--help'].includes(arg));
  if (unknown !== undefined) {
    process.stderr.write(`npm start: there is no option ${unknown}: see "npm start -- --help"\n`);
    return 2;
  }
  if (args.includes('-h') || args.includes('--help')) {
    process.stdout.write(HELP);
    return 0;
  }
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop.abort());
  try {
    await buildWhenNeeded(stop.signal);
    await runShop(args.includes('--once'), stop.signal);
    return 0;
  } catch (error) {
    // What was told to end, and so did not get to its own end, has not failed.
    if (stop.signal.aborted) return 0;
    process.stderr.write(`npm start: ${error instanceof Error ? error.message : error}\n`);
    return 1;
  }
}

/**
 * Starts the collector and the shop, shows them, and ends them, whatever happens.
 *
 * @param {boolean} isOnce whether to end as soon as a trace is shown
 * @param {AbortSignal} signal ends it before
 */
async function runShop(isOnce, signal) {
  // Not at the top of the file: before the build there may be no such module.
  const { renderTrace, startCollector } = await import('opentracing-viewer');
  const folder = mkdtempSync(join(tmpdir(), 'opentracing-shop-'));
  try {
    const collector = await startCollector({ db: join(folder, 'traces.db') });
    const shop = new Shop(collector.url);
    const present = async () => {
      if (collector.port !== ZIPKIN_PORT) say(`port ${ZIPKIN_PORT} is taken, using another`);
      say(`collecting traces at ${collector.url}, in ${folder}, which is removed at the end`);
      await shop.start((name, url) => say(`${name} listens on ${url}`));
      const trace = await sendOrders(shop, collector.url);
      say(`\n${renderTrace(trace, terminal())}\n`);
      const page = `${collector.url}/traces/${trace[0]?.traceId}`;
      if (isOnce) return say(`without --once, its page would now be at ${page}`);
      say(`see it at ${page}`);
      say('one more order every two seconds, until Ctrl-C');
      await trickle(shop, signal);
    };
    try {
      signal.throwIfAborted();
      await Promise.race([present(), shop.failed, once(signal, 'abort')]);
    } finally {
      await shop.stop();
      await collector.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Sends the first orders, and waits for the trace of one: of the last that failed, for there is more to
 * see in it.
 *
 * @param {Shop} shop
 * @param {string} collector
 */
async function sendOrders(shop, collector) {
  const answers = [];
  for (const count of ROUNDS) {
    answers.push(...(await Promise.all(Array.from({ length: count }, () => shop.order()))));
  }
  const failed = answers.filter(({ status }) => status >= 500);
  say(
    `sent ${answers.length} orders, ${failed.length} of them failed; the trace of the last of these:`,
  );
  return wholeTrace(collector, (failed.at(-1) ?? answers.at(-1))?.traceId ?? '');
}

/**
 * Sends an order now and then.
 *
 * @param {Shop} shop
 * @param {AbortSignal} signal
 */
async function trickle(shop, signal) {
  for (;;) {
    await delay(PAUSE, undefined, { signal });
    await shop.order();
  }
}

/** How to draw a trace on the standard output: in colour on a terminal only. */
function terminal() {
  const { NO_COLOR, TERM } = process.env;
  const { columns, isTTY } = process.stdout;
  return { width: columns || 100, color: Boolean(isTTY) && !NO_COLOR && TERM !== 'dumb' };
}

/** @param {string} line */
function say(line) {
  process.stdout.write(`${line}\n`);
}
