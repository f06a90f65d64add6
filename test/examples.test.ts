// The examples of the frameworks, each two services in two processes with a collector.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Collector, type Span, startCollector } from 'opentracing-viewer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WORKSPACE } from './support/run.js';

describe.each(['express', 'fastify', 'koa', 'hono'])('the example of %s', (framework) => {
  const services: ChildProcess[] = [];
  const answers = new Map<string, unknown>();
  /** The traces of three requests, by what was asked for. */
  const traces = new Map<string, Span[]>();
  let folder: string;
  let collector: Collector;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'examples-'));
    collector = await startCollector({ port: 0, db: join(folder, 'traces.db') });
    const ZIPKIN_URL = `${collector.url}/api/v2/spans`;
    const stock = await start('stock', { ZIPKIN_URL });
    const orders = await start('orders', { ZIPKIN_URL, STOCK_URL: stock });
    for (const path of ['/orders/7', '/orders/8', '/orders/9']) {
      const response = await fetch(orders + path);
      const type = response.headers.get('content-type') ?? '';
      const body = type.includes('json') ? await response.json() : await response.text();
      answers.set(path, { status: response.status, body });
    }
    // They send what they have when they end.
    for (const service of services.toReversed()) {
      const ended = once(service, 'exit');
      service.kill('SIGTERM');
      await ended;
    }
    const response = await fetch(`${collector.url}/api/v2/traces?limit=10`);
    for (const trace of (await response.json()) as Span[][]) {
      const root = trace.find((span) => span.parentId === undefined);
      traces.set(new URL(root?.tags?.['http.url'] ?? 'http://none').pathname, trace);
    }
  });

  afterAll(async () => {
    for (const service of services) service.kill('SIGKILL');
    await collector?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Starts one of its programs; returns its address. */
  async function start(name: string, env: Record<string, string>): Promise<string> {
    const service = spawn(process.execPath, [`${name}.js`], {
      cwd: join(WORKSPACE, 'examples', framework),
      env: { ...process.env, NODE_ENV: 'test', PORT: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    services.push(service);
    let stderr = '';
    service.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    for await (const line of createInterface({ input: service.stdout })) {
      const address = / listens on (\S+)$/.exec(line)?.[1];
      if (address !== undefined) return address;
    }
    throw new Error(`${name} of ${framework} has ended: ${stderr}`);
  }

  it('answers', () => {
    expect(answers.get('/orders/7')).toEqual({
      status: 200,
      body: { customer: 'ada', item: 'tea', inStock: 12 },
    });
    expect(answers.get('/orders/8')).toMatchObject({ status: 500 });
    expect(answers.get('/orders/9')).toEqual({
      status: 404,
      body: { message: 'there is no order 9' },
    });
    expect([...traces.keys()].sort()).toEqual(['/orders/7', '/orders/8', '/orders/9']);
  });

  it('makes one trace of a request that goes through both services', () => {
    expect(tree(traces.get('/orders/7'))).toEqual([
      'orders get /orders/:id',
      '  orders find order',
      '  orders get',
      '    stock get /stock/:item',
    ]);
    expect(traces.get('/orders/7')?.some((span) => span.tags?.error !== undefined)).toBe(false);
  });

  it('shows where a request has failed', () => {
    const trace = traces.get('/orders/8') ?? [];
    const failed = trace.filter((span) => span.tags?.error !== undefined);
    expect(failed.map((span) => span.localEndpoint?.serviceName).sort()).toEqual([
      'orders',
      'orders',
      'stock',
    ]);
    const stock = trace.find((span) => span.localEndpoint?.serviceName === 'stock');
    expect(stock?.name?.toLowerCase()).toBe('get /stock/:item');
    expect(stock?.annotations?.[0]?.value).toContain('the shelf of the pot is locked');
    expect(tree(traces.get('/orders/9'))).toEqual([
      'orders get /orders/:id',
      '  orders find order',
    ]);
  });
});

/** Services and names of a trace, each below its parent, in the order in which they began. */
function tree(trace: readonly Span[] = [], parentId?: string): string[] {
  return trace
    .filter((span) => span.parentId === parentId)
    .sort((a, b) => (a.timestamp ?? 0) - (b.timestamp ?? 0))
    .flatMap((span) => [
      `${span.localEndpoint?.serviceName} ${span.name?.toLowerCase()}`,
      ...tree(trace, span.id).map((line) => `  ${line}`),
    ]);
}
