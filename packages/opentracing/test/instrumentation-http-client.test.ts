import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http, {
  type IncomingMessage,
  get as importedGet,
  request as importedRequest,
} from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import type { Span } from 'opentracing-ts';
import { instrumentHttp } from 'opentracing-ts/instrumentation/http';
import type { MockSpan } from 'opentracing-ts/mocktracer';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTracer, finishedSpans, listen, ofKind } from './instrumentation-helpers.js';

let tracer = createTracer();
let uninstall: () => void;

beforeEach(() => {
  tracer = createTracer();
  uninstall = instrumentHttp({ tracer });
});
afterEach(() => uninstall());

const response = async (request: http.ClientRequest): Promise<IncomingMessage> =>
  (await once(request, 'response'))[0];

/** A server that answers with what it was asked, and its port. */
const echo = (): Promise<number> =>
  listen(
    http.createServer((request, reply) => {
      reply.statusCode = Number(request.headers['x-status'] ?? 200);
      reply.end(JSON.stringify({ method: request.method, headers: request.headers }));
    }),
  );

/** Makes a request and returns its spans; the server's is the child of the client's. */
async function exchange(request: () => http.ClientRequest): Promise<[MockSpan, MockSpan]> {
  await text(await response(request()));
  const spans = await finishedSpans(tracer, 2);
  expect(spans).toHaveLength(2);
  const [client, server] = [ofKind(spans, 'client'), ofKind(spans, 'server')];
  expect(server.parentId).toBe(client.context().toSpanId());
  expect(server.context().toTraceId()).toBe(client.context().toTraceId());
  return [client, server];
}

