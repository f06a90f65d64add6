import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http2, {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type Http2Server,
  connect as importedConnect,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import {
  type Http2TracingOptions,
  instrumentHttp2,
  traceServer,
  traceSession,
} from 'opentracing-ts/instrumentation/http';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createTracer, finishedSpans, ofKind } from './instrumentation-helpers.js';

let tracer = createTracer();
beforeEach(() => {
  tracer = createTracer();
});

function instrument(options: Http2TracingOptions = {}): () => void {
  const uninstall = instrumentHttp2({ tracer, ...options });
  onTestFinished(uninstall);
  return uninstall;
}

/** Starts a server and connects to it; both are closed at the end of the test. */
async function connected(
  server: Http2Server,
  connect = http2.connect,
): Promise<ClientHttp2Session> {
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => sessions.add(session));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  session.on('error', () => {});
  onTestFinished(() => {
    session.destroy();
    for (const each of sessions) {
      each.destroy();
    }
    server.close();
  });
  return session;
}

const answering = (status = 200) =>
  http2.createServer((request, response) => {
    request.resume();
    response.writeHead(status, { 'x-items': '3' });
    response.end('3 items');
  });

async function read(stream: ClientHttp2Stream): Promise<string> {
  const [content] = await Promise.all([text(stream), once(stream, 'close')]);
  return content;
}

const activeId = () => tracer.activeSpan?.context().toSpanId();

