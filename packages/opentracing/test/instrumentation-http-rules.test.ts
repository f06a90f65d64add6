import { execFile } from 'node:child_process';
import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Tracer } from 'opentracing-ts';
import {
  type HttpTracingOptions,
  instrumentHttp,
  traceRequest,
  traceServer,
} from 'opentracing-ts/instrumentation/http';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createTracer, finishedSpans, listen, ofKind } from './instrumentation-helpers.js';

let tracer = createTracer();
let onError = vi.fn();

beforeEach(() => {
  tracer = createTracer();
  onError = vi.fn();
});
afterEach(() => expect(onError.mock.calls).toEqual([]));

function instrument(options: HttpTracingOptions): void {
  onTestFinished(instrumentHttp({ tracer, onError, ...options }));
}

/** Makes a request and reads its response. */
async function ask(
  port: number,
  path = '/',
  headers: http.OutgoingHttpHeaders = {},
): Promise<IncomingMessage> {
  const request = http.get({ host: '127.0.0.1', port, path, headers, agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  await text(response);
  await once(request, 'close');
  return response;
}

const shop = () =>
  http.createServer((_, response) => {
    response.setHeader('X-Stock', ['3', '4']);
    response.setHeader('Set-Cookie', 'session=secret');
    response.end('3 items');
  });

describe('the rules of instrumentHttp', () => {
  it('leave out the requests that are ignored, on each side for itself', async () => {
    instrument({
      servers: { ignore: ({ url }) => url === '/health' },
      clients: { ignore: ({ path }) => path === '/orders' },
    });
    const port = await listen(shop());
    await ask(port, '/health');
    await ask(port, '/orders');
    const spans = await finishedSpans(tracer, 2);
    expect(spans.map(({ tags }) => [tags['span.kind'], tags['http.url']])).toEqual([
      ['client', `http://127.0.0.1:${port}/health`],
      ['server', `http://127.0.0.1:${port}/orders`],
    ]);
  });

  it('leave out a whole side', async () => {
    instrument({ servers: false });
    await ask(await listen(shop()));
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.tags['span.kind']).toBe('client');
  });

  it('show the spans to hooks, with the request and the response', async () => {
    instrument({
      servers: {
        requestHook: (span, { url }) => span.setTag('asked', url),
        responseHook: (span, { statusCode }) => span.setOperationName(`answered ${statusCode}`),
      },
      clients: {
        requestHook: (span, request) => span.setTag('asked', request.path),
        responseHook: (span, { headers }) => span.setTag('stock', headers['x-stock']),
      },
    });
    await ask(await listen(shop()), '/basket?a=b');
    const spans = await finishedSpans(tracer, 2);
    expect(ofKind(spans, 'server')).toMatchObject({
      operationName: 'answered 200',
      tags: { asked: '/basket?a=b' },
    });
    expect(ofKind(spans, 'client').tags).toMatchObject({ asked: '/basket?a=b', stock: '3, 4' });
  });

  it('let a hook of a client decide on the sampling before the context is sent', async () => {
    const order: string[] = [];
    vi.spyOn(tracer, 'inject').mockImplementation(() => void order.push('inject'));
    instrument({ servers: false, clients: { requestHook: () => void order.push('hook') } });
    await ask(await listen(shop()));
    expect(order).toEqual(['hook', 'inject']);
  });

  it('capture the headers that are listed, in any case, and no secrets', async () => {
    const names = ['X-Tenant', 'Authorization', 'COOKIE', 'x-api-key', 'X-CSRF-Token', 'x-absent'];
    const rules = {
      captureRequestHeaders: names,
      captureResponseHeaders: ['x-stock', 'set-cookie'],
    };
    instrument({ servers: rules, clients: rules });
    await ask(await listen(shop()), '/', {
      'x-tenant': 'ada',
      authorization: 'Bearer secret',
      cookie: 'session=secret',
      'x-api-key': 'secret',
      'x-csrf-token': 'secret',
    });
    for (const { tags } of await finishedSpans(tracer, 2)) {
      expect(Object.keys(tags).filter((key) => key.includes('.header.'))).toEqual([
        'http.request.header.x-tenant',
        'http.response.header.x-stock',
      ]);
      expect(tags['http.request.header.x-tenant']).toBe('ada');
      expect(String(tags['http.response.header.x-stock']).replace(' ', '')).toBe('3,4');
      expect(JSON.stringify(tags)).not.toContain('secret');
    }
    expect(onError.mock.calls.map(([error]) => error.message)).toEqual(
      ['servers', 'clients'].flatMap(() => [
        "Headers that carry secrets are never captured: 'authorization', 'cookie', 'x-api-key', 'x-csrf-token'.",
        "Headers that carry secrets are never captured: 'set-cookie'.",
      ]),
    );
    onError.mockClear();
  });

  it('capture the headers of a response that are given with its status', async () => {
    instrument({
      servers: { captureResponseHeaders: ['X-Stock', 'content-type'] },
      clients: false,
    });
    const server = http.createServer((_request, response) => {
      response.writeHead(200, { 'x-stock': ['3', '4'], 'content-type': 'text/plain' }).end();
    });
    await ask(await listen(server));
    const [{ tags } = { tags: {} }] = await finishedSpans(tracer, 1);
    expect(tags).toMatchObject({
      'http.response.header.x-stock': expect.stringMatching(/^3, ?4$/),
      'http.response.header.content-type': 'text/plain',
    });
  });

  it('capture headers without the tokens in their values', async () => {
    instrument({ servers: { captureRequestHeaders: ['referer', 'x-note', 'x-id'] } });
    await ask(await listen(shop()), '/', {
      referer: 'https://shop.test/basket?page=2&access_token=abc',
      'x-note': 'for eyJhbGciOi.eyJzdWIi.c2ln',
      'x-id': '0123456789abcdef0123456789abcdef',
    });
    const [{ tags } = { tags: {} }] = await finishedSpans(tracer, 2).then((spans) =>
      spans.filter((span) => span.tags['span.kind'] === 'server'),
    );
    expect(tags).toMatchObject({
      'http.request.header.referer': 'https://shop.test/basket?page=2&access_token=REDACTED',
      'http.request.header.x-note': 'REDACTED',
      'http.request.header.x-id': '0123456789abcdef0123456789abcdef',
    });
  });

  it('capture the headers of a request that were given as an array', async () => {
    instrument({ clients: { captureRequestHeaders: ['x-tenant', 'host'] } });
    const headers: unknown = ['X-Tenant', 'ada: 7', 'Host', 'shop.test'];
    await ask(await listen(shop()), '/', headers as http.OutgoingHttpHeaders);
    expect(ofKind(await finishedSpans(tracer, 2), 'client').tags).toMatchObject({
      'http.request.header.x-tenant': 'ada: 7',
      'http.request.header.host': 'shop.test',
    });
  });

  it('tell of what is no name of a header', () => {
    instrument({ clients: { captureRequestHeaders: ['x tenant', ''] } });
    expect(onError.mock.calls.map(([error]) => error.message)).toEqual([
      "'x tenant' is no name of a header, so that none can be captured.",
      "'' is no name of a header, so that none can be captured.",
    ]);
    onError.mockClear();
  });

  it.each([
    ['/a?page=2&sort=name', '/a?page=2&sort=name'],
    ['/a?token=abc&page=2', '/a?token=REDACTED&page=2'],
    ['/a?access_token=abc;b=c', '/a?access_token=REDACTED;b=c'],
    ['/a?user%5Fpassword=abc', '/a?user%5Fpassword=REDACTED'],
    [
      '/a?X-Amz-Signature=abc&X-Amz-Date=20261122',
      '/a?X-Amz-Signature=REDACTED&X-Amz-Date=20261122',
    ],
    [
      '/a?sig=abc&code=abc&design=abc&author=ada',
      '/a?sig=REDACTED&code=REDACTED&design=abc&author=ada',
    ],
    ['/a?next=eyJhbGciOi.eyJzdWIi.c2ln', '/a?next=REDACTED'],
    ['/a?q=0123456789abcdef0123456789abcdef', '/a?q=REDACTED'],
    ['/a?token=&flag', '/a?token=&flag'],
    ['/a?%zz=1&key=%zz', '/a?%zz=1&key=REDACTED'],
    ['/a?%74oken%zz=abc&page%zz=2', '/a?%74oken%zz=REDACTED&page%zz=2'],
    [
      '/a?user[pass]=abc&user[name]=ada&user_pwd=x',
      '/a?user[pass]=REDACTED&user[name]=ada&user_pwd=REDACTED',
    ],
    ['/a?eyJhbGciOi.eyJzdWIi.c2ln', '/a?REDACTED'],
    ['/a?q=Bearer%20eyJhbGciOi.eyJzdWIi.c2ln', '/a?q=REDACTED'],
    ['/a?next=https%3A%2F%2Fshop.test%2F%3Faccess_token%3Dabc', '/a?next=REDACTED'],
    ['/a?next=%2Fb%253Ftoken%253Dabc%26page%3D2&page=2', '/a?next=REDACTED&page=2'],
    ['/a?filter=name=ada&next=%2Fb%3Fpage%3D2', '/a?filter=name=ada&next=%2Fb%3Fpage%3D2'],
  ])('capture of %s the query %s', async (path, expected) => {
    instrument({ servers: { captureQuery: true }, clients: { captureQuery: true } });
    const port = await listen(shop());
    await ask(port, path);
    for (const { tags } of await finishedSpans(tracer, 2)) {
      expect(tags['http.url']).toBe(`http://127.0.0.1:${port}${expected}`);
    }
  });

  it('survive hooks that throw, of which the first is told', async () => {
    const fail = (what: string) => () => {
      throw new Error(what);
    };
    const rules = {
      ignore: fail('ignore'),
      requestHook: fail('requestHook'),
      responseHook: fail('responseHook'),
    };
    instrument({ servers: rules, clients: rules });
    await ask(await listen(shop()));
    const spans = await finishedSpans(tracer, 2);
    expect(ofKind(spans, 'server').parentId).toBe(ofKind(spans, 'client').context().toSpanId());
    expect(onError.mock.calls.map(([error]) => error.message)).toEqual(['ignore']);
    onError.mockClear();
  });

  it('survive hooks whose promises fail, and an onError whose promise does', async () => {
    const onRejected = vi.fn();
    process.on('unhandledRejection', onRejected);
    onTestFinished(() => void process.off('unhandledRejection', onRejected));
    const fail = (what: string) => () => Promise.reject(new Error(what)) as never;
    const rules = {
      ignore: fail('ignore'),
      requestHook: fail('request'),
      responseHook: fail('response'),
    };
    onError.mockReturnValue(Promise.reject(new Error('onError')));
    instrument({ servers: rules, clients: rules });
    await ask(await listen(shop()));
    await finishedSpans(tracer, 2);
    await new Promise(setImmediate);
    expect(onError.mock.calls.map(([error]) => error.message)).toEqual(['ignore']);
    expect(onRejected).not.toHaveBeenCalled();
    onError.mockClear();
  });

  it('are refused where they are of the wrong type, and told of where they look mistyped', () => {
    const wrong = (options: unknown) => () => instrumentHttp(options as HttpTracingOptions);
    expect(wrong('all')).toThrow("instrumentHttp takes an object with options, not 'all'");
    expect(wrong({ servers: 7 })).toThrow('The servers of instrumentHttp is 7; give an object');
    expect(wrong({ servers: { ignore: '/health' } })).toThrow(
      "The ignore of instrumentHttp is '/health'; give a function.",
    );
    expect(wrong({ clients: { captureRequestHeaders: 'accept' } })).toThrow(
      "The captureRequestHeaders of instrumentHttp is 'accept'; give an array of the names of headers.",
    );
    expect(wrong({ clients: { captureQuery: 'yes' } })).toThrow('give true or false');
    expect(wrong({ tracer: {} })).toThrow('The tracer of instrumentHttp is an object; give one');

    instrument({ ignore: () => true, servers: { ignored: () => true } } as HttpTracingOptions);
    expect(onError.mock.calls.map(([error]) => error.message)).toEqual([
      "instrumentHttp has no option 'ignored' (did you mean ignore?).",
      "instrumentHttp has no option 'ignore' (did you mean servers: { … } or clients: { … } around it?).",
    ]);
    onError.mockClear();
  });
});

describe('instrumentHttp without a tracer', () => {
  it('leaves requests and responses as they are, for the no-op tracer as well', async () => {
    for (const none of [undefined, new Tracer()]) {
      const uninstall = instrumentHttp({ tracer: none, onError });
      const seen: unknown[] = [];
      const server = http.createServer((request, response) => {
        seen.push(Object.hasOwn(request, 'emit'), Object.hasOwn(response, 'emit'));
        response.end();
      });
      const request = http.get({ host: '127.0.0.1', port: await listen(server), agent: false });
      seen.push(Object.hasOwn(request, 'emit'));
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      seen.push(Object.hasOwn(response, 'emit'), Object.hasOwn(server, 'emit'));
      await text(response);
      uninstall();
      expect(seen).toEqual([false, false, false, false, false]);
    }
  });
});

describe('the tag http.url', () => {
  it.each([
    ['CONNECT', 'shop.test:443', 'shop.test:443'],
    ['OPTIONS', '*', '*'],
  ])('of %s %s is the target itself', async (method, path, expected) => {
    instrument({});
    const server = http.createServer((_, response) => response.end());
    server.on('connect', (_, socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'));
    const port = await listen(server);
    const request = http.request({ host: '127.0.0.1', port, method, path, agent: false }).end();
    request.on('connect', (_, socket) => socket.destroy());
    request.on('response', (response) => response.resume());
    await once(request, 'close');
    const spans = await finishedSpans(tracer, 1);
    expect(ofKind(spans, 'client').tags['http.url']).toBe(expected);
  });
});

describe('traceServer', () => {
  it('traces the requests of one server and no other', async () => {
    const ports = [await listen(traceServer(shop(), { tracer })), await listen(shop())];
    for (const port of ports) {
      await ask(port);
    }
    const [span] = await finishedSpans(tracer, 1);
    expect(tracer.finishedSpans()).toHaveLength(1);
    expect(span?.tags).toMatchObject({
      'span.kind': 'server',
      'http.url': `http://127.0.0.1:${ports[0]}/`,
      'http.status_code': 200,
      'peer.ipv4': '127.0.0.1',
    });
  });

  it('has its span active in the handlers, and returns the server as it was otherwise', async () => {
    let active: string | undefined;
    const server = http.createServer((_, response) => {
      setImmediate(() => {
        active = tracer.activeSpan?.context().toSpanId();
        response.end();
      });
    });
    const names = server.eventNames();
    expect(traceServer(server, { tracer })).toBe(server);
    expect(server.eventNames()).toEqual(names);
    await ask(await listen(server));
    const [span] = await finishedSpans(tracer, 1);
    expect(active).toBe(span?.context().toSpanId());
  });

  it('sees requests that expect a "100 Continue"', async () => {
    const server = http.createServer();
    server.on('checkContinue', (request, response) => {
      response.writeContinue();
      request.pipe(response);
    });
    const port = await listen(traceServer(server, { tracer }));
    const request = http.request({
      host: '127.0.0.1',
      port,
      method: 'PUT',
      agent: false,
      headers: { Expect: '100-continue', 'Content-Length': 2 },
    });
    request.on('continue', () => request.end('ok'));
    request.flushHeaders();
    const [response] = await once(request, 'response');
    expect(await text(response)).toBe('ok');
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.operationName).toBe('PUT');
  });

  it('gives one span beside instrumentHttp, with what both add, each once', async () => {
    instrument({
      clients: false,
      servers: { requestHook: (span) => span.setTag('process', true) },
    });
    const hook = vi.fn();
    const server = traceServer(shop(), {
      tracer,
      requestHook: (span) => span.setTag('server', true),
      responseHook: hook,
    });
    await ask(await listen(server));
    const spans = await finishedSpans(tracer, 1);
    expect(spans).toHaveLength(1);
    expect(spans[0]?.tags).toMatchObject({ process: true, server: true });
    expect(hook).toHaveBeenCalledTimes(1);
  });

  it('does not trace what instrumentHttp ignores', async () => {
    instrument({ clients: false, servers: { ignore: ({ url }) => url === '/health' } });
    const port = await listen(traceServer(shop(), { tracer }));
    await ask(port, '/health');
    await ask(port, '/orders');
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.tags['http.url']).toContain('/orders');
  });

  it('tells of what is no server', () => {
    expect(() => traceServer(8080 as never)).toThrow(
      'The server is 8080, which has no method emit; pass one that createServer has made.',
    );
  });
});

describe('traceRequest', () => {
  it.each(['request', 'get'] as const)(
    'traces one http.%s, with its context sent',
    async (name) => {
      const port = await listen(traceServer(shop(), { tracer }));
      const parent = tracer.startSpan('page');
      const request = tracer.scopeManager.withActive(parent, () =>
        traceRequest(http[name]({ host: '127.0.0.1', port, agent: false }), { tracer }),
      );
      request.end();
      await text((await once(request, 'response'))[0]);
      const spans = await finishedSpans(tracer, 2);
      const client = ofKind(spans, 'client');
      expect(client.parentId).toBe(parent.context().toSpanId());
      expect(ofKind(spans, 'server').parentId).toBe(client.context().toSpanId());
    },
  );

  it('gives one span when it is called twice, or beside instrumentHttp', async () => {
    instrument({ servers: false });
    const request = http.get({ host: '127.0.0.1', port: await listen(shop()), agent: false });
    traceRequest(traceRequest(request, { tracer }), { tracer });
    await text((await once(request, 'response'))[0]);
    await once(request, 'close');
    expect(await finishedSpans(tracer, 1)).toHaveLength(1);
  });

  it('tells of a request that was sent before', async () => {
    const request = http.get({ host: '127.0.0.1', port: await listen(shop()), agent: false });
    await once(request, 'finish');
    traceRequest(request, { tracer, onError });
    await text((await once(request, 'response'))[0]);
    expect(await finishedSpans(tracer, 1)).toHaveLength(1);
    expect(onError.mock.calls[0]?.[0].message).toContain('trace it where it is made');
    onError.mockClear();
  });
});

describe('an error that a handler throws and nobody catches', () => {
  it('is reported with the line of the handler, and on the span', async () => {
    const program = fileURLToPath(new URL('./fixtures/throwing-handler.mjs', import.meta.url));
    const { stdout, stderr } = await new Promise<{ stdout: string; stderr: string }>((resolve) => {
      execFile(process.execPath, [program], (_, stdout, stderr) => resolve({ stdout, stderr }));
    });
    expect(stderr).toContain("throw new Error('out of order'); // in the handler");
    expect(stderr.split('\n')[0]).toContain('throwing-handler.mjs');
    expect(JSON.parse(stdout)).toEqual([{ error: true, events: ['error', 'aborted'] }]);
  });
});
