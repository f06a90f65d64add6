import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startCollector as startFaultyCollector } from './faults/collector.js';
import {
  type Program,
  type ReceivedSpan,
  refusedUrl,
  start,
  startCollector,
  startEcho,
} from './register-helpers.js';
import { temporaryFolder } from './spool-helpers.js';

/** Starts a program that prints its port; its address. */
async function startServer(...args: Parameters<typeof start>): Promise<string> {
  const program = start(...args);
  await program.says(/^\d+\n/);
  return `http://127.0.0.1:${program.output.stdout.trim()}`;
}

const named = (spans: readonly ReceivedSpan[], service: string, kind: string) =>
  spans.find((span) => span.localEndpoint.serviceName === service && span.kind === kind);

describe('programs that know nothing of tracing', () => {
  it('have one trace for a request that crosses express, fastify and node:http, ESM and CommonJS', async () => {
    const collector = await startCollector();
    const env = { OPENTRACING_ZIPKIN_URL: collector.url };
    const stock = await startServer(
      ['fastify.cjs'],
      { ...env, OTEL_SERVICE_NAME: 'stock', NEXT: await startEcho() },
      ['--require', 'opentracing-ts/register'],
    );
    const gateway = await startServer(['express.mjs'], {
      ...env,
      OTEL_SERVICE_NAME: 'gateway',
      NEXT: stock,
    });

    const answer = await (await fetch(`${gateway}/orders/7`)).json();
    expect(answer).toMatchObject({ stock: 7, prices: { 'x-b3-sampled': '1' } });

    const spans = await collector.spans(4);
    expect(new Set(spans.map((span) => span.traceId)).size).toBe(1);
    const root = named(spans, 'gateway', 'SERVER');
    const toStock = named(spans, 'gateway', 'CLIENT');
    const inStock = named(spans, 'stock', 'SERVER');
    const toPrices = named(spans, 'stock', 'CLIENT');
    expect(root?.name).toBe('GET /orders/:id');
    expect(root?.parentId).toBeUndefined();
    expect(toStock?.parentId).toBe(root?.id);
    expect(toStock?.tags?.['http.url']).toBe(`${stock}/stock`);
    expect(inStock?.parentId).toBe(toStock?.id);
    expect(toPrices?.parentId).toBe(inStock?.id);
  });

  it('have the status and the error tag of requests whose handlers throw', async () => {
    const collector = await startCollector();
    const env = { OPENTRACING_ZIPKIN_URL: collector.url };
    const servers = await Promise.all([
      startServer(['fastify.cjs'], { ...env, OTEL_SERVICE_NAME: 'fastify' }),
      startServer(['express.mjs'], { ...env, OTEL_SERVICE_NAME: 'express' }),
    ]);
    for (const server of servers) {
      expect((await fetch(`${server}/broken`)).status).toBe(500);
    }
    const spans = await collector.spans(2);
    for (const service of ['fastify', 'express']) {
      expect(named(spans, service, 'SERVER')?.tags).toMatchObject({
        'http.status_code': '500',
        error: 'broken',
      });
    }
  });

  it('start a new trace for a malformed B3 header', async () => {
    const collector = await startCollector();
    const server = await startServer(['express.mjs'], { OPENTRACING_ZIPKIN_URL: collector.url });
    const body = JSON.stringify({ tea: 2 });
    const headers = {
      'content-type': 'application/json',
      'x-b3-traceid': 'no hex digits',
      'x-b3-spanid': '1',
    };
    const answer = await fetch(`${server}/orders`, { method: 'POST', headers, body });
    expect(await answer.json()).toEqual({ tea: 2 });
    const [span] = await collector.spans(1);
    expect(span?.traceId).toMatch(/^[0-9a-f]{16}$/);
    expect(span?.parentId).toBeUndefined();
    expect(span?.name).toBe('POST /orders');
  });
});

describe('a program that fails at a request', () => {
  for (const how of ['sync', 'async', 'exit']) {
    it(`ends as it would, and the span of that request is sent with an error (${how})`, async () => {
      const collector = await startCollector();
      const program = start(['crash.cjs'], { OPENTRACING_ZIPKIN_URL: collector.url });
      await program.says(/^\d+\n/);
      const port = program.output.stdout.trim();
      await expect(fetch(`http://127.0.0.1:${port}/${how}`)).rejects.toThrow('fetch failed');
      expect(await program.ended).toBe(how === 'exit' ? 4 : 1);
      expect(program.output.stderr).toContain(how === 'exit' ? '' : 'Error: crash');
      const [span] = await collector.spans(1);
      expect(span?.kind).toBe('SERVER');
      expect(span?.tags).toHaveProperty('error');
    });
  }
});

