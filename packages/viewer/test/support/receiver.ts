import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';

/** A request that a receiver got. */
export interface Received {
  path: string;
  headers: IncomingMessage['headers'];
  /** Its body, decoded. */
  body: unknown;
}

/** A server that spans are relayed to. */
export interface FakeReceiver {
  url: string;
  port: number;
  requests: Received[];
  /** Resolves when `found` is true of what came so far. */
  until(found: (requests: Received[]) => boolean): Promise<void>;
  close(): Promise<void>;
}

/**
 * A real HTTP server that answers as it is told, closed after the test.
 * @param answer by default 202
 * @param port by default any free one
 */
export async function fakeReceiver(
  answer: (request: Received, response: ServerResponse) => unknown = (_, response) =>
    response.writeHead(202).end(),
  port = 0,
): Promise<FakeReceiver> {
  const requests: Received[] = [];
  const waiting = new Set<() => void>();
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    const { url: path = '', headers } = request;
    const received = { path, headers, body: JSON.parse(text) };
    requests.push(received);
    answer(received, response);
    for (const look of waiting) look();
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const own = typeof address === 'object' && address !== null ? address.port : 0;
  const close = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  onTestFinished(close);
  return {
    url: `http://127.0.0.1:${own}`,
    port: own,
    requests,
    until: (found) =>
      new Promise((resolve) => {
        const look = () => {
          if (!found(requests)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    close,
  };
}
