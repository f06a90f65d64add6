import http from 'node:http';
import type { Span } from 'opentracing-ts';
import { instrumentFetch } from 'opentracing-ts/instrumentation/fetch';
import { instrumentHttp } from 'opentracing-ts/instrumentation/http';
import type { MockSpan } from 'opentracing-ts/mocktracer';
import * as undici from 'undici';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTracer, finishedSpans, listen, ofKind } from './instrumentation-helpers.js';

let tracer = createTracer();
let uninstall: () => void;

beforeEach(() => {
  tracer = createTracer();
  const stops = [instrumentHttp({ tracer }), instrumentFetch({ tracer })];
  uninstall = () => {
    for (const stop of stops) {
      stop();
    }
  };
});
afterEach(() => uninstall());

/** A server that answers with the headers that it got, and its address. */
async function echo(): Promise<string> {
  const server = http.createServer((request, reply) => {
    reply.statusCode = Number(request.headers['x-status'] ?? 200);
    reply.end(JSON.stringify(request.headers));
  });
  return `http://127.0.0.1:${await listen(server)}`;
}

/** Waits for the spans of one exchange; the server's is the child of the client's. */
async function exchange(request: Promise<unknown>): Promise<MockSpan> {
  await request;
  const spans = await finishedSpans(tracer, 2);
  expect(spans).toHaveLength(2);
  const [client, server] = [ofKind(spans, 'client'), ofKind(spans, 'server')];
  expect(server.parentId).toBe(client.context().toSpanId());
  expect(server.context().toTraceId()).toBe(client.context().toTraceId());
  return client;
}

