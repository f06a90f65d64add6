import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, type TestContext } from 'vitest';
import { temporaryFolder, until } from '../spool-helpers.js';
import { startCollector } from './collector.js';
import { PROGRAM, start } from './spooling-program.js';
import { addRow } from './table.js';

const AT_A_TIME = 2;

/** Kills programs that share a spool, so often, while the collector comes and goes, and adds the row. */
export async function killInTurn(context: TestContext, kills: number): Promise<void> {
  /** How often each span has arrived, and how many spans a run has sent again or might have. */
  const times = new Map<string, number>();
  const again = new Map<string, number>();
  const doubtful = new Map<string, number>();
  let isUp = true;
  const collector = await startCollector((exchange) => {
    if (!isUp) {
      return Math.random() < 0.5 ? exchange.refuse(503) : exchange.reset();
    }
    const run = String(exchange.headers['x-run']);
    doubtful.set(run, Number(exchange.headers['x-doubtful']));
    const from = collector.names.length;
    exchange.take();
    for (const name of collector.names.slice(from)) {
      const before = times.get(name) ?? 0;
      times.set(name, before + 1);
      if (before > 0) {
        again.set(run, (again.get(run) ?? 0) + 1);
      }
    }
    exchange.response.writeHead(202).end();
  });
  const dir = temporaryFolder();
  const flushed = new Map<string, number>();
  let runs = 0;
  let isOver = false;

  async function comeAndGo() {
    while (!isOver) {
      await delay(20 + Math.random() * 60);
      isUp = !isUp;
    }
    isUp = true;
  }

  async function killOneByOne() {
    while (runs < kills) {
      const run = `run-${runs++}`;
      const { child, ended, said } = start(process.execPath, [PROGRAM, collector.url, dir, run]);
      await once(child.stdout ?? child, 'data');
      await delay(Math.random() * 100);
      child.kill('SIGKILL');
      await ended;
      flushed.set(run, said().at(-1)?.flushed ?? 0);
    }
  }

  const coming = comeAndGo();
  await Promise.all(Array.from({ length: AT_A_TIME }, killOneByOne));
  isOver = true;
  await coming;
  const last = start(process.execPath, [PROGRAM, collector.url, dir, 'last', '10']);
  await last.ended;
  flushed.set('last', 10);
  await until(() => readdirSync(dir).length === 0);

  const names = [...flushed].flatMap(([run, count]) =>
    Array.from({ length: count }, (_, i) => `${run}-${i}`),
  );
  expect(names.filter((name) => !times.has(name))).toEqual([]);
  for (const [run, count] of again) {
    expect(count, `${run}: arrived again and counted`).toBeLessThanOrEqual(doubtful.get(run) ?? 0);
  }
  addRow(context, {
    fault: `the program is killed ${kills} times while the collector comes and goes`,
    recorded: names.length,
    delivered: names.filter((name) => times.has(name)).length,
    again: [...again.values()].reduce((sum, count) => sum + count, 0),
    dropped: 0,
  });
}
