import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { BasicTracer, BatchRecorder } from 'opentracing-ts/basictracer';
import { type SpoolOptions, ZipkinExporter } from 'opentracing-ts/exporters';
import { describe, expect, it, onTestFinished } from 'vitest';
import { segmentsIn, temporaryFolder, until } from '../spool-helpers.js';
import { startCollector } from './collector.js';
import { addRow, arrived } from './table.js';

const KILLS = 100;
const AT_A_TIME = 2;
const PROGRAM = fileURLToPath(new URL('../fixtures/programs/spooling.mjs', import.meta.url));

/** A tracer with a spool, whose counts can be looked at. */
function tracerFor(url: string, spool: SpoolOptions) {
  const errors: string[] = [];
  const onError = ({ message }: Error) => errors.push(message);
  const exporter = new ZipkinExporter({
    serviceName: 'orders',
    url,
    spool: { retryMs: 5, ...spool },
    onError,
  });
  const recorder = new BatchRecorder({ exporter, flushIntervalMs: 5, maxBatchSize: 20, onError });
  const tracer = new BasicTracer({ recorder });
  onTestFinished(() => tracer.close());
  let named = 0;
  return {
    errors,
    tracer,
    recorder,
    spoolStats() {
      const stats = exporter.spoolStats;
      if (stats === null) {
        throw new Error('There is no spool.');
      }
      return stats;
    },
    /** Records spans and flushes, ten at a time. */
    async record(count: number) {
      for (let i = 0; i < count; i += 10) {
        for (let j = 0; j < 10; j++) {
          tracer.startSpan(`span-${named++}`).finish();
        }
        await tracer.flush();
      }
    },
  };
}

/** A program that records spans, and what it has said so far. */
function start(command: string, args: readonly string[]) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  /** What it has said, line by line; a line that it was killed in counts for nothing. */
  const said = (): Said[] =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  return { child: child as ChildProcess, ended, said };
}

interface Said {
  flushed?: number;
  queued?: number;
  isDone?: boolean;
  isEmpty?: boolean;
  stats?: BatchRecorder['stats'];
  spool?: { dropped: number };
  errors?: string[];
}

describe('spans with a spool are delivered or counted', () => {
  it('the program restarts while the collector is away', async (context) => {
    const collector = await startCollector();
    await collector.stop();
    const dir = temporaryFolder();
    for (let run = 0; run < 3; run++) {
      const { record, tracer } = tracerFor(collector.url, { dir });
      await record(100);
      await tracer.close();
    }
    await collector.restart();
    const { spoolStats } = tracerFor(collector.url, { dir });
    await until(() => spoolStats().found === 300 && spoolStats().waiting === 0);
    const again = arrived(collector.names.map((name, i) => `${name} ${i}`)).again;
    addRow(context, {
      fault: 'the program restarts three times while the collector is away, with a spool',
      recorded: 300,
      delivered: collector.names.length,
      again,
      dropped: spoolStats().dropped,
    });
  });

  it('the spool comes to its bound', async (context) => {
    const collector = await startCollector();
    await collector.stop();
    const dir = temporaryFolder();
    const maxBytes = 20_000;
    const { errors, record, recorder, spoolStats } = tracerFor(collector.url, { dir, maxBytes });
    for (let i = 0; i < 10; i++) {
      await record(50);
      const bytes = segmentsIn(dir).reduce((sum, segment) => sum + segment.bytes.length, 0);
      expect(bytes).toBeLessThanOrEqual(maxBytes);
    }
    await collector.restart();
    await until(() => recorder.stats.queued + spoolStats().waiting === 0);
    const { dropped } = spoolStats();
    expect(dropped).toBeGreaterThan(0);
    expect(errors.filter((message) => message.includes('20000 bytes'))).toHaveLength(1);
    addRow(context, {
      fault: 'the spool comes to its bound',
      recorded: 500,
      ...arrived(collector.names),
      dropped: dropped + recorder.stats.dropped,
    });
  });

  it('a file of the spool is damaged', async (context) => {
    const collector = await startCollector();
    await collector.stop();
    const dir = temporaryFolder();
    const first = tracerFor(collector.url, { dir });
    await first.record(100);
    await first.tracer.close();
    for (const { path, bytes } of segmentsIn(dir)) {
      const middleOfFirst = Math.floor(bytes.length / 20);
      writeFileSync(path, bytes.fill(0x20, middleOfFirst, middleOfFirst + 20));
    }
    await collector.restart();
    const { errors, spoolStats } = tracerFor(collector.url, { dir });
    await until(() => spoolStats().found === 100 && spoolStats().waiting === 0);
    expect(errors).toHaveLength(1);
    addRow(context, {
      fault: 'a file of the spool is damaged',
      recorded: 100,
      ...arrived(collector.names),
      dropped: spoolStats().dropped,
    });
  });

  it('the disk is full', async (context) => {
    const collector = await startCollector();
    await collector.stop();
    const dir = temporaryFolder();
    // A limit on the size of files does what a full disk does, and needs no disk: first a part of what is
    // to be written fits, then nothing.
    const script = `ulimit -f 32; exec "${process.execPath}" "${PROGRAM}" "$@"`;
    const args = ['-c', script, 'sh', collector.url, dir, 'full', '1000'];
    const { ended, said } = start('sh', args);
    await until(() => said().some(({ isDone }) => isDone));
    for (const { queued = 0 } of said()) {
      expect(queued).toBeLessThanOrEqual(100);
    }
    await collector.restart();
    await ended;
    const { errors, stats, spool } = said().at(-1) ?? {};
    expect(errors?.filter((message) => message.startsWith('Spans cannot be spooled'))).toHaveLength(
      1,
    );
    expect(stats?.spooled).toBeGreaterThan(0);
    expect(stats?.dropped).toBeGreaterThan(0);
    addRow(context, {
      fault: 'the disk of the spool is full',
      recorded: stats?.recorded ?? 0,
      ...arrived(collector.names),
      dropped: (stats?.dropped ?? 0) + (spool?.dropped ?? 0),
    });
  });

  it('the program is killed a hundred times while the collector comes and goes', {
    timeout: 240_000,
  }, async (context) => {
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

    async function killInTurn() {
      while (runs < KILLS) {
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
    await Promise.all(Array.from({ length: AT_A_TIME }, killInTurn));
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
      expect(count, `${run}: arrived again and counted`).toBeLessThanOrEqual(
        doubtful.get(run) ?? 0,
      );
    }
    addRow(context, {
      fault: `the program is killed ${KILLS} times while the collector comes and goes`,
      recorded: names.length,
      delivered: names.filter((name) => times.has(name)).length,
      again: [...again.values()].reduce((sum, count) => sum + count, 0),
      dropped: 0,
    });
  });
});