describe('instrumentHttp2', () => {
  it('gives a client span over a server span, with the tags of HTTP', async () => {
    instrument();
    const session = await connected(answering());
    const parent = tracer.startSpan('page');
    await read(
      tracer.scopeManager.withActive(parent, () => session.request({ ':path': '/a?token=b' })),
    );
    const spans = await finishedSpans(tracer, 2);
    const [client, server] = [ofKind(spans, 'client'), ofKind(spans, 'server')];
    expect(client.parentId).toBe(parent.context().toSpanId());
    expect(server.parentId).toBe(client.context().toSpanId());
    const { host } = new URL(`http://127.0.0.1:${session.socket.remotePort}`);
    const common = {
      component: 'http2',
      'http.method': 'GET',
      'http.url': `http://${host}/a`,
      'http.status_code': 200,
      'peer.ipv4': '127.0.0.1',
      'peer.port': expect.any(Number),
    };
    expect(client.tags).toEqual({
      ...common,
      'span.kind': 'client',
      'peer.hostname': '127.0.0.1',
    });
    expect(server.tags).toEqual({ ...common, 'span.kind': 'server' });
  });

  it.each(['request', 'stream'] as const)(
    "has the span active in the handlers of '%s', for the body and behind awaits",
    async (event) => {
      instrument();
      const seen: Record<string, string | undefined> = {};
      const server = http2.createServer();
      const handle = (input: NodeJS.EventEmitter, end: () => void) => {
        seen.handler = activeId();
        input.on('data', () => {
          seen.data = activeId();
        });
        input.on('end', async () => {
          seen.end = activeId();
          await Promise.resolve();
          seen.await = activeId();
          end();
        });
      };
      if (event === 'request') {
        server.on('request', (request, response) => handle(request, () => response.end()));
      } else {
        server.on('stream', (stream) => {
          handle(stream, () => {
            stream.respond();
            stream.end();
          });
        });
      }
      const session = await connected(server);
      for (const path of ['/1', '/2']) {
        const stream = session.request({ ':method': 'POST', ':path': path });
        stream.end('body');
        await read(stream);
        const spans = await finishedSpans(tracer, 2);
        const id = ofKind(spans, 'server').context().toSpanId();
        expect(Object.keys(seen)).toEqual(['handler', 'data', 'end', 'await']);
        expect(new Set(Object.values(seen))).toEqual(new Set([id]));
        tracer.reset();
      }
    },
  );

  it('keeps concurrent requests of one session apart, for the events of each client too', async () => {
    instrument();
    const session = await connected(answering());
    await Promise.all(
      ['a', 'b', 'c'].map(async (name) => {
        const parent = tracer.startSpan(name);
        const stream = tracer.scopeManager.withActive(parent, () =>
          session.request({ ':path': `/${name}` }),
        );
        const seen = ['response', 'data', 'end', 'close'].map(async (event) => {
          await new Promise<void>((resolve) => {
            stream.on(event, () => {
              expect(tracer.activeSpan).toBe(parent);
              resolve();
            });
          });
        });
        await Promise.all(seen);
      }),
    );
    const spans = await finishedSpans(tracer, 6);
    for (const server of spans.filter(({ tags }) => tags['span.kind'] === 'server')) {
      const client = spans.find((span) => span.context().toSpanId() === server.parentId);
      expect(client?.tags['http.url']).toBe(server.tags['http.url']);
    }
  });

  it('sends the context whatever the form of the headers, and leaves the program its own', async () => {
    instrument({ clients: {}, servers: false });
    const server = http2.createServer((request, response) => {
      response.end(String(request.headers['mockpfx-ids-spanid']));
    });
    const session = await connected(server);
    const mine = Object.freeze({ ':path': '/', 'MockPfx-Ids-SpanId': 'stale' });
    for (const headers of [mine, undefined]) {
      const id = await read(session.request(headers));
      const [span] = await finishedSpans(tracer, 1);
      expect(id).toBe(span?.context().toSpanId());
      tracer.reset();
    }
  });

  it('sets the error tag for statuses from 400 (client) and 500 (server) on', async () => {
    instrument();
    for (const [status, errors] of [
      [404, [true, undefined]],
      [503, [true, true]],
    ] as const) {
      await read((await connected(answering(status))).request());
      const spans = await finishedSpans(tracer, 2);
      expect([ofKind(spans, 'client').tags.error, ofKind(spans, 'server').tags.error]).toEqual(
        errors,
      );
      tracer.reset();
    }
  });

  it('has no span for pushes', async () => {
    instrument();
    const server = http2.createServer();
    server.on('stream', (stream) => {
      stream.pushStream({ ':path': '/pushed' }, (_, push) => {
        push.respond();
        push.end('pushed');
        stream.respond();
        stream.end('asked');
      });
    });
    const session = await connected(server);
    const pushed = once(session, 'stream');
    const answer = await read(session.request());
    expect([answer, await text((await pushed)[0])]).toEqual(['asked', 'pushed']);
    const spans = await finishedSpans(tracer, 2);
    expect(spans.map(({ tags }) => tags['span.kind'])).toEqual(['client', 'server']);
  });

  it('leaves requests that are ignored or suppressed without spans, and applies the other rules', async () => {
    instrument({
      servers: {
        ignore: ({ url }) => url === '/health',
        requestHook: (span, { headers }) => span.setTag('tenant', headers['x-tenant']),
        responseHook: (span, { statusCode }) => span.setTag('answered', statusCode),
        captureResponseHeaders: ['x-items'],
      },
      clients: {
        ignore: (headers) => (headers as Record<string, unknown>)[':path'] === '/health',
        captureRequestHeaders: ['x-tenant'],
        responseHook: (span, headers) => span.setTag('items', headers['x-items']),
      },
    });
    const session = await connected(answering());
    await read(session.request({ ':path': '/health', 'x-tenant': 'ada' }));
    await read(session.request({ ':path': '/orders', 'x-tenant': 'ada' }));
    const spans = await finishedSpans(tracer, 2);
    expect(ofKind(spans, 'server').tags).toMatchObject({
      tenant: 'ada',
      answered: 200,
      'http.response.header.x-items': '3',
    });
    expect(ofKind(spans, 'client').tags).toMatchObject({
      items: '3',
      'http.request.header.x-tenant': 'ada',
    });
    tracer.reset();
    await read(session.request({ ':path': '/orders', b3: '0' }));
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.tags['span.kind']).toBe('server');
  });

  it('is taken out again, for the sessions that there are as well', async () => {
    const { connect, createServer } = http2;
    const uninstall = instrument();
    const session = await connected(answering());
    await read(session.request());
    await finishedSpans(tracer, 2);
    tracer.reset();
    uninstall();
    await read(session.request());
    expect(tracer.finishedSpans()).toEqual([]);
    expect([http2.connect, importedConnect, http2.createServer]).toEqual([
      connect,
      connect,
      createServer,
    ]);
  });

  it('leaves sessions and streams as they are where there is no tracer', async () => {
    instrument({ tracer: undefined });
    const seen: boolean[] = [];
    const server = http2.createServer();
    server.on('stream', (stream: ServerHttp2Stream) => {
      seen.push(Object.hasOwn(stream, 'emit'));
      stream.respond();
      stream.end();
    });
    const stream = (await connected(server)).request();
    seen.push(Object.hasOwn(stream, 'emit'));
    await read(stream);
    expect(seen).toEqual([false, false]);
  });
});

