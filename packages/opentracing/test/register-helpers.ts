import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished, vi } from 'vitest';

/** A span as the collector gets it. */
export interface ReceivedSpan {
  traceId: string;
  id: string;
  parentId?: string;
  name: string;
  kind?: string;
  localEndpoint: { serviceName: string };
  tags?: Record<string, string>;
}

const packageFolder = fileURLToPath(new URL('..', import.meta.url));

async function listen(server: http.Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A collector that keeps what it gets. */
export async function startCollector() {
  const received: ReceivedSpan[] = [];
  const server = http.createServer(async (request, response) => {
    let body = '';
    for await (const part of request.setEncoding('utf8')) {
      body += part;
    }
    received.push(...(JSON.parse(body) as ReceivedSpan[]));
    response.writeHead(202).end();
  });
  return {
    received,
    url: `${await listen(server)}/api/v2/spans`,
    /** Waits until so many different spans have come. */
    spans: (count: number): Promise<ReceivedSpan[]> =>
      vi.waitFor(
        () => {
          const spans = [...new Map(received.map((span) => [span.id + span.kind, span])).values()];
          if (spans.length < count) {
            throw new Error(`${spans.length} of ${count} spans have come`);
          }
          return spans;
        },
        { timeout: 15_000 },
      ),
  };
}

/** A server that answers with the headers that it got; its address. */
export function startEcho(): Promise<string> {
  return listen(
    http.createServer((request, response) => response.end(JSON.stringify(request.headers))),
  );
}

/** An address at which nothing listens. */
export async function refusedUrl(): Promise<string> {
  const server = http.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return `http://127.0.0.1:${port}/api/v2/spans`;
}

/** A running program and what it has said so far. */
export interface Program {
  child: ChildProcess;
  output: { stdout: string; stderr: string };
  /** Resolves at its end, with its exit code or signal. */
  ended: Promise<number | NodeJS.Signals>;
  /** Waits until its standard output has the text. */
  says(text: string | RegExp): Promise<void>;
}

/** Where the packages are, for programs that are put elsewhere. */
export const NODE_MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));

/** The path of one of the programs in fixtures/programs; a path stays one. */
export const programPath = (name: string): string =>
  resolve(fileURLToPath(new URL('./fixtures/programs', import.meta.url)), name);

/**
 * Starts one of the programs in fixtures/programs, or that at a path, with `node`; killed at the end of
 * the test.
 */
export function start(
  args: readonly string[],
  env: Record<string, string> = {},
  nodeOptions: readonly string[] = ['--import', 'opentracing-ts/register'],
): Program {
  const [name, ...rest] = args as [string, ...string[]];
  const script = programPath(name);
  const child = spawn(process.execPath, [...nodeOptions, script, ...rest], {
    cwd: packageFolder,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  const ended = once(child, 'close').then(([code, signal]) => signal ?? code);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return {
    child,
    output,
    ended,
    says: (text) =>
      vi.waitUntil(() => output.stdout.match(text) !== null, { timeout: 15_000 }).then(() => {}),
  };
}
