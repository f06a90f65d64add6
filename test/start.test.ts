import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';

const START = fileURLToPath(new URL('../scripts/start.mjs', import.meta.url));
const PROGRAMS = ['gateway', 'orders', 'inventory', 'pricing'];
/** A module that ends pricing, and no other program, before it listens. */
const BREAKS_PRICING = `data:text/javascript,${encodeURIComponent(
  "if (process.argv[1]?.endsWith('pricing.js')) throw new Error('no vouchers today');",
)}`;

// Each starts six processes: on a busy machine that takes its time.
describe('npm start', { timeout: 60_000 }, () => {
  it('with --once prints a trace through all four programs, and ends with 0', async () => {
    const { code, stdout, stderr } = await start('--once').ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [, trace = ''] = /\n(trace .*?)\n\n/s.exec(stdout) ?? [];
    expect(trace).toContain('4 services');
    for (const name of PROGRAMS) expect(trace).toMatch(new RegExp(`^${name} .*━`, 'm'));
    expect(trace).toMatch(/^inventory .*reserve item .*✗$/m);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'stays with a page and its address until %s, ends its programs then, and ends with 0',
    async (signal) => {
      const running = start();
      const [, page, traceId] = await running.waitFor(/see it at (http:\S+\/traces\/(\S+))\n/);
      const urls = PROGRAMS.map((name) => addressOf(name, running.stdout()));
      const html = await fetch(page as string);
      expect(html.headers.get('content-type')).toContain('text/html');
      const trace = await fetch(new URL(`/api/v2/trace/${traceId}`, page));
      expect(trace.status).toBe(200);

      running.child.kill(signal);
      const { code, stderr } = await running.ended;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      for (const url of [page as string, ...urls]) await expect(fetch(url)).rejects.toThrow();
    },
  );

  it('ends with 0 when it is told to end while it starts', async () => {
    const running = start();
    await running.waitFor(/inventory listens on/);
    running.child.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('says which program failed, with its reason, and ends with 1', async () => {
    const { code, stderr } = await start('--once', `--import ${BREAKS_PRICING}`).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^npm start: pricing ended with status 1:\n.*no vouchers today/s);
  });

  it('explains itself with --help', async () => {
    const { code, stdout, stderr } = await start('--help').ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Usage: npm start');
    expect(stdout).toContain('--once');
  });

  it('refuses an option that it does not have, in one sentence, and ends with 2', async () => {
    const { code, stdout, stderr } = await start('--twice').ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe('npm start: there is no option --twice: see "npm start -- --help"\n');
  });
});

/** `npm start` without npm: in a process that is killed when the test is over. */
function start(option?: string, nodeOptions = '') {
  const child = spawn(process.execPath, [START, ...(option === undefined ? [] : [option])], {
    env: { ...process.env, NODE_OPTIONS: nodeOptions },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code]) => ({ code, stdout, stderr }));
  onTestFinished(async () => {
    // Not SIGKILL: it has programs of its own to end.
    child.kill('SIGTERM');
    await ended;
  });
  return {
    child,
    ended,
    stdout: () => stdout,
    /** The match, as soon as the output contains it. */
    async waitFor(pattern: RegExp): Promise<RegExpExecArray> {
      for (;;) {
        const match = pattern.exec(stdout);
        if (match !== null) return match;
        const more = once(child.stdout, 'data').then(() => true);
        if (!(await Promise.race([more, ended.then(() => false)]))) {
          throw new Error(`ended without ${pattern}:\n${stdout}\n${stderr}`);
        }
      }
    },
  };
}

function addressOf(program: string, stdout: string): string {
  return new RegExp(`^${program} listens on (.+)$`, 'm').exec(stdout)?.[1] ?? '';
}