describe('a stream that comes to a bad end', () => {
  /** What each side has seen, and how its span ended. */
  async function ends(
    handler: (stream: ServerHttp2Stream) => void,
    client: (stream: ClientHttp2Stream, session: ClientHttp2Session) => void,
    isInstrumented: boolean,
  ) {
    const uninstall = isInstrumented ? instrument() : () => {};
    const seen: Record<string, unknown[]> = { client: [], server: [] };
    const watch = (side: string, stream: ClientHttp2Stream | ServerHttp2Stream) => {
      seen[side]?.push(stream.eventNames().map((name) => [name, stream.listenerCount(name)]));
      for (const event of ['error', 'aborted', 'end', 'close']) {
        stream.on(event, (argument) => seen[side]?.push([event, argument?.code]));
      }
    };
    const closed: Promise<unknown>[] = [];
    const server = http2.createServer();
    server.on('sessionError', () => {});
    server.on('stream', (stream) => {
      watch('server', stream);
      closed.push(new Promise((resolve) => stream.on('close', resolve)));
      handler(stream);
    });
    const session = await connected(server);
    const stream = session.request({ ':path': '/' });
    watch('client', stream);
    closed.push(new Promise((resolve) => stream.on('close', resolve)));
    client(stream, session);
    await vi.waitUntil(() => closed.length === 2);
    await Promise.all(closed);
    const spans = isInstrumented ? await finishedSpans(tracer, 2) : [];
    uninstall();
    return { seen, spans };
  }

  it.each<[string, Parameters<typeof ends>[0], Parameters<typeof ends>[1], RegExp, RegExp | null]>([
    [
      'the server resets it',
      (stream) => stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR),
      (stream) => stream.resume(),
      /INTERNAL_ERROR/,
      /INTERNAL_ERROR/,
    ],
    [
      'the server refuses it',
      (stream) => stream.close(http2.constants.NGHTTP2_REFUSED_STREAM),
      (stream) => stream.resume(),
      /REFUSED_STREAM/,
      /REFUSED_STREAM/,
    ],
    [
      'the client gives it up',
      (stream) => {
        stream.respond();
        stream.write('a part');
      },
      (stream) => stream.on('data', () => stream.close(http2.constants.NGHTTP2_CANCEL)),
      /CANCEL/,
      /CANCEL/,
    ],
    [
      'the client destroys its session',
      (stream) => {
        stream.respond();
        stream.write('a part');
      },
      (stream, session) => stream.on('data', () => session.destroy()),
      /CANCEL|closed/,
      /CANCEL|closed/,
    ],
    [
      'the server destroys the session',
      (stream) => {
        stream.respond();
        stream.write('a part', () => stream.session?.destroy());
      },
      (stream) => stream.resume(),
      /CANCEL|closed|aborted|reset/,
      /CANCEL|closed/,
    ],
  ])('is the same as without instrumentation, and has error spans, when %s', async (...given) => {
    const [, handler, client, ofClient, ofServer] = given;
    const without = await ends(handler, client, false);
    const within = await ends(handler, client, true);
    expect(within.seen).toEqual(without.seen);
    for (const [kind, pattern] of [
      ['client', ofClient],
      ['server', ofServer],
    ] as const) {
      const { tags, logs } = ofKind(within.spans, kind);
      expect(tags.error, kind).toBe(true);
      expect(logs.map(({ fields }) => fields.message).join(), kind).toMatch(pattern as RegExp);
    }
  });

  it('is an error of the client alone when the connection is refused, with one span', async () => {
    instrument();
    const session = http2.connect('http://127.0.0.1:1');
    session.on('error', () => {});
    const stream = session.request({ ':path': '/' });
    await once(stream, 'error');
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.tags).toMatchObject({ error: true, 'http.url': 'http://127.0.0.1:1/' });
  });

  it('leaves no span open for a request that the runtime refuses', async () => {
    instrument();
    const session = await connected(answering());
    expect(() => session.request({ 'bad name': 'x' })).toThrow(TypeError);
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.tags.error).toBe(true);
  });
});