describe('a request made with fetch', () => {
  it('gives a client span under the active span and over the span of the server', async () => {
    const url = await echo();
    const parent: Span = tracer.startSpan('parent');
    const client = await tracer.scopeManager.withActive(parent, () =>
      exchange(fetch(`${url}/orders?token=secret`).then((reply) => reply.text())),
    );
    expect(client.parentId).toBe(parent.context().toSpanId());
    expect(client.operationName).toBe('GET');
    expect(client.tags).toEqual({
      'span.kind': 'client',
      component: 'fetch',
      'http.method': 'GET',
      'http.url': `${url}/orders`,
      'http.status_code': 200,
      'peer.hostname': '127.0.0.1',
      'peer.ipv4': '127.0.0.1',
      'peer.port': Number(new URL(url).port),
    });
  });

  it('keeps the parents of concurrent requests apart', async () => {
    const url = await echo();
    const parents = Array.from({ length: 8 }, (_, i) => tracer.startSpan(`parent ${i}`));
    for (let round = 0; round < 2; round++) {
      tracer.reset();
      await Promise.all(
        parents.map((parent) =>
          tracer.scopeManager.withActive(parent, async () => {
            await Promise.resolve();
            await (await fetch(url)).text();
          }),
        ),
      );
      const clients = (await finishedSpans(tracer, 16)).filter(
        (span) => span.tags['span.kind'] === 'client',
      );
      expect(new Set(clients.map((span) => span.parentId))).toEqual(
        new Set(parents.map((parent) => parent.context().toSpanId())),
      );
    }
  });

  it('is traced with a body', async () => {
    const url = await echo();
    const client = await exchange(
      fetch(url, { method: 'POST', body: 'body' }).then((reply) => reply.text()),
    );
    expect(client.operationName).toBe('POST');
  });

  it('gives a span for each redirect', async () => {
    const url = await echo();
    const hop = http.createServer((_, reply) => reply.writeHead(302, { location: url }).end());
    await (await fetch(`http://127.0.0.1:${await listen(hop)}`)).text();
    const clients = (await finishedSpans(tracer, 4)).filter(
      (span) => span.tags['span.kind'] === 'client',
    );
    expect(clients.map((span) => span.tags['http.status_code'])).toEqual([302, 200]);
  });

  it('keeps the headers of the program, and replaces stale ones of the tracer', async () => {
    const url = await echo();
    const stale: Record<string, string> = {};
    tracer.inject(tracer.startSpan('stale'), 'http_headers', stale);
    let sent: Record<string, string> = {};
    await exchange(
      fetch(url, { headers: { ...stale, 'X-Mine': 'kept' } }).then(async (reply) => {
        sent = (await reply.json()) as Record<string, string>;
      }),
    );
    expect(sent['x-mine']).toBe('kept');
  });

  it('is passed on without a span when it carries b3: 0', async () => {
    const url = await echo();
    const sent = await (await fetch(url, { headers: { B3: '0' } })).json();
    expect(sent).toMatchObject({ b3: '0' });
    const spans = await finishedSpans(tracer, 1);
    expect(spans.map((span) => span.tags['span.kind'])).toEqual(['server']);
  });

  it('sets the error tag for statuses from 400 on', async () => {
    const url = await echo();
    const client = await exchange(
      fetch(url, { headers: { 'x-status': '404' } }).then((reply) => reply.text()),
    );
    expect(client.tags).toMatchObject({ error: true, 'http.status_code': 404 });
  });

  it('records a refused connection', async () => {
    const server = http.createServer();
    const free = await listen(server);
    server.close();
    await expect(fetch(`http://127.0.0.1:${free}/`)).rejects.toThrow('fetch failed');
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.tags).toMatchObject({ error: true, 'peer.port': free });
    expect(span?.logs[0]?.fields.message).toContain('ECONNREFUSED');
  });

  it('records a request that the program gives up', async () => {
    const url = `http://127.0.0.1:${await listen(http.createServer(() => {}))}`;
    const controller = new AbortController();
    const reply = fetch(url, { signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    await expect(reply).rejects.toThrow();
    const client = ofKind(await finishedSpans(tracer, 1), 'client');
    expect(client.tags.error).toBe(true);
  });

  it('does not count a body that the program cancels as an error', async () => {
    const server = http.createServer((_, reply) => {
      reply.writeHead(200);
      reply.write('a part');
    });
    const reply = await fetch(`http://127.0.0.1:${await listen(server)}`);
    await reply.body?.cancel();
    const client = ofKind(await finishedSpans(tracer, 1), 'client');
    expect(client.tags['http.status_code']).toBe(200);
    expect(client.tags.error).toBeUndefined();
    expect(client.logs.map((log) => log.fields.event)).toEqual(['aborted']);
  });

  it.each(['cancel', 'abort'])('may be given up for a reason of the program: %s', async (how) => {
    const server = http.createServer((_, reply) => {
      reply.writeHead(200);
      reply.write('a part');
    });
    const controller = new AbortController();
    const { signal } = controller;
    const reply = await fetch(`http://127.0.0.1:${await listen(server)}`, { signal });
    if (how === 'cancel') {
      await reply.body?.cancel(new Error('enough'));
    } else {
      controller.abort('enough');
    }
    const client = ofKind(await finishedSpans(tracer, 1), 'client');
    expect(client.tags.error).toBeUndefined();
    expect(client.logs.map((log) => log.fields.event)).toEqual(['aborted']);
  });

  it('is not traced after the instrumentation was taken out', async () => {
    const url = await echo();
    uninstall();
    await (await fetch(url)).text();
    expect(tracer.finishedSpans()).toEqual([]);
  });

  it('goes on, and the failure is reported once, when the tracer throws', async () => {
    const url = await echo();
    const broken = createTracer();
    vi.spyOn(broken, 'startSpan').mockImplementation(() => {
      throw new Error('out of order');
    });
    const onError = vi.fn();
    uninstall();
    uninstall = instrumentFetch({ tracer: broken, onError });
    expect((await fetch(url)).status).toBe(200);
    expect((await fetch(url)).status).toBe(200);
    expect(onError).toHaveBeenCalledTimes(1);
  });
});

describe('a request made with the package undici', () => {
  it('is traced in each of its forms', async () => {
    const url = await echo();
    const client = new undici.Client(url);
    const forms: Record<string, () => Promise<unknown>> = {
      request: async () => (await undici.request(url)).body.text(),
      fetch: async () => (await undici.fetch(url)).text(),
      'a client': async () => (await client.request({ path: '/', method: 'GET' })).body.text(),
      'headers as an array': async () =>
        (await undici.request(url, { headers: ['x-mine', 'kept'] })).body.text(),
    };
    for (const send of Object.values(forms)) {
      tracer.reset();
      await exchange(send());
    }
    await client.close();
  });

  it('leaves an upgrade alone', async () => {
    const server = http.createServer();
    server.on('upgrade', (_, socket) => {
      socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n');
    });
    const url = `http://127.0.0.1:${await listen(server)}`;
    const { socket } = await undici.upgrade(url, { protocol: 'x' });
    socket.destroy();
    expect(tracer.finishedSpans()).toEqual([]);
  });
});
