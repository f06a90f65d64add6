import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  FIXTURES,
  fixture,
  get,
  type Json,
  post,
  span,
  temporaryFolder,
  testCollector,
} from './support/collector.js';
import { viewer } from './support/command.js';

/** Runs to the end. */
async function run(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const running = viewer(args, env);
  const { code } = await running.ended;
  return { code, stdout: running.stdout, stderr: running.stderr };
}

/** A file with the real traces in it. */
async function filled(): Promise<string> {
  const collector = await testCollector();
  for (const name of FIXTURES) await post(collector, await fixture(name));
  await collector.close();
  return collector.db;
}

describe('opentracing-viewer', () => {
  it('says where the page is, where spans go and where they are kept, and ends with 0 when asked', async () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const db = join(await temporaryFolder(), 'traces.db');
      const running = viewer(['--port', '0', '--db', db]);
      const [, url = ''] = await running.waitFor(/open (http:\/\/127\.0\.0\.1:\d+) to see traces/);
      await running.waitFor(/press Ctrl-C to stop/);
      expect(running.stdout).toContain(`send spans to ${url}/api/v2/spans (Zipkin)`);
      expect(running.stdout).toContain(`or ${url}/v1/traces (OTLP)`);
      expect(running.stdout).toContain(`"opentracing-viewer run --db ${db} -- node app.js"`);
      expect(running.stdout).toContain(`traces are kept in ${db}`);
      expect((await post({ url }, [span()])).status).toBe(202);
      running.child.kill(signal);
      expect(await running.ended).toEqual({ code: 0, signal: null });
      expect(running.stderr).toBe('');
    }
  });

  it('does the same by the name serve', async () => {
    const db = join(await temporaryFolder(), 'traces.db');
    const running = viewer(['serve', '--port', '0', '--db', db, '--max-size', '100MB']);
    const [, url = ''] = await running.waitFor(/open (http:\S+) to see traces/);
    await running.waitFor(/press Ctrl-C to stop/);
    expect((await post({ url }, [span()])).status).toBe(202);
    running.child.kill('SIGINT');
    expect(await running.ended).toEqual({ code: 0, signal: null });
  });

  it('keeps traces under the state folder of the user unless told otherwise', async () => {
    const state = await temporaryFolder();
    const running = viewer(['--port', '0'], {
      XDG_STATE_HOME: state,
      LOCALAPPDATA: state,
      HOME: state,
    });
    const [, db] = await running.waitFor(/traces are kept in (.*)\n/);
    expect(db?.startsWith(state)).toBe(true);
    expect(db).toMatch(/opentracing-viewer[/\\].*traces\.db$/);
  });

  it('takes the next free port when the default one is taken, and says so', async () => {
    const folder = await temporaryFolder();
    const first = viewer(['--db', join(folder, 'traces.db')]);
    await first.waitFor(/press Ctrl-C/);
    const second = viewer(['--db', join(folder, 'traces.db')]);
    const [, port] = await second.waitFor(/port 9411 is taken, using (\d+)\n/);
    await second.waitFor(new RegExp(`open http://127.0.0.1:${port} `));
  });

  it('does the same with a port that was asked for', async () => {
    const { port: taken, db } = await testCollector();
    const running = viewer(['--port', String(taken), '--db', db]);
    const [, port] = await running.waitFor(new RegExp(`port ${taken} is taken, using (\\d+)\n`));
    await running.waitFor(new RegExp(`open http://127.0.0.1:${port} `));
    expect(Number(port)).toBeGreaterThan(taken);
  });

  it('ends with 1 and one sentence when the file cannot be used', async () => {
    const db = join(await temporaryFolder(), 'notes.txt');
    await writeFile(db, 'notes');
    for (const args of [[], ['ls'], ['show', 'last'], ['run', '--', 'node', '-v']]) {
      const { code, stderr } = await run(['--port', '0', '--db', db, ...args]);
      expect(stderr).toBe(
        `opentracing-viewer: ${db} is not a database of opentracing-viewer, so it is left alone\n`,
      );
      expect(code).toBe(1);
    }
  });

  it.each([
    ['--bogus'],
    ['bogus'],
    ['serve', 'bogus'],
    ['serve', '--header', 'a: b'],
    ['--port', 'x'],
    ['--port', '65536'],
    ['--port', '-1'],
    ['--port'],
    ['--db', ''],
    ['ls', 'maxDuration=3'],
    ['ls', '"open'],
    ['ls', '=x'],
    ['ls', '--limit', '0'],
    ['show'],
    ['show', 'a', 'b'],
    ['run'],
    ['run', '--'],
    ['run', '--bogus', '--', 'node'],
    ['run', '--service', '--', 'node', '-v'],
    ['run', '--db', '--', 'node', '-v'],
    ['run', '--host', '--port', '0', 'node'],
    ['ls', '--service', '--json'],
    ['help', 'list'],
  ])('ends misuse with 2 and one sentence: %s %s %s', async (...args) => {
    const { code, stdout, stderr } = await run(args);
    expect(stderr).toMatch(/^opentracing-viewer: .+\n$/);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('names the commands when there is none of that name', async () => {
    for (const args of [['list'], ['help', 'list']]) {
      expect((await run(args)).stderr).toMatch(
        /unknown command 'list': the commands are serve, run, .*, ls, .*, export and help\n$/,
      );
    }
  });

  it.each([
    ['--help'],
    ['run', '--help'],
    ['ls', '--help'],
    ['show', '--help'],
    ['help'],
    ['help', 'run'],
  ])('explains itself: %s %s', async (...args) => {
    const { code, stdout, stderr } = await run(args);
    expect(stdout).toMatch(/^Usage: opentracing-viewer /);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('says its version', async () => {
    for (const version of ['--version', '-v']) {
      expect(await run([version])).toMatchObject({ code: 0, stdout: '0.1.0\n' });
    }
  });
});

describe('opentracing-viewer ls', () => {
  it('prints a line a trace, the newest first, without colours where there is no terminal', async () => {
    const { code, stdout, stderr } = await run(['ls', '--db', await filled()]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^TRACE +START +DURATION +SPANS +ROOT$/);
    expect(lines[1]).toMatch(/^a03ee8fff1dcd9b9 +2019-10-24 05:52:55 +132 ms +16 +routing: post/);
    expect(lines.slice(1, -1).map((line) => line.slice(0, 16))).toEqual([
      'a03ee8fff1dcd9b9',
      '978883983d506fa5',
      '19f84f102048e047',
      'ef86c83c0a05a6d6',
      '5aab74dbb904746b',
      '1e223ff1f80f1c69',
    ]);
    expect(stdout).not.toContain('\u001b');
  });

  it.each([60, 80, 100])('fits a terminal of %i columns', async (columns) => {
    const collector = await testCollector();
    await post(collector, [
      ...(await fixture('yelp')),
      span({ tags: { error: '' }, name: 'a name that is long', parentId: 'ff' }),
    ]);
    const { stdout } = await run(['ls', '--db', collector.db], { COLUMNS: String(columns) });
    const lines = stdout.trimEnd().split('\n').slice(0, -1);
    expect(lines).toHaveLength(3);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect(stdout).toMatch(/✗ 1.* +! 1.* +shop: a/);
  });

  it('filters, limits and prints JSON, with the file before or after the command', async () => {
    const db = await filled();
    const json = async (...args: string[]): Promise<Json[]> =>
      JSON.parse((await run([...args, '--json'])).stdout);
    expect(await json('ls', '--db', db, '--limit', '2')).toHaveLength(2);
    expect(await json('--db', db, 'ls', '--service', 'Backend')).toEqual([
      expect.objectContaining({
        traceId: '5aab74dbb904746bb33447baae403ed6',
        services: ['backend', 'frontend'],
        spanCount: 4,
        errorCount: 0,
        duration: 3357,
      }),
    ]);
    expect(await json('ls', '--db', db, '--query', 'component=proxy')).toHaveLength(1);
    expect(await json('ls', '--db', db, '--name', 'on-message')).toHaveLength(1);
    expect(await json('ls', '--db', db, '--service', 'nope')).toEqual([]);
  });

  it('searches in the language of the page, a term an argument', async () => {
    const collector = await testCollector();
    const { db } = collector;
    const fields = {
      name: 'GET /',
      duration: 20_000,
      tags: { error: 'sold out', 'http.status_code': '500' },
    };
    await post(collector, [
      span({ traceId: '1', ...fields }),
      span({ traceId: '2', ...fields, duration: 9_999 }),
      span({ traceId: '3', ...fields, tags: { error: '' } }),
      span({ traceId: '4', ...fields, localEndpoint: { serviceName: 'stock' } }),
      span({ traceId: '5', ...fields, name: 'post' }),
    ]);
    const found = async (...args: string[]) => {
      const { stdout, stderr } = await run(['ls', '--db', db, '--json', ...args]);
      if (stderr !== '') return stderr;
      return (JSON.parse(stdout) as Json[]).map(({ traceId }) => Number(traceId)).sort();
    };
    expect(
      await found('service=Shop', 'name=get /', 'http.status_code=500', 'minDuration=10ms'),
    ).toEqual([1]);
    expect(await found('error=sold out')).toEqual([1, 2, 4, 5]);
    expect(await found('maxDuration=10ms')).toEqual([2]);
    expect(await found('error', 'name=get /', '--query', 'service=shop')).toEqual([1, 2, 3]);
    expect(await found('--query', 'error="sold out" and service=stock')).toEqual([4]);
    expect(await found('nope')).toEqual([]);
    expect(await found('minDuration=10')).toContain('minDuration has to be a number and a unit');
  });

  it('says so when there is nothing, and makes no file', async () => {
    const db = join(await temporaryFolder(), 'traces.db');
    for (const _ of [1, 2]) {
      expect(await run(['ls', '--db', db])).toEqual({
        code: 1,
        stdout: '',
        stderr: `opentracing-viewer: there are no traces in ${db} yet: run a program with "opentracing-viewer run --db ${db} -- node app.js"\n`,
      });
    }
    const { close } = await testCollector({ db });
    await close();
    const terms = Array.from({ length: 101 }, (_, i) => `a${i}`).join(' and ');
    expect(await run(['ls', '--db', db, '--query', terms])).toMatchObject({
      code: 2,
      stderr: 'opentracing-viewer: the search has more than 100 terms\n',
    });
    expect(await run(['ls', '--db', db])).toEqual({
      code: 0,
      stdout: `there are no traces in ${db} yet: run a program with "opentracing-viewer run --db ${db} -- node app.js"\n`,
      stderr: '',
    });
  });

  it('says what was searched for when nothing is found, as it was read', async () => {
    const { db, close } = await testCollector();
    await close();
    const says = async (...args: string[]) => (await run(['ls', '--db', db, ...args])).stdout;
    expect(await says('error', 'service=shop')).toBe('no trace with error service=shop\n');
    expect(await says('error service=shop')).toBe('no trace with "error service=shop"\n');
    expect(await says('--query', 'error service=shop')).toBe('no trace with error service=shop\n');
    expect(await says('--name', 'get "/"', '--service', 'a\\b')).toBe(
      'no trace with service="a\\\\b" name="get \\"/\\""\n',
    );
    expect(await says('--since', '2026-11-22T08:00Z')).toBe(
      'no trace since 2026-11-22 08:00:00.000\n',
    );
  });

  it('says how to begin in the words in which it was called', async () => {
    const state = await temporaryFolder();
    const env = { XDG_STATE_HOME: state, LOCALAPPDATA: state, HOME: state, npm_command: 'exec' };
    for (const args of [['ls'], ['show', 'last']]) {
      const { code, stderr } = await run(args, env);
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /^opentracing-viewer: there are no traces in .*traces\.db yet: run a program with "npx opentracing-viewer run -- node app\.js"\n$/,
      );
    }
  });

  it('reads while a collector is writing', async () => {
    const collector = await testCollector();
    await post(collector, [span({ tags: { error: 'x' } })]);
    const { stdout } = await run(['ls', '--db', collector.db]);
    expect(stdout).toMatch(/1 +✗ 1 error +shop: get/);
    expect((await post(collector, [span({ id: 'b2' })])).status).toBe(202);
  });
});

describe('opentracing-viewer show', () => {
  it('draws a tree with a time line, in the width of the terminal', async () => {
    const { code, stdout } = await run(['show', '5aab', '--db', await filled()], { COLUMNS: '80' });
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toBe(
      'trace 5aab74dbb904746bb33447baae403ed6: 4 spans, 2 services, 3.36 ms, 2018-03-16 07:40:11.926',
    );
    expect(lines.slice(1).map((line) => line.replace(/━+/, '━').replace(/ +/g, ' '))).toEqual([
      'frontend ← get / ━ 2.84 ms',
      'frontend └ ⇢ publish ━ 13 µs',
      'backend └ ⇠ next-message ━ 14 µs',
      'backend └ on-message ━ 371 µs',
    ]);
    for (const line of lines.slice(1)) expect(line.length).toBe(78);
  });

  it('finds the newest, and prints tags and logs when asked', async () => {
    const collector = await testCollector();
    await post(collector, [
      span({
        kind: 'SERVER',
        tags: { error: 'sold out' },
        annotations: [{ timestamp: 1_700_000_000_000_250, value: 'retry' }],
      }),
    ]);
    const { stdout } = await run(['show', 'last', '--verbose', '--db', collector.db]);
    expect(stdout).toMatch(/^trace 00000000000000a1: 1 span, 1 service, 1 error, 1\.00 ms/);
    expect(stdout).toMatch(/shop ← get ━+ +1\.00 ms ✗\n/);
    for (const detail of ['kind: server', 'error: sold out', 'at 250 µs: retry']) {
      expect(stdout).toContain(`  ${detail}\n`);
    }
  });

  it('prints the merged spans as JSON that can be posted again', async () => {
    const db = await filled();
    const { stdout } = await run(['show', '1e223ff1f80f1c69', '--json', '--db', db]);
    const collector = await testCollector();
    expect((await post(collector, stdout)).status).toBe(202);
    expect((await get(collector, '/api/v2/trace/1e223ff1f80f1c69')).json).toEqual(
      JSON.parse(stdout),
    );
  });

  it('ends with 1 and one sentence when there is no such trace, or more than one', async () => {
    const collector = await testCollector();
    const { db } = collector;
    const says = async (trace: string) => {
      const { code, stderr } = await run(['show', trace, '--db', db]);
      expect(code).toBe(1);
      return stderr;
    };
    expect(await says('last')).toBe(
      `opentracing-viewer: there are no traces in ${db} yet: run a program with "opentracing-viewer run --db ${db} -- node app.js"\n`,
    );
    await post(collector, [
      span(),
      span({ traceId: 'a2' }),
      span({ traceId: `${'0'.repeat(14)}a1${'1'.repeat(16)}` }),
    ]);
    const lists = `"opentracing-viewer ls --db ${db}" lists them`;
    expect(await says('ff')).toBe(`opentracing-viewer: there is no trace "ff": ${lists}\n`);
    expect(await says('../x')).toBe(`opentracing-viewer: there is no trace "../x": ${lists}\n`);
    expect(await says('00000000000000')).toContain(
      'more than one trace begins with 00000000000000',
    );
    const whole = await run(['show', '00000000000000a1', '--db', db]);
    expect(whole.stdout).toMatch(/^trace 00000000000000a1: /);
  });
});
