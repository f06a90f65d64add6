import { copyFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  NODE_MODULES,
  programPath,
  type ReceivedSpan,
  start,
  startCollector,
  startEcho,
} from './register-helpers.js';
import { temporaryFolder } from './spool-helpers.js';

/** Starts a service, asks it for the paths, one after the other; its server spans in that order. */
async function spansOf(
  program: string,
  paths: readonly string[],
  nodeOptions?: readonly string[],
): Promise<{ spans: ReceivedSpan[]; stderr: string }> {
  const collector = await startCollector();
  const env = { OPENTRACING_ZIPKIN_URL: collector.url, NEXT: await startEcho() };
  const started = start([program], env, nodeOptions);
  await started.says(/^\d+\n/);
  for (const path of paths) {
    const url = `http://127.0.0.1:${started.output.stdout.trim()}${path}`;
    await fetch(url).then((response) => response.text());
  }
  await collector.spans(paths.length);
  const spans = collector.received.filter(({ kind }) => kind === 'SERVER');
  expect(spans).toHaveLength(paths.length);
  return { spans, stderr: started.output.stderr };
}

describe.each([
  ['express.mjs', 'GET /broken', 'error'],
  ['fastify.cjs', 'GET /broken', 'error'],
  ['koa.mjs', 'GET', 'error'],
  ['hono.mjs', 'GET /broken', 'error'],
  ['hono.cjs', 'GET /broken', 'error'],
])('a program with a framework that it does not trace itself (%s)', (program, name) => {
  it('has the routes and the errors of its handlers in one span for each request', async () => {
    const { spans, stderr } = await spansOf(program, ['/broken', '/nowhere']);
    expect(spans.map((span) => span.name)).toEqual([name, 'GET']);
    expect(spans[0]?.tags?.error).toBe('broken');
    expect(spans[0]?.tags?.['http.status_code']).toBe('500');
    expect(stderr).toBe('');
  });
});

describe('a program that speaks HTTP/2', () => {
  it('has a span for what it asks and one under that for what it answers', async () => {
    const collector = await startCollector();
    const started = start(['http2.mjs'], { OPENTRACING_ZIPKIN_URL: collector.url });
    expect(await started.ended).toBe(0);
    expect(started.output).toEqual({ stdout: '7 items\n', stderr: '' });
    const spans = await collector.spans(2);
    const [client] = spans.filter(({ kind }) => kind === 'CLIENT');
    const [server] = spans.filter(({ kind }) => kind === 'SERVER');
    expect(server?.parentId).toBe(client?.id);
    expect(server?.tags?.['http.status_code']).toBe('200');
  });
});

describe('opentracing-ts/register', () => {
  it('adds one line to the stack of an error for each module that is being loaded', async () => {
    const folder = temporaryFolder();
    const path = (name: string) => join(folder, name);
    writeFileSync(path('main.cjs'), "require('./inner.cjs');");
    const stack = "Error.stackTraceLimit = 100; console.log(new Error('broken').stack);";
    writeFileSync(path('inner.cjs'), stack);
    const started = start([path('main.cjs')], { OPENTRACING_TRACES_EXPORTER: 'none' });
    expect(await started.ended).toBe(0);
    const lines = started.output.stdout.split('\n');
    const ours = lines.filter((line) => line.includes('register'));
    expect(ours).toHaveLength(lines.filter((line) => line.includes('Module._load')).length);
    expect(ours.length).toBeGreaterThan(0);
  });
});

describe('opentracing-ts/register that is loaded late', () => {
  it('says which framework it could not reach, and traces new applications of it all the same', async () => {
    const { spans, stderr } = await spansOf('late.cjs', ['/orders/7'], []);
    expect(spans[0]?.name).toBe('GET /orders/:id');
    expect(stderr).toMatch(
      /^opentracing-ts: The program loads express before [^\n]*--import[^\n]*\.\n$/,
    );
  });

  it('says nothing where an ES module imports it before the framework, which it reaches', async () => {
    const { spans, stderr } = await spansOf('late-in-time.mjs', ['/orders/7', '/broken'], []);
    expect(spans.map(({ name }) => name)).toEqual(['GET /orders/:id', 'GET /broken']);
    expect(spans[1]?.tags?.error).toBe('broken');
    expect(stderr).toBe('');
  });

  it('says so of an ES module, whose server spans there are none the less', async () => {
    const folder = temporaryFolder();
    symlinkSync(NODE_MODULES, join(folder, 'node_modules'));
    copyFileSync(programPath('late.mjs'), join(folder, 'late.mjs'));
    writeFileSync(join(folder, 'package.json'), '{ "dependencies": { "hono": "4" } }');
    const { spans, stderr } = await spansOf(join(folder, 'late.mjs'), ['/orders/7'], []);
    expect(spans[0]?.name).toBe('GET');
    expect(stderr).toMatch(
      /^opentracing-ts: The program loads opentracing-ts.register itself[^\n]*of hono [^\n]*--import[^\n]*\.\n$/,
    );
  });
});