describe('the end of a program', () => {
  const client = async (ending: string, url: string) =>
    start(['client.cjs', await startEcho(), ending], { OPENTRACING_ZIPKIN_URL: url });

  const endings: Record<string, { ended: number | string; stdout: string; signal?: boolean }> = {
    'by itself': { ended: 0, stdout: 'status 200\n' },
    'by itself, after beforeExit': { ended: 0, stdout: 'status 200\nbefore exit\nexit 0\n' },
    'by process.exit': { ended: 3, stdout: 'status 200\n' },
    'by an error': { ended: 1, stdout: 'status 200\n' },
    'by a signal': { ended: 'SIGTERM', stdout: 'status 200\nready\n', signal: true },
    'by its own handler': {
      ended: 5,
      stdout: 'status 200\nready\ncleaning up\n',
      signal: true,
    },
    'by a handler that raises the signal when it is alone': {
      ended: 'SIGTERM',
      stdout: 'status 200\nready\nalone\n',
      signal: true,
    },
  };

  async function end(program: Program, signal: boolean | undefined) {
    if (signal) {
      await program.says('ready');
      program.child.kill('SIGTERM');
    }
    return { ended: await program.ended, stdout: program.output.stdout };
  }

  for (const [ending, { signal, ...expected }] of Object.entries(endings)) {
    it(`${ending} is as it would be, and its spans are sent`, async () => {
      const collector = await startCollector();
      const program = await client(ending, collector.url);
      expect(await end(program, signal)).toEqual(expected);
      const [span] = await collector.spans(1);
      expect(span?.kind).toBe('CLIENT');
      expect(span?.tags?.['http.status_code']).toBe('200');
      if (ending !== 'by an error') {
        expect(program.output.stderr).toBe('');
      }
    });

    it(`${ending} is as it would be when the collector refuses connections`, async () => {
      const program = await client(ending, await refusedUrl());
      expect(await end(program, signal)).toEqual(expected);
      expect(program.output.stderr).toContain('opentracing-ts: ');
    });
  }

  it('tells why the collector refused the last spans', async () => {
    const { url } = await startFaultyCollector(({ refuse }) => refuse(404));
    const program = await client('by process.exit', url);
    expect(await program.ended).toBe(3);
    expect(program.output.stderr).toMatch(
      /^opentracing-ts: .* took the last spans \(1\): The collector at .* answered 404; is the path right.*\n$/,
    );
  });

  it('is not held up where no span waits', async () => {
    const script = join(temporaryFolder(), 'idle.cjs');
    writeFileSync(
      script,
      `require('node:worker_threads').Worker = class {
        constructor() { console.log('a thread'); }
        on() {}
        unref() {}
      };`,
    );
    const { ended, output } = start([script]);
    expect(await ended).toBe(0);
    expect(output).toEqual({ stdout: '', stderr: '' });
  });

  it('is not held up by a collector that is known to be away', async () => {
    const program = await client('by a signal', await refusedUrl());
    await program.says('ready');
    await expect.poll(() => program.output.stderr, { timeout: 15_000 }).toContain('opentracing-ts');
    const { stderr } = program.output;
    program.child.kill('SIGINT');
    expect(await program.ended).toBe('SIGINT');
    expect(program.output.stderr).toBe(stderr);
  });
});

describe('opentracing-ts/register', () => {
  it('traces worker threads, when it is in NODE_OPTIONS too', async () => {
    for (const [env, options] of [
      [{}, ['--import', 'opentracing-ts/register']],
      [{ NODE_OPTIONS: '--require opentracing-ts/register' }, []],
    ] as const) {
      const collector = await startCollector();
      const program = start(
        ['worker.mjs', await startEcho()],
        { ...env, OPENTRACING_ZIPKIN_URL: collector.url },
        options,
      );
      expect(await program.ended).toBe(0);
      expect(program.output.stdout).toBe('worker 0\n');
      await collector.spans(1);
      expect(collector.received).toHaveLength(1);
    }
  });

  it('gives one span for a request when it is loaded twice, as ESM and as CommonJS', async () => {
    const collector = await startCollector();
    const program = start(
      ['client.cjs', await startEcho(), 'by itself'],
      { OPENTRACING_ZIPKIN_URL: collector.url },
      ['--require', 'opentracing-ts/register', '--import', 'opentracing-ts/register'],
    );
    expect(await program.ended).toBe(0);
    expect(collector.received).toHaveLength(1);
  });

  it('handles no signals before there is a span, so that a busy program can be stopped', async () => {
    const collector = await startCollector();
    const program = start(['busy.cjs'], { OPENTRACING_ZIPKIN_URL: collector.url });
    await program.says('busy');
    program.child.kill('SIGINT');
    expect(await program.ended).toBe('SIGINT');
  });

  it('leaves package managers alone', async () => {
    const collector = await startCollector();
    const program = start(['npm-cli.cjs', await startEcho()], {
      OPENTRACING_ZIPKIN_URL: collector.url,
    });
    expect(await program.ended).toBe(0);
    expect(program.output.stdout).not.toContain('b3');
    expect(collector.received).toEqual([]);
  });

  it('follows the tracer that the program registers itself', async () => {
    const collector = await startCollector();
    const program = start(['own-tracer.mjs', await startEcho()], {
      OPENTRACING_ZIPKIN_URL: collector.url,
    });
    expect(await program.ended).toBe(0);
    expect(program.output.stdout).toBe('own span GET\n');
    expect(collector.received).toEqual([]);
  });
});
