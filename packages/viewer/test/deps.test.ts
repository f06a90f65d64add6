import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Json, post, span, temporaryFolder, testCollector } from './support/collector.js';
import { runViewer } from './support/command.js';

/** A call of `parent` to `child`, as the client recorded it. */
function call(id: number, parent: string, child: string, fields: Json = {}): Json {
  return span({
    traceId: id.toString(16),
    id: id.toString(16),
    kind: 'CLIENT',
    timestamp: 1_700_000_000_000_000 + id * 1_000_000,
    localEndpoint: { serviceName: parent },
    remoteEndpoint: { serviceName: child },
    ...fields,
  });
}

/** A shop that calls its stock nine times, once in vain, and its mailer once. */
const CALLS = [
  ...Array.from({ length: 8 }, (_, i) => call(i + 1, 'shop', 'stock')),
  call(9, 'shop', 'stock', { tags: { error: 'sold out' } }),
  call(10, 'shop', 'mailer', { duration: 1_000_000 }),
  call(11, 'mailer', 'smtp', { timestamp: 1_700_000_010_000_000, duration: 1_000_000 }),
];

async function filled(spans: Json[]): Promise<string> {
  const collector = await testCollector();
  await post(collector, spans);
  await collector.close();
  return collector.db;
}

describe('opentracing-viewer deps', () => {
  it('prints who calls whom, how often and with how many errors, the busiest caller first', async () => {
    const { code, stdout, stderr } = await runViewer(['deps', '--db', await filled(CALLS)]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(
      [
        'CALLER  CALLS      RATE  ERRORS   SHARE  CALLED',
        'shop        9  54.0/min     ✗ 1  11.1 %  stock',
        'shop        1  6.00/min                  mailer',
        'mailer      1  6.00/min                  smtp',
        '',
      ].join('\n'),
    );
  });

  it('prints JSON, with the rates over the time asked for', async () => {
    const now = Date.now() * 1_000;
    const db = await filled([
      ...CALLS,
      call(12, 'shop', 'stock', { timestamp: now, tags: { error: '' } }),
      call(13, 'shop', 'stock', { timestamp: now }),
    ]);
    const { stdout } = await runViewer(['deps', '--db', db, '--since', '1h', '--json']);
    const [link, ...rest]: Json[] = JSON.parse(stdout);
    expect(rest).toEqual([]);
    expect(link).toEqual({
      parent: 'shop',
      child: 'stock',
      callCount: 2,
      errorCount: 1,
      errorShare: 0.5,
      callsPerSecond: expect.closeTo(2 / 3_600, 4),
    });
  });

  it('takes a time for --since, too', async () => {
    const db = await filled(CALLS);
    // The last traces began at 22:13:30.
    const since = async (time: string) =>
      (await runViewer(['deps', '--db', db, '--since', time, '--json'])).stdout;
    expect(JSON.parse(await since('2023-11-14T22:13:30'))).toHaveLength(2);
    expect(JSON.parse(await since('2023-11-14T22:13:30.001Z'))).toEqual([]);
    expect(JSON.parse(await since('2023-11-14'))).toHaveLength(3);
  });

  it('spells out what services with hostile names would do to the terminal, and keeps to its width', async () => {
    const db = await filled([call(1, 'a\u001b[2J\n', `${'長い'.repeat(60)}`)]);
    const { stdout } = await runViewer(['deps', '--db', db], { COLUMNS: '80' });
    const [headings = '', row = '', end] = stdout.split('\n');
    expect(row).toMatch(/^a\\x1b\[2j\\n +1 .*…$/);
    expect([headings.indexOf('CALLED'), end]).toEqual([row.indexOf('長'), '']);
    const columns = [...row].reduce((sum, char) => sum + (/[長い]/.test(char) ? 2 : 1), 0);
    expect(columns).toBeLessThanOrEqual(80);
  });

  it('says so when there is nothing to tell', async () => {
    const db = await filled([span()]);
    expect(await runViewer(['deps', '--db', db])).toEqual({
      code: 0,
      stdout: 'no service calls another\n',
      stderr: '',
    });
    const none = join(await temporaryFolder(), 'none.db');
    expect((await runViewer(['deps', '--db', none])).code).toBe(1);
    await writeFile(none, 'text');
    expect((await runViewer(['deps', '--db', none])).code).toBe(1);
  });

  it.each([
    ['--since', 'yesterday'],
    ['--since', '1'],
    ['--since', '2026-13-45'],
    ['--since'],
    ['extra'],
    ['--limit', '3'],
  ])('ends misuse with 2 and one sentence: %s %s', async (...args) => {
    const { code, stdout, stderr } = await runViewer(['deps', ...args]);
    expect(stderr).toMatch(/^opentracing-viewer: .+\n$/);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

describe('colours', () => {
  it('are for terminals only, unless the environment forces or forbids them', async () => {
    const db = await filled(CALLS);
    const isColoured = async (env: NodeJS.ProcessEnv) => {
      const clean = { NO_COLOR: '', FORCE_COLOR: '', ...env };
      const outputs = await Promise.all(
        ['ls', 'deps', 'show last'].map(async (command) => {
          const { stdout } = await runViewer([...command.split(' '), '--db', db], clean);
          return stdout.includes('\u001b');
        }),
      );
      return [...new Set(outputs)];
    };
    expect(await isColoured({})).toEqual([false]);
    expect(await isColoured({ FORCE_COLOR: '1' })).toEqual([true]);
    expect(await isColoured({ FORCE_COLOR: '0' })).toEqual([false]);
    expect(await isColoured({ FORCE_COLOR: '1', NO_COLOR: '1' })).toEqual([false]);
  });
});
