import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';

/** A request for spans that has come as a whole. */
interface Exchange {
  /** Counted from 1. */
  readonly number: number;
  readonly headers: IncomingHttpHeaders;
  /** As it came over the wire. */
  readonly body: Buffer;
  readonly response: ServerResponse;
  /** Keeps the spans, as a collector that takes them does. */
  take(): void;
  /** Keeps the spans and answers so. */
  accept(): void;
  /** Answers with the status and does not keep the spans. */
  refuse(status: number, headers?: Record<string, string>, reason?: string): void;
  /** Breaks the connection. */
  reset(): void;
}

/** What a collector does with a request. */
export type Behaviour = (exchange: Exchange) => void;

/** A collector on the loopback that behaves as it is told. */
export interface FaultyCollector {
  readonly url: string;
  /** All requests that came as a whole. */
  readonly exchanges: readonly Exchange[];
  /** How many connections there were. */
  readonly connections: number;
  /** The names of the spans it has kept, as often as it has kept them. */
  readonly names: readonly string[];
  /** Closes the port. */
  stop(): Promise<void>;
  /** Opens the same port again. */
  restart(): Promise<void>;
}

/** What it can do beside {@link Behaviour}. */
export interface FaultyCollectorOptions {
  /** Called with a request of which the headers have come, and its number; `true` when that is all. */
  onHeaders?(request: IncomingMessage, response: ServerResponse, number: number): boolean;
}

/** Starts one; it ends with the test. */
export async function startCollector(
  behave: Behaviour = (exchange) => exchange.accept(),
  { onHeaders }: FaultyCollectorOptions = {},
): Promise<FaultyCollector> {
  const exchanges: Exchange[] = [];
  const names: string[] = [];
  let connections = 0;
  let requests = 0;
  const server = createServer(async (request, response) => {
    if (onHeaders?.(request, response, ++requests)) {
      return;
    }
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) {
        chunks.push(chunk);
      }
    } catch {
      return;
    }
    const exchange = exchangeOf(request, response, Buffer.concat(chunks), exchanges.length + 1);
    exchanges.push(exchange);
    behave(exchange);
  });

  function exchangeOf(
    { headers, socket }: IncomingMessage,
    response: ServerResponse,
    body: Buffer,
    number: number,
  ): Exchange {
    const take = () => names.push(...spansOf(body, headers).map(({ name }) => name));
    return {
      number,
      headers,
      body,
      response,
      take,
      accept() {
        take();
        response.writeHead(202).end();
      },
      refuse: (status, fields, reason) => response.writeHead(status, fields).end(reason),
      reset: () => socket.resetAndDestroy(),
    };
  }

  server.on('connection', () => connections++);
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const stop = async () => {
    if (server.listening) {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    }
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  onTestFinished(stop);
  return {
    url: `http://127.0.0.1:${port}/api/v2/spans`,
    exchanges,
    names,
    get connections() {
      return connections;
    },
    stop,
    restart: () => listen(port),
  };
}

/** The spans of a body. */
export function spansOf(body: Buffer, headers: IncomingHttpHeaders): { name: string }[] {
  const text = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
  return JSON.parse(text.toString('utf8'));
}
