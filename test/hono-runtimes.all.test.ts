// The instrumentation of hono on the servers of Bun and Deno, as a user bundles it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installRuntimes, missingRuntimes, RUNTIMES } from './runtimes/install.js';
import { run, WORKSPACE } from './support/run.js';

/** Starts a server, asks it, and prints what came back and the spans. */
const PROGRAM = `
import { Hono } from 'hono';
import { streamText } from 'hono/streaming';
import { traceHono } from 'opentracing-ts/instrumentation/hono';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { AsyncLocalStorageScopeManager } from 'opentracing-ts/scope-managers/async-local-storage';

const tracer = new MockTracer(new AsyncLocalStorageScopeManager());
const app = traceHono(new Hono(), { tracer });
const orders = new Hono();
orders.get('/:id', async (context) => {
  await new Promise((done) => setTimeout(done, 1));
  tracer.startSpan('find order').finish();
  return context.text('order ' + context.req.param('id'));
});
app.route('/orders', orders);
app.get('/stream', (context) =>
  streamText(context, async (stream) => {
    for (const part of 'abc') {
      await stream.sleep(1);
      await stream.write(part);
    }
    tracer.startSpan('last part').finish();
  }),
);
app.get('/fail', () => {
  throw new Error('the shelf is locked');
});
app.onError((_error, context) => context.text('later', 503));

const hostname = '127.0.0.1';
const server = globalThis.Bun
  ? Bun.serve({ port: 0, hostname, fetch: app.fetch })
  : Deno.serve({ port: 0, hostname, onListen() {} }, app.fetch);
for (const path of ['/orders/7', '/stream', '/fail', '/none']) {
  const response = await fetch('http://127.0.0.1:' + (server.port ?? server.addr.port) + path);
  console.log(response.status, await response.text());
}
await (server.stop ?? server.shutdown).call(server);
console.log(tracer.formatTrees());
for (const { operationName, tags } of tracer.finishedSpans()) {
  if (tags['span.kind']) console.log(operationName, tags['http.status_code'], tags.error);
}
`;

const runtimes = [
  { runtime: 'Bun', command: ['bun/bin/bun', 'run'] },
  { runtime: 'Deno', command: ['deno/deno', 'run', '--allow-net', '--no-lock'] },
];

describe.skipIf(missingRuntimes !== '')('traceHono', () => {
  let folder: string;
  let program: string;

  beforeAll(async () => {
    await installRuntimes();
    folder = await mkdtemp(join(tmpdir(), 'hono-'));
    program = join(folder, 'program.mjs');
    await build({
      stdin: { contents: PROGRAM, resolveDir: WORKSPACE },
      outfile: program,
      bundle: true,
      format: 'esm',
    });
  }, 400_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(runtimes)('traces the server of $runtime', async ({ command: [file, ...args] }) => {
    const { stdout, stderr } = await run(join(RUNTIMES, file ?? ''), [...args, program], {
      cwd: folder,
    });
    expect(stderr).toBe('');
    expect(stdout).toBe(
      [
        '200 order 7',
        '200 abc',
        '503 later',
        '404 404 Not Found',
        'GET /orders/:id',
        '└ find order',
        'GET /stream',
        '└ last part',
        'GET /fail',
        'GET',
        'GET /orders/:id 200 undefined',
        'GET /stream 200 undefined',
        'GET /fail 503 true',
        'GET 404 undefined',
        '',
      ].join('\n'),
    );
  });
});
