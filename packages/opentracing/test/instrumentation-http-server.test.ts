import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import { Tracer } from 'opentracing-ts';
import { instrumentHttp } from 'opentracing-ts/instrumentation/http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTracer, finishedSpans, listen, ofKind } from './instrumentation-helpers.js';

let tracer = createTracer();
let uninstall: () => void;

beforeEach(() => {
  tracer = createTracer();
  uninstall = instrumentHttp({ tracer });
});
afterEach(() => uninstall());

/** Sends bytes over a connection of its own, past all clients. */
async function connect(port: number): Promise<net.Socket> {
  const socket = net.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

/** The active span's id in the handler and in everything that follows from it. */
function observeActive(seen: Map<string, string | undefined>) {
  const note = (moment: string) => seen.set(moment, tracer.activeSpan?.context().toSpanId());
  return (request: IncomingMessage, response: ServerResponse) => {
    note('handler');
    request.on('data', () => note('data'));
    request.on('end', async () => {
      note('end');
      await Promise.resolve();
      note('await');
      response.end('done');
    });
    response.on('finish', () => note('finish'));
    response.on('close', () => {
      note('close');
      setImmediate(() => note('later'));
    });
  };
}

describe('a request to a server of node:http', () => {
  it('gives a server span with the method, the address without query, the peer and the status', async () => {
    const port = await listen(http.createServer((_, response) => response.end('hello')));
    const socket = await connect(port);
    socket.end('GET /orders?token=secret HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n');
    expect(await text(socket)).toContain('hello');

    const [span] = await finishedSpans(tracer, 1);
    expect(span?.operationName).toBe('GET');
    expect(span?.parentId).toBeNull();
    expect(span?.tags).toEqual({
      'span.kind': 'server',
      component: 'http',
      'http.method': 'GET',
      'http.url': 'http://shop.test/orders',
      'http.status_code': 200,
      'peer.ipv4': '127.0.0.1',
      'peer.port': expect.any(Number),
    });
    expect(span?.duration).toBeGreaterThan(0);
  });

  it('is the child of the context in its headers', async () => {
    const port = await listen(http.createServer((_, response) => response.end()));
    const caller = tracer.startSpan('caller');
    const headers: Record<string, string> = {};
    tracer.inject(caller, 'http_headers', headers);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const socket = await connect(port);
    socket.end(`GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${lines.join('')}\r\n`);

    const [span] = await finishedSpans(tracer, 1);
    expect(span?.parentId).toBe(caller.context().toSpanId());
    expect(span?.context().toTraceId()).toBe(caller.context().toTraceId());
  });

  it('starts a new trace when the tracer cannot read its headers', async () => {
    const failing = createTracer();
    vi.spyOn(failing, 'extract').mockImplementation(() => {
      throw new Error('corrupted');
    });
    uninstall();
    uninstall = instrumentHttp({ tracer: failing });
    const port = await listen(http.createServer((_, response) => response.end('ok')));
    const response = await new Promise<IncomingMessage>((resolve) => {
      http.get({ port, host: '127.0.0.1' }, resolve);
    });
    expect(await text(response)).toBe('ok');
    const span = ofKind(await finishedSpans(failing, 2), 'server');
    expect(span.parentId).toBeNull();
  });

  it('has its span active in the handler, behind awaits, in body events and after the response', async () => {
    const seen = new Map<string, string | undefined>();
    const port = await listen(http.createServer(observeActive(seen)));
    const socket = await connect(port);
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nabc');
    await vi.waitUntil(() => seen.has('data'));
    seen.delete('data');
    socket.write('def');
    await vi.waitUntil(() => seen.has('later'));
    socket.destroy();

    const [span] = await finishedSpans(tracer, 1);
    expect([...seen.keys()].sort()).toEqual(
      ['await', 'close', 'data', 'end', 'finish', 'handler', 'later'].sort(),
    );
    expect(new Set(seen.values())).toEqual(new Set([span?.context().toSpanId()]));
  });

  it('keeps its span to itself on a kept-alive connection', async () => {
    const all: Map<string, string | undefined>[] = [];
    const contexts: (string | undefined)[] = [];
    const server = http.createServer((request, response) => {
      const seen = new Map();
      all.push(seen);
      observeActive(seen)(request, response);
    });
    server.on('upgrade', (_, socket) => {
      contexts.push(tracer.activeSpan?.context().toSpanId());
      socket.end();
    });
    const socket = await connect(await listen(server));
    for (let i = 0; i < 2; i++) {
      socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc');
      await vi.waitUntil(() => all[i]?.has('later'));
    }
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n');
    await vi.waitUntil(() => contexts.length === 1);

    const spans = await finishedSpans(tracer, 2);
    expect(spans.map((span) => span.parentId)).toEqual([null, null]);
    for (const [i, seen] of all.entries()) {
      expect(new Set(seen.values())).toEqual(new Set([spans[i]?.context().toSpanId()]));
    }
    expect(contexts).toEqual([undefined]);
  });

  it('keeps its span to itself when requests are pipelined', async () => {
    const all: Map<string, string | undefined>[] = [];
    const port = await listen(
      http.createServer((request, response) => {
        const seen = new Map();
        all.push(seen);
        observeActive(seen)(request, response);
      }),
    );
    const socket = await connect(port);
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc'.repeat(3));
    await vi.waitUntil(() => all[2]?.has('later'));
    socket.destroy();

    const ids = (await finishedSpans(tracer, 3)).map((span) => span.context().toSpanId());
    expect(new Set(ids).size).toBe(3);
    expect(all.map((seen) => [...new Set(seen.values())])).toEqual(ids.map((id) => [id]));
  });

  it('finishes its span once, with an error, when the client goes away', async () => {
    const server = http.createServer((request, response) => {
      request.resume();
      response.write('a part');
    });
    const socket = await connect(await listen(server));
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'data');
    socket.destroy();

    const [span] = await finishedSpans(tracer, 1);
    expect(span?.tags.error).toBe(true);
    expect(span?.tags['http.status_code']).toBe(200);
    expect(span?.logs.map((log) => log.fields.event)).toEqual(['aborted']);
    expect(tracer.finishedSpans()).toHaveLength(1);
  });

  it('finishes the spans of pipelined requests whose turn never comes', async () => {
    let handled = 0;
    const server = http.createServer(() => {
      handled += 1;
    });
    const socket = await connect(await listen(server));
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(3));
    await vi.waitUntil(() => handled === 3);
    socket.destroy();

    const spans = await finishedSpans(tracer, 3);
    expect(spans.map((span) => span.tags.error)).toEqual([true, true, true]);
    expect(spans.map((span) => span.tags['http.status_code'])).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('adds no listeners to a connection, however many requests are pipelined', async () => {
    const counts: number[] = [];
    const server = http.createServer(({ socket }) => {
      counts.push(socket.listenerCount('close'));
    });
    const socket = await connect(await listen(server));
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(20));
    await vi.waitUntil(() => counts.length === 20);
    socket.destroy();
    await finishedSpans(tracer, 20);
    expect(new Set(counts).size).toBe(1);
  });

  it('sets the error tag for statuses from 500 on, and for no other', async () => {
    const server = http.createServer((request, response) => {
      response.statusCode = Number(request.url?.slice(1));
      response.end();
    });
    const socket = await connect(await listen(server));
    for (const status of [404, 500, 503]) {
      socket.write(`GET /${status} HTTP/1.1\r\nHost: x\r\n\r\n`);
      await once(socket, 'data');
    }
    socket.destroy();
    const spans = await finishedSpans(tracer, 3);
    expect(spans.map((span) => span.tags.error)).toEqual([undefined, true, true]);
  });

  it('has a span too when the runtime answers it without the handler', async () => {
    const socket = await connect(await listen(http.createServer()));
    socket.write('GET / HTTP/1.1\r\n\r\n');
    await once(socket, 'data');
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.tags['http.status_code']).toBe(400);
    expect(span?.tags['http.url']).toBe('/');
  });

  it('has the listeners that it has without instrumentation', async () => {
    const count = (emitter: NodeJS.EventEmitter) =>
      emitter.eventNames().map((name) => [name, emitter.listenerCount(name)]);
    const counts: unknown[] = [];
    const server = http.createServer((request, response) => {
      counts.push([count(request), count(response), count(request.socket), Object.keys(request)]);
      response.end();
    });
    const port = await listen(server);
    const before = count(server);
    for (let i = 0; i < 2; i++) {
      const socket = await connect(port);
      socket.end('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
      await text(socket);
      uninstall();
    }
    expect(counts[0]).toEqual(counts[1]);
    expect(count(server)).toEqual(before);
  });

  it('names the span by the route where express has left it on the request', async () => {
    const server = http.createServer((request, response) => {
      Object.assign(request, { baseUrl: '/shop', route: { path: '/orders/:id' } });
      response.end();
    });
    const socket = await connect(await listen(server));
    socket.write('GET /shop/orders/7 HTTP/1.1\r\nHost: x\r\n\r\n');
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.operationName).toBe('GET /shop/orders/:id');
    socket.destroy();
  });
});

