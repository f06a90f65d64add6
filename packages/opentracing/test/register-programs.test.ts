import { existsSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import {
  NODE_MODULES,
  type Program,
  programPath,
  type ReceivedSpan,
  start,
  startCollector,
  startEcho,
} from './register-helpers.js';
import { temporaryFolder } from './spool-helpers.js';

/** As bundlers of ESM programs need it for packages that are CommonJS. */
const REQUIRE =
  'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/** A program of one file, with all packages in it; `head` goes before its code. */
async function bundle(name: string, format: 'esm' | 'cjs', head = ''): Promise<string> {
  const folder = temporaryFolder();
  const entry = join(folder, name);
  writeFileSync(entry, head + readFileSync(programPath(name), 'utf8'));
  const outfile = join(folder, `bundle.${format === 'esm' ? 'mjs' : 'cjs'}`);
  await build({
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    format,
    outfile,
    nodePaths: [NODE_MODULES],
    banner: format === 'esm' ? { js: REQUIRE } : {},
  });
  return outfile;
}

/** The entry of npm's command line. */
function npmCli(): string {
  const folders = process.env.PATH?.split(delimiter) ?? [];
  return realpathSync(folders.map((folder) => join(folder, 'npm')).find(existsSync) ?? 'npm');
}

async function address(started: Program): Promise<string> {
  await started.says(/^\d+\n/m);
  return `http://127.0.0.1:${/^\d+$/m.exec(started.output.stdout)?.[0]}`;
}

/** One order to a service, and its spans: the server's, and the client's under it. */
async function order(started: Program, collector: Awaited<ReturnType<typeof startCollector>>) {
  const answer = await fetch(`${await address(started)}/orders/7`);
  expect(answer.status).toBe(200);
  const spans = await collector.spans(2);
  const server = spans.find(({ kind }) => kind === 'SERVER') as ReceivedSpan;
  const client = spans.find(({ kind }) => kind === 'CLIENT');
  expect(client?.parentId).toBe(server.id);
  return server;
}

describe('a program', () => {
  it.each([
    ['--import', 'opentracing-ts/register', '--import', 'tsx'],
    ['--import', 'tsx', '--import', 'opentracing-ts/register'],
    ['--require', 'opentracing-ts/register', '--import', 'tsx'],
  ])('in TypeScript is traced under tsx: %s %s %s %s', async (...nodeOptions) => {
    const collector = await startCollector();
    const env = { OPENTRACING_ZIPKIN_URL: collector.url, NEXT: await startEcho() };
    const server = await order(start(['service.ts'], env, nodeOptions), collector);
    expect(server.name).toBe('GET /orders/:id');
  });

  it.each(['esm', 'cjs'] as const)('in one file made by esbuild is traced: %s', async (format) => {
    const collector = await startCollector();
    const env = { OPENTRACING_ZIPKIN_URL: collector.url, NEXT: await startEcho() };
    const server = await order(start([await bundle('express.mjs', format)], env), collector);
    expect(server.name).toBe('GET /orders/:id');
  });

  it('in one file with fastify, which announces its applications, has its routes', async () => {
    const collector = await startCollector();
    const env = { OPENTRACING_ZIPKIN_URL: collector.url, NEXT: await startEcho() };
    const started = start([await bundle('fastify.cjs', 'cjs')], env);
    await fetch(`${await address(started)}/broken`).then((response) => response.text());
    const [span] = await collector.spans(1);
    expect(span?.name).toBe('GET /broken');
    expect(span?.tags?.error).toBe('broken');
  });

  it.each(['esm', 'cjs'] as const)(
    'with the instrumentation in its one file is traced: %s',
    async (format) => {
      const file = await bundle('express.mjs', format, "import 'opentracing-ts/register';\n");
      const collector = await startCollector();
      const env = { OPENTRACING_ZIPKIN_URL: collector.url, NEXT: await startEcho() };
      const started = start([file], env, []);
      const server = await order(started, collector);
      expect(server.name).toBe('GET /orders/:id');
      expect(started.output.stderr).toBe('');
    },
  );
});

describe('the instrumentation in NODE_OPTIONS', () => {
  const NODE_OPTIONS = '--import opentracing-ts/register';

  it('traces the workers of a cluster and what the program forks', async () => {
    const collector = await startCollector();
    const env = { OPENTRACING_ZIPKIN_URL: collector.url, NODE_OPTIONS };
    const cluster = start(['cluster.mjs', await startEcho()], env, []);
    const url = await address(cluster);
    await fetch(url).then((response) => response.text());
    const spans = await collector.spans(3);
    const [server] = spans.filter(({ kind }) => kind === 'SERVER');
    const clients = spans.filter(({ kind }) => kind === 'CLIENT');
    const paths = clients.map(({ tags, parentId }) => [
      new URL(tags?.['http.url'] ?? '').pathname,
      parentId,
    ]);
    expect(paths.sort()).toEqual([
      ['/forked', undefined],
      ['/worker', server?.id],
    ]);
    cluster.child.kill('SIGTERM');
    expect(await cluster.ended).toBe(0);
    expect(cluster.output.stderr).toBe('');
  });

  it('traces a program that a process manager has started', async () => {
    const collector = await startCollector();
    const env = { OPENTRACING_ZIPKIN_URL: collector.url, NODE_OPTIONS, NEXT: await startEcho() };
    const manager = start(['manager.cjs', programPath('fastify.cjs')], env, []);
    await fetch(`${await address(manager)}/stock`).then((response) => response.text());
    manager.child.kill('SIGINT');
    expect(await manager.ended).toBe(0);
    expect(manager.output.stdout).toMatch(/\nended SIGINT\n$/);
    const spans = await collector.spans(2);
    expect(spans.map(({ kind }) => kind).sort()).toEqual(['CLIENT', 'SERVER']);
  });

  it('traces what npm starts, and not npm', async () => {
    const folder = temporaryFolder();
    symlinkSync(NODE_MODULES, join(folder, 'node_modules'));
    const script = `node ${JSON.stringify(programPath('client.cjs'))} ${await startEcho()} "by itself"`;
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({ name: 'a-shop', scripts: { start: script } }),
    );
    const collector = await startCollector();
    const env = {
      OPENTRACING_ZIPKIN_URL: collector.url,
      NODE_OPTIONS,
      OPENTRACING_SERVICE_NAME: 'shop',
    };
    const started = start([npmCli(), '--prefix', folder, 'start'], env, []);
    expect(await started.ended).toBe(0);
    expect(started.output.stdout).toContain('status 200');
    expect(collector.received.map(({ kind }) => kind)).toEqual(['CLIENT']);
  });
});