describe('what is sent over HTTP/2', () => {
  it.each([
    ['connection', 'close', /no header 'connection'/],
    ['TE', 'gzip', /no header 'TE'/],
    [':path', '/elsewhere', /":path"/],
    ['x-name of two', 'x', /"x-name of two"/],
    ['x-lines', 'a\r\nb: c', /"x-lines"/],
  ])("leaves out the tracer's header %s: %j, and is sent", async (name, value, message) => {
    const onError = vi.fn();
    tracer.inject = (_span, _format, carrier) => {
      Object.assign(carrier as object, { [name]: value, 'x-trace': '7' });
    };
    instrument({ onError, servers: false });
    const received: Record<string, unknown>[] = [];
    const session = await connected(
      http2.createServer(({ headers }, response) => {
        received.push(headers);
        response.end('3 items');
      }),
    );
    expect(await read(session.request({ ':path': '/here' }))).toBe('3 items');
    expect(received).toMatchObject([{ ':path': '/here', 'x-trace': '7' }]);
    expect(received[0]).not.toHaveProperty(name === ':path' ? 'none' : name);
    expect(onError.mock.calls).toEqual([
      [expect.objectContaining({ message: expect.stringMatching(message) })],
    ]);
  });

  it('goes without a context that cannot be written, and has its span', async () => {
    const onError = vi.fn();
    tracer.inject = () => {
      throw new Error('no ink');
    };
    instrument({ onError });
    const session = await connected(answering());
    expect(await read(session.request())).toBe('3 items');
    expect(ofKind(await finishedSpans(tracer, 2), 'client').tags['http.status_code']).toBe(200);
    expect(onError.mock.calls.map(([error]) => error.message)).toEqual(['no ink']);
  });

  it('is refused as without instrumentation where the headers are no object', async () => {
    const session = await connected(answering());
    const request = () => session.request('GET /' as never);
    let message = '';
    try {
      request();
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).not.toBe('');
    traceSession(session, { tracer });
    expect(request).toThrow(message);
  });
});

describe('the explicit forms', () => {
  it('trace one server and one session', async () => {
    const session = traceSession(await connected(traceServer(answering(), { tracer })), { tracer });
    await read(session.request({ ':path': '/a' }));
    const spans = await finishedSpans(tracer, 2);
    expect(ofKind(spans, 'server').parentId).toBe(ofKind(spans, 'client').context().toSpanId());
    expect(ofKind(spans, 'client').tags['http.url']).toMatch(/^http:\/\/127.0.0.1:\d+\/a$/);
  });

  it('give one span for each side beside instrumentHttp2, with what both add', async () => {
    instrument({ servers: { requestHook: (span) => span.setTag('process', true) } });
    const hook = vi.fn();
    const server = traceServer(answering(), { tracer, requestHook: hook });
    const session = traceSession(await connected(server), { tracer });
    await read(session.request());
    const spans = await finishedSpans(tracer, 2);
    expect(spans).toHaveLength(2);
    expect(ofKind(spans, 'server').tags.process).toBe(true);
    expect(hook).toHaveBeenCalledTimes(1);
  });

  it('trace the HTTP/1 and the HTTP/2 of a secure server alike', async () => {
    const file = (name: string) => readFileSync(new URL(`./fixtures/tls/${name}`, import.meta.url));
    const server = http2.createSecureServer(
      { key: file('localhost-key.pem'), cert: file('localhost.pem'), allowHTTP1: true },
      (_, response) => response.end(),
    );
    traceServer(server, { tracer });
    const session = await connected(server as unknown as Http2Server, (origin) =>
      http2.connect(String(origin).replace('http:', 'https:'), {
        ca: file('localhost.pem'),
        servername: 'localhost',
      }),
    );
    await read(session.request());
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.tags['http.url']).toMatch(/^https:/);
  });

  it('trace a session whose instrumentation was taken out', async () => {
    const stop = instrument();
    const session = await connected(answering());
    stop();
    traceSession(session, { tracer });
    await read(session.request());
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.tags['span.kind']).toBe('client');
  });

  it('tell of what is no session', () => {
    expect(() => traceSession('https://shop.test' as never)).toThrow(
      "The session is 'https://shop.test', which has no method request",
    );
  });
});