describe('a request made with node:http', () => {
  it('ends with the headers of a response that the program does not read', async () => {
    const server = http.createServer((_, reply) => void reply.end('3 items'));
    const request = http.get({ host: '127.0.0.1', port: await listen(server) });
    const reply = await response(request);
    await vi.waitUntil(() => reply.complete);
    const completeAt = Date.now();
    await vi.waitUntil(() => Date.now() > completeAt + 20);
    server.closeAllConnections();
    const span = ofKind(await finishedSpans(tracer, 2), 'client');
    expect(span.tags.error).toBeUndefined();
    expect(span.logs.map(({ fields }) => fields.event)).toEqual(['unread']);
    expect(span.finishTime).toBeLessThan(completeAt + 10);
  });

  it('gives a client span under the active span and over the span of the server', async () => {
    const port = await echo();
    const parent: Span = tracer.startSpan('parent');
    const [client] = await tracer.scopeManager.withActive(parent, () =>
      exchange(() => http.get(`http://127.0.0.1:${port}/orders?token=secret`)),
    );
    expect(client.parentId).toBe(parent.context().toSpanId());
    expect(client.operationName).toBe('GET');
    expect(client.tags).toEqual({
      'span.kind': 'client',
      component: 'http',
      'http.method': 'GET',
      'http.url': `http://127.0.0.1:${port}/orders`,
      'http.status_code': 200,
      'peer.hostname': '127.0.0.1',
      'peer.ipv4': '127.0.0.1',
      'peer.port': port,
    });
  });

  it('is a root where no span is active', async () => {
    const port = await echo();
    const [client] = await exchange(() => http.get({ port, host: '127.0.0.1' }));
    expect(client.parentId).toBeNull();
  });

  const forms: Record<string, (port: number) => http.ClientRequest> = {
    'http.get(url, callback)': (port) => http.get(`http://127.0.0.1:${port}/`, () => {}),
    'http.get(url, options)': (port) => http.get(new URL(`http://127.0.0.1:${port}/`), {}),
    'http.get imported by name': (port) => importedGet({ port, host: '127.0.0.1' }),
    'http.request imported by name': (port) => importedRequest({ port, host: '127.0.0.1' }).end(),
    'http.request with a body': (port) =>
      http.request({ port, host: '127.0.0.1', method: 'POST' }).end('body'),
    'http.request written in parts': (port) => {
      const request = http.request({ port, host: '127.0.0.1', method: 'PUT' });
      request.write('one');
      request.end('two');
      return request;
    },
    'headers as an array': (port) =>
      http.get({ port, host: '127.0.0.1', headers: ['Host', 'shop.test', 'X-Mine', 'kept'] }),
    'headers as an array of pairs': (port) =>
      http
        .request({
          port,
          host: '127.0.0.1',
          headers: [
            ['Host', 'shop.test'],
            ['X-Mine', 'kept'],
          ] as unknown as string[],
        })
        .end(),
    'an Expect header, rendered early': (port) => {
      const options = { port, host: '127.0.0.1', method: 'POST' };
      const request = http.request({ ...options, headers: { Expect: '100-continue' } });
      request.on('continue', () => request.end('body'));
      return request;
    },
    'an agent that keeps connections': (port) =>
      http.get({ port, host: '127.0.0.1', agent: new http.Agent({ keepAlive: true }) }),
    'no agent': (port) => http.get({ port, host: '127.0.0.1', agent: false }),
  };
  for (const [name, send] of Object.entries(forms)) {
    it(`is traced in the form: ${name}`, async () => {
      const port = await echo();
      await exchange(() => send(port));
    });
  }

  it('keeps the headers of the program beside those of the tracer, and replaces stale ones', async () => {
    const port = await echo();
    const stale: Record<string, string> = {};
    tracer.inject(tracer.startSpan('stale'), 'http_headers', stale);
    const headers = { Host: 'shop.test', 'X-Mine': 'kept', ...stale };
    for (const form of [headers, Object.entries(headers).flat()]) {
      tracer.reset();
      const request = http.get({ port, host: '127.0.0.1', headers: form });
      const sent = JSON.parse(await text(await response(request))).headers;
      expect(sent).toMatchObject({ host: 'shop.test', 'x-mine': 'kept' });
      const spans = await finishedSpans(tracer, 2);
      expect(ofKind(spans, 'server').parentId).toBe(ofKind(spans, 'client').context().toSpanId());
    }
  });

  it('leaves the options of the program as they are', async () => {
    const options = Object.freeze({
      port: await echo(),
      host: '127.0.0.1',
      headers: Object.freeze({ 'X-Mine': 'kept' }),
    });
    await exchange(() => http.request(options).end());
    expect(options.headers).toEqual({ 'X-Mine': 'kept' });
  });

  it('is passed on without a span when it carries b3: 0', async () => {
    const port = await echo();
    const headersOf = async (headers: http.OutgoingHttpHeaders | string[]) =>
      JSON.parse(await text(await response(http.get({ port, host: '127.0.0.1', headers }))))
        .headers;
    const plain = await headersOf({ b3: '0', host: 'x' });
    const array = await headersOf(['B3', '0', 'Host', 'x']);
    expect(Object.keys(plain).sort()).toEqual(['b3', 'connection', 'host']);
    expect(Object.keys(array).sort()).toEqual(['b3', 'connection', 'host']);
    const spans = await finishedSpans(tracer, 2);
    expect(spans.map((span) => span.tags['span.kind'])).toEqual(['server', 'server']);
  });

  it('sets the error tag for statuses from 400 on', async () => {
    const port = await echo();
    for (const [status, error] of [
      ['302', undefined],
      ['404', true],
      ['503', true],
    ] as const) {
      tracer.reset();
      const [client] = await exchange(() =>
        http.get({ port, host: '127.0.0.1', headers: { 'x-status': status } }),
      );
      expect(client.tags['http.status_code']).toBe(Number(status));
      expect(client.tags.error).toBe(error);
    }
  });

  it('records a refused connection', async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as net.AddressInfo;
    server.close();
    await once(server, 'close');

    const request = http.get({ port, host: '127.0.0.1' });
    const [error] = await once(request, 'error');
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.tags).toMatchObject({ error: true, 'peer.ipv4': '127.0.0.1', 'peer.port': port });
    expect(span?.logs).toHaveLength(1);
    expect(span?.logs[0]?.fields).toMatchObject({ event: 'error', 'error.object': error });
    await once(request, 'close');
    expect(tracer.finishedSpans()).toHaveLength(1);
  });

  it('records a request that the program gives up', async () => {
    const port = await listen(http.createServer(() => {}));
    const controllers = [new AbortController(), new AbortController()] as const;
    controllers[0].abort();
    for (const { signal } of controllers) {
      tracer.reset();
      const request = http.get({ port, host: '127.0.0.1', signal });
      setImmediate(() => controllers[1].abort());
      await once(request, 'error');
      const spans = await finishedSpans(tracer, 1);
      expect(ofKind(spans, 'client').tags.error).toBe(true);
    }
    tracer.reset();
    const request = http.get({ port, host: '127.0.0.1' });
    await once(request, 'socket');
    request.on('error', () => {});
    request.abort();
    expect(ofKind(await finishedSpans(tracer, 1), 'client').tags.error).toBe(true);
  });

  it('records a response that is cut off', async () => {
    const port = await listen(
      http.createServer((_, reply) => {
        reply.writeHead(200, { 'Content-Length': '100' });
        reply.write('a part', () => reply.destroy());
      }),
    );
    const reply = await response(http.get({ port, host: '127.0.0.1' }));
    await expect(text(reply)).rejects.toThrow('aborted');
    const client = ofKind(await finishedSpans(tracer, 2), 'client');
    expect(client.tags).toMatchObject({ error: true, 'http.status_code': 200 });
    expect(client.logs.map((log) => log.fields.event)).toEqual(['aborted']);
  });

  it('logs a timeout, and leaves it to the program what to do about it', async () => {
    const port = await listen(http.createServer(() => {}));
    const request = http.get({ port, host: '127.0.0.1', timeout: 20 });
    await once(request, 'timeout');
    request.destroy();
    await once(request, 'error');
    const client = ofKind(await finishedSpans(tracer, 1), 'client');
    expect(client.logs.map((log) => log.fields.event)).toEqual(['timeout', 'error']);
  });

  it('finishes at an upgrade', async () => {
    const server = http.createServer();
    server.on('upgrade', (_, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n');
    });
    const port = await listen(server);
    const headers = { Connection: 'Upgrade', Upgrade: 'x' };
    const request = http.get({ port, host: '127.0.0.1', headers });
    const [, socket] = await once(request, 'upgrade');
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.tags).toMatchObject({ 'http.status_code': 101, 'span.kind': 'client' });
    expect(span?.tags.error).toBeUndefined();
    socket.destroy();
  });

  it('has the listeners that it has without instrumentation, so that nothing is swallowed', async () => {
    const port = await echo();
    const countsOf = async () => {
      const request = http.request({ port, host: '127.0.0.1' });
      const names = ['response', 'error', 'close', 'abort', 'timeout'];
      const counts = names.map((name) => request.listenerCount(name));
      expect(Object.keys(request)).not.toContain('emit');
      request.end();
      const reply = await response(request);
      counts.push(...['end', 'data', 'close', 'error'].map((name) => reply.listenerCount(name)));
      await text(reply);
      return counts;
    };
    const instrumented = await countsOf();
    uninstall();
    expect(instrumented).toEqual(await countsOf());
  });

  it('throws what it throws without instrumentation', () => {
    expect(() => http.get('not a URL')).toThrow(TypeError);
    expect(() => http.get({ path: 'with space' })).toThrow('Request path');
  });

  it('throws an unhandled error on', async () => {
    const request = http.request({ port: await echo(), host: '127.0.0.1' });
    expect(() => request.emit('error', new Error('nobody listens'))).toThrow('nobody listens');
    request.on('error', () => {});
    request.destroy();
  });

  it('is made by the original functions again when the instrumentation was taken out', async () => {
    const port = await echo();
    uninstall();
    const { get, request } = http;
    uninstall = instrumentHttp({ tracer });
    const traced = http.get;
    uninstall();
    expect([http.get, http.request, importedGet]).toEqual([get, request, get]);
    await text(await response(traced(`http://127.0.0.1:${port}/`)));
    expect(tracer.finishedSpans()).toEqual([]);
  });
});

