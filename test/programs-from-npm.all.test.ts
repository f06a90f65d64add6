import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

// Programs that nobody here wrote, as npm delivers them: each serves requests and makes requests of
// its own to answer them.
const PACKAGES = ['http-server@14.1.1', 'local-cors-proxy@1.1.0', 'local-web-server@5.4.0'];
const VIEWER = fileURLToPath(
  new URL('../packages/viewer/bin/opentracing-viewer.js', import.meta.url),
);

interface Span {
  id: string;
  parentId?: string;
  kind?: string;
  tags?: Record<string, string>;
}

const folder = mkdtempSync(join(tmpdir(), 'programs-from-npm-'));
const bin = (name: string) => join(folder, 'node_modules', '.bin', name);
let upstream: Server;
let upstreamUrl: string;

beforeAll(async () => {
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  await vi.waitFor(install, { timeout: 240_000, interval: 5_000 });
  upstream = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ traceId: request.headers['x-b3-traceid'] }));
  }).listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  upstreamUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
}, 300_000);

afterAll(() => {
  upstream?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The registry is away now and then. */
function install() {
  const { status, stderr } = spawnSync('npm', ['install', '--no-audit', '--no-fund', ...PACKAGES], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 200_000,
  });
  if (status !== 0) {
    throw new Error(`npm install failed: ${stderr}`);
  }
}

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Runs a command under `opentracing-viewer run` until `use` is done with it. */
async function traced(command: string[], use: (collector: string) => Promise<void>) {
  const db = join(folder, `${Math.random()}.db`);
  const child = spawn(
    process.execPath,
    [VIEWER, '--port', '0', '--db', db, 'run', '--', ...command],
    {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  try {
    const collector = await vi.waitUntil(() => /see (http:\S+)/.exec(said)?.[1], {
      timeout: 20_000,
    });
    await use(collector);
  } finally {
    await end(child);
  }
}

async function end(child: ChildProcess) {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
}

async function get<T>(url: string): Promise<T> {
  const response = await fetch(url);
  if (!response.ok) {
    throw new Error(`${url} answered ${response.status}`);
  }
  return (await response.json()) as T;
}

describe('a program from npm, run unmodified under opentracing-viewer run', () => {
  it.each([
    [
      'http-server',
      (port: number) => [bin('http-server'), '-a', '127.0.0.1', '-p', `${port}`, '-P', upstreamUrl],
      '/asked',
    ],
    [
      'local-cors-proxy',
      (port: number) => [bin('lcp'), '--port', `${port}`, '--proxyUrl', upstreamUrl],
      '/proxy/asked',
    ],
    [
      'local-web-server',
      (port: number) => [
        ...[bin('ws'), '--hostname', '127.0.0.1', '--port', `${port}`],
        ...['--rewrite', `/api/(.*) -> ${upstreamUrl}/$1`],
      ],
      '/api/asked',
    ],
  ])('gives server spans with client spans under them: %s', async (_, command, path) => {
    const port = await freePort();
    await traced(command(port), async (collector) => {
      const { traceId } = await vi.waitFor(
        () => get<{ traceId: string }>(`http://127.0.0.1:${port}${path}`),
        { timeout: 20_000 },
      );
      const [server, client] = await vi.waitFor(
        async () => {
          const spans = await get<Span[]>(`${collector}/api/v2/trace/${traceId}`);
          const server = spans.find((span) => span.kind === 'SERVER');
          const client = spans.find((span) => span.kind === 'CLIENT');
          expect(spans).toHaveLength(2);
          return [server as Span, client as Span] as const;
        },
        { timeout: 20_000 },
      );
      expect(client.parentId).toBe(server.id);
      expect(server.parentId).toBeUndefined();
      expect(server.tags).toMatchObject({ 'http.method': 'GET', 'http.status_code': '200' });
      expect(client.tags).toMatchObject({ 'http.method': 'GET', 'http.status_code': '200' });
    });
  });
});
