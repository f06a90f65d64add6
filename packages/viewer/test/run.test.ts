import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { get, type Json, temporaryFolder, testCollector } from './support/collector.js';
import { node, viewer } from './support/command.js';

const RUN_WITH = fileURLToPath(new URL('support/run-with.mjs', import.meta.url));
const FAKE = new URL('support/fake-register.mjs', import.meta.url).href;

describe('opentracing-viewer run', () => {
  let db: string;

  beforeEach(async () => {
    db = join(await temporaryFolder(), 'traces.db');
  });

  /** `run` with a module that sends one span a process. */
  function start(command: readonly string[], env: NodeJS.ProcessEnv = {}, options: string[] = []) {
    return node(
      [RUN_WITH, FAKE, '--port', '0', '--db', db, 'run', ...options, '--', ...command],
      env,
    );
  }

  it('preloads the tracer into the program, collects its spans, and leaves its output alone', async () => {
    const running = start(['node', '-e', 'console.log("preloaded", process.env.PRELOADED)'], {}, [
      '--service',
      'my app',
    ]);
    expect(await running.ended).toEqual({ code: 0, signal: null });
    expect(running.stdout).toBe('preloaded 202\n');
    const [began, ended] = running.stderr.trimEnd().split('\n');
    expect(began).toMatch(/^opentracing-viewer: collecting traces, see http:\/\/127\.0\.0\.1:\d+$/);
    expect(ended).toBe(
      `opentracing-viewer: 1 trace, 1 span, 0 errors; look with "opentracing-viewer ls --db ${db}", or open the page with "opentracing-viewer --db ${db}"`,
    );
    const collector = await testCollector({ db });
    expect((await get(collector, '/api/v2/services')).json).toEqual(['my app']);
  });

  it('names itself as it was called', async () => {
    const running = start(['node', '-e', ''], { npm_command: 'exec' });
    expect((await running.ended).code).toBe(0);
    expect(running.stderr).toContain('look with "npx opentracing-viewer ls ');
  });

  it('counts the spans of all Node programs that the command starts', async () => {
    const script = 'require("child_process").execFileSync(process.execPath, ["-e", ""])';
    const running = start(['node', '-e', script], { FAIL: '1' });
    expect((await running.ended).code).toBe(0);
    expect(running.stderr).toContain('2 traces, 2 spans, 2 errors; ');
  });

  it('keeps NODE_OPTIONS and the service name of the environment', async () => {
    const script = 'console.log(process.env.NODE_OPTIONS, process.env.OTEL_SERVICE_NAME)';
    const running = start(['node', '-e', script], {
      NODE_OPTIONS: '--no-deprecation',
      OTEL_SERVICE_NAME: 'mine',
    });
    expect((await running.ended).code).toBe(0);
    expect(running.stdout).toBe(`--no-deprecation --import ${FAKE} mine\n`);
  });

  it('has the spans sent here, wherever the environment sends them otherwise', async () => {
    const script =
      'console.log(process.env.OPENTRACING_ZIPKIN_URL, process.env.OPENTRACING_SERVICE_NAME)';
    const env = {
      OPENTRACING_ZIPKIN_URL: 'http://127.0.0.1:1/elsewhere',
      OPENTRACING_SERVICE_NAME: 'other',
    };
    const running = start(['node', '-e', script], env, ['--service', 'mine']);
    expect((await running.ended).code).toBe(0);
    expect(running.stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api\/v2\/spans mine\n$/);
    expect(running.stderr).toContain('1 trace, 1 span');
  });

  it('preloads opentracing-ts/register, by a URL that works in any folder', async () => {
    const running = viewer([
      '--port',
      '0',
      '--db',
      db,
      'run',
      '--',
      'sh',
      '-c',
      'echo "$NODE_OPTIONS"',
    ]);
    expect((await running.ended).code).toBe(0);
    expect(running.stdout).toMatch(/^--import file:\/\/\/.*\/register\b.*\.js\n$/);
    expect(running.stderr).toMatch(
      /\nopentracing-viewer: no spans arrived: the program had no HTTP request, or its own tracer \(setGlobalTracer\) sends spans elsewhere: give that "url: process\.env\.OPENTRACING_ZIPKIN_URL"\n$/,
    );
  });

  it('guesses at no tracer of its own where the program failed before it had a span', async () => {
    const running = viewer(['--port', '0', '--db', db, 'run', '--', 'node', '-e', 'throw 1']);
    expect((await running.ended).code).toBe(1);
    expect(running.stderr).toMatch(/\nopentracing-viewer: no spans arrived\n$/);
  });

  it('has the spans of a tracer that the program sets, where that takes the address', async () => {
    const program = fileURLToPath(new URL('support/own-tracer.mjs', import.meta.url));
    const running = viewer(['--port', '0', '--db', db, 'run', '--', 'node', program]);
    expect((await running.ended).code, running.stderr).toBe(0);
    expect(running.stderr).toContain('1 trace, 1 span, 0 errors');
  });

  it('gives an unchanged program server spans with client spans under them', async () => {
    const program = fileURLToPath(new URL('support/two-hops.mjs', import.meta.url));
    const args = ['--port', '0', '--db', db, 'run', '--service', 'hops', '--', 'node', program];
    const running = viewer(args);
    expect((await running.ended).code, running.stderr).toBe(0);
    expect(running.stdout).toBe('outer inner\n');
    const collector = await testCollector({ db });
    const { json } = await get(collector, '/api/v2/traces?serviceName=hops&limit=1');
    const spans = (json as Json[][]).flat();
    const inner = spans.filter(
      ({ kind, parentId }) =>
        kind === 'CLIENT' &&
        spans.some(({ id, kind: other }) => id === parentId && other === 'SERVER'),
    );
    expect(inner).toHaveLength(1);
    expect(spans.filter(({ kind }) => kind === 'SERVER')).toHaveLength(2);
  });

  it('takes options before the command, and none after it', async () => {
    const running = viewer(['run', '--port', '0', '--db', db, 'echo', '--port', 'x', '--help']);
    expect((await running.ended).code).toBe(0);
    expect(running.stdout).toBe('--port x --help\n');
  });

  it('gives the command its standard input', async () => {
    const running = start(['cat']);
    running.child.stdin?.end('hello');
    expect((await running.ended).code).toBe(0);
    expect(running.stdout).toBe('hello');
  });

  it('ends with the status of the command', async () => {
    expect(await start(['node', '-e', 'process.exit(7)']).ended).toEqual({ code: 7, signal: null });
  });

  it('ends with 128 and the number of the signal that ended the command', async () => {
    const command = ['sh', '-c', 'kill -KILL $$'];
    expect(await start(command).ended).toEqual({ code: 137, signal: null });
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'] as const)(
    'passes %s on, and waits for what the command does about it',
    async (signal) => {
      const script = `process.on('${signal}', () => { console.log('got', '${signal}'); process.exit(3); }); setInterval(() => {}, 1000); console.log('ready')`;
      const running = start(['node', '-e', script]);
      await running.waitFor(/ready/);
      running.child.kill(signal);
      expect(await running.ended).toEqual({ code: 3, signal: null });
      expect(running.stdout).toBe(`ready\ngot ${signal}\n`);
      expect(running.stderr).toContain('1 trace, 1 span, 0 errors');
    },
  );

  it('ends with 127 and one sentence when the command is not found', async () => {
    const running = start(['no-such-command-here']);
    expect((await running.ended).code).toBe(127);
    const [, sentence, ...rest] = running.stderr.split('\n');
    expect(sentence).toBe('opentracing-viewer: command not found: no-such-command-here');
    expect(rest).toEqual(['']);
  });

  it('knows a whole command line in quotes by its spaces', async () => {
    const running = start(['node one.js']);
    expect((await running.ended).code).toBe(127);
    expect(running.stderr).toContain(
      'opentracing-viewer: command not found: "node one.js"; leave out the quotes: run -- node one.js\n',
    );
  });

  it('ends with 126 and one sentence when the command cannot be executed', async () => {
    const running = start([fileURLToPath(new URL('support/run-with.mjs', import.meta.url))]);
    expect((await running.ended).code).toBe(126);
    expect(running.stderr).toMatch(/cannot run .*run-with\.mjs: /);
  });

  it('shows the page while the command runs', async () => {
    const running = start(['node', '-e', 'setInterval(() => {}, 1000); console.log("ready")']);
    await running.waitFor(/ready/);
    const [, url = ''] = await running.waitFor(/see (http:\S+)/);
    expect((await get({ url }, '/health')).status).toBe(200);
    running.child.kill('SIGTERM');
    expect((await running.ended).code).toBe(143);
  });
});