describe('instrumentHttp', () => {
  it('records nothing after it was taken out, and can be installed again', async () => {
    const port = await listen(http.createServer((_, response) => response.end()));
    const request = async () => {
      const socket = await connect(port);
      socket.end('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
      await text(socket);
    };
    uninstall();
    await request();
    uninstall = instrumentHttp({ tracer });
    await request();
    await finishedSpans(tracer, 1);
    expect(tracer.finishedSpans()).toHaveLength(1);
  });

  it('gives one span for a request when it is installed twice', async () => {
    const uninstallSecond = instrumentHttp({ tracer });
    const socket = await connect(await listen(http.createServer((_, response) => response.end())));
    socket.end('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    await text(socket);
    uninstallSecond();
    await finishedSpans(tracer, 1);
    expect(tracer.finishedSpans()).toHaveLength(1);
  });

  it('answers the request when the scope manager fails', async () => {
    vi.spyOn(tracer.scopeManager, 'withActive').mockImplementation(() => {
      throw new Error('out of order');
    });
    const socket = await connect(
      await listen(http.createServer((_, response) => response.end('served'))),
    );
    socket.end('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(await text(socket)).toContain('served');
    await finishedSpans(tracer, 1);
  });

  it('lets the program go on, and says so once, when the tracer throws', async () => {
    class BrokenTracer extends Tracer {
      override startSpan(): never {
        throw new Error('out of order');
      }
    }
    const onError = vi.fn();
    uninstall();
    uninstall = instrumentHttp({ tracer: new BrokenTracer(), onError });
    const port = await listen(http.createServer((_, response) => response.end('served')));
    for (let i = 0; i < 2; i++) {
      const response = await new Promise<IncomingMessage>((resolve) => {
        http.get(`http://127.0.0.1:${port}/`, resolve);
      });
      expect(await text(response)).toBe('served');
    }
    expect(onError).toHaveBeenCalledTimes(1);
  });
});