describe('a request made with node:https', () => {
  const read = (name: string) => readFileSync(new URL(`./fixtures/tls/${name}`, import.meta.url));
  const cert = read('localhost.pem');

  it('gives a client span over the span of the server, with an https address', async () => {
    const server = https.createServer({ key: read('localhost-key.pem'), cert }, (_, reply) =>
      reply.end('safe'),
    );
    const port = await listen(server);
    const [client, span] = await exchange(() =>
      https.get({ port, host: '127.0.0.1', path: '/a?b', ca: cert, servername: 'localhost' }),
    );
    expect(client.tags['http.url']).toBe(`https://127.0.0.1:${port}/a`);
    expect(span.tags['http.url']).toBe(`https://127.0.0.1:${port}/a`);
  });

  it('records a certificate that is not trusted', async () => {
    const server = https.createServer({ key: read('localhost-key.pem'), cert });
    server.on('tlsClientError', () => {});
    const port = await listen(server);
    await once(https.get({ port, host: '127.0.0.1' }), 'error');
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.tags.error).toBe(true);
    expect(span?.logs[0]?.fields.message).toContain('self-signed');
  });
});

describe('a server that calls another one', () => {
  it('has a trace of its span, the client span and the span of the other, in concurrent requests too', async () => {
    const inner = await echo();
    const outer = await listen(
      http.createServer(async (request, reply) => {
        request.resume();
        await Promise.resolve();
        reply.end(await text(await response(http.get({ port: inner, host: '127.0.0.1' }))));
      }),
    );
    uninstall();
    uninstall = instrumentHttp({ tracer });
    await Promise.all(
      Array.from({ length: 5 }, async () => {
        const headers = { b3: '0' };
        await text(await response(http.get({ port: outer, host: '127.0.0.1', headers })));
      }),
    );
    const spans = await vi.waitFor(() => {
      expect(tracer.finishedSpans()).toHaveLength(15);
      return tracer.finishedSpans();
    });
    const traces = new Set(spans.map((span) => span.context().toTraceId()));
    expect(traces.size).toBe(5);
    for (const trace of traces) {
      const [root, client, leaf] = spans
        .filter((span) => span.context().toTraceId() === trace)
        .sort((a, b) => a.startTime - b.startTime);
      expect(root?.parentId).toBeNull();
      expect(client?.parentId).toBe(root?.context().toSpanId());
      expect(leaf?.parentId).toBe(client?.context().toSpanId());
      expect(client?.tags['span.kind']).toBe('client');
    }
  });
});
