import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A span as the collector gets it. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly name: string;
  readonly kind?: string;
  readonly localEndpoint: { readonly serviceName: string };
  readonly tags?: Readonly<Record<string, string>>;
}

/** What the programs of the test talk to. */
export interface Collector {
  /** The address. It takes spans as Zipkin does, and gives back the spans of a trace; `/v1/traces` takes
   * what OTLP sends and gives back its bodies in hex digits, by their content types; `/headers` gives
   * back the headers of the request; everything else is an empty page. */
  readonly url: string;
  /** All spans so far. */
  readonly received: readonly ReceivedSpan[];
  close(): void;
}

/** Starts one on the loopback, which pages of other origins may use. */
export async function startCollector(): Promise<Collector> {
  const received: ReceivedSpan[] = [];
  const bodies: { contentType: string | undefined; hex: string }[] = [];
  const server = createServer(async (request, response) => {
    const { method, url = '/', headers } = request;
    const body = await buffer(request);
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-allow-headers', '*');
    if (url === '/v1/traces') {
      if (method === 'POST') {
        bodies.push({ contentType: headers['content-type'], hex: body.toString('hex') });
      }
      response.end(method === 'GET' ? JSON.stringify(bodies) : '');
    } else if (method === 'POST') {
      received.push(...(JSON.parse(body.toString()) as ReceivedSpan[]));
      response.writeHead(202).end();
    } else if (url.startsWith('/api/v2/trace/')) {
      const traceId = url.slice(url.lastIndexOf('/') + 1);
      response.end(JSON.stringify(received.filter((span) => span.traceId === traceId)));
    } else if (url === '/headers') {
      response.end(JSON.stringify(headers));
    } else {
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>Empty</title>');
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
