import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { BasicTracer, BatchRecorder } from 'opentracing-ts/basictracer';
import { type SpoolOptions, ZipkinExporter } from 'opentracing-ts/exporters';
import { describe, expect, it, onTestFinished } from 'vitest';
import { segmentsIn, temporaryFolder, until } from '../spool-helpers.js';
import { startCollector } from './collector.js';
import { killInTurn } from './kills.js';
import { PROGRAM, start } from './spooling-program.js';
import { addRow, arrived } from './table.js';

const OWN_DISK = 'mount -t tmpfs -o size=64k none "$0" && exec "$@"';

/** What fills a disk: a part of what is to be written fits, then nothing. The directory of the spool is $0. */
const FULL_DISKS = [
  {
    fault: 'the files of the spool come to a limit of the system (EFBIG)',
    script: 'ulimit -f 32; exec "$@"',
    missing: false,
  },
  {
    fault: 'the disk of the spool is full (ENOSPC)',
    // In a namespace of its own, where a user may mount and nobody else sees it.
    script: `exec unshare --map-root-user --mount sh -c '${OWN_DISK}' "$0" "$@"`,
    missing: spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status !== 0,
  },
];

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

  it('somebody deletes the files of the spool', async (context) => {
    const collector = await startCollector();
    await collector.stop();
    const dir = temporaryFolder();
    const { errors, record, recorder, spoolStats } = tracerFor(collector.url, { dir });
    await record(50);
    rmSync(dir, { recursive: true });
    await record(50);
    for (const { path } of segmentsIn(dir)) {
      rmSync(path);
    }
    await record(50);
    await collector.restart();
    await until(() => recorder.stats.queued + spoolStats().waiting === 0);
    const { dropped, vanished } = spoolStats();
    expect(vanished).toBeGreaterThan(0);
    expect(errors.filter((message) => message.includes('deleted by somebody else'))).toHaveLength(
      1,
    );
    addRow(context, {
      fault: 'somebody deletes the files of the spool, twice',
      recorded: 150,
      ...arrived(collector.names),
      dropped: dropped + vanished + recorder.stats.dropped,
    });
  });

  it.for(FULL_DISKS)('$fault', async ({ fault, script, missing }, context) => {
    context.skip(missing, `${fault}: this machine gives no file system to a test`);
    const collector = await startCollector();
    await collector.stop();
    const dir = temporaryFolder();
    const run = [process.execPath, PROGRAM, collector.url, dir, 'full', '1000'];
    const { ended, said } = start('sh', ['-c', script, dir, ...run]);
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
      fault,
      recorded: stats?.recorded ?? 0,
      ...arrived(collector.names),
      dropped: (stats?.dropped ?? 0) + (spool?.dropped ?? 0),
    });
  });

  it('the program is killed while the collector comes and goes', (context) =>
    killInTurn(context, 5));
});
