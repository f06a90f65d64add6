import { createHash } from 'node:crypto';
import http from 'node:http';
import { BasicTracer, InMemoryRecorder } from 'opentracing-ts/basictracer';
import {
  type FetchTracingOptions,
  instrumentFetch,
  traceFetch,
} from 'opentracing-ts/instrumentation/fetch';
import type { MockSpan } from 'opentracing-ts/mocktracer';
import { ThreadLocalScopeManager } from 'opentracing-ts/scope-managers/thread-local';
import * as undici from 'undici';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createTracer, finishedSpans, listen } from './instrumentation-helpers.js';

type Fetch = typeof fetch;

const WORDS = Array.from({ length: 2_000 }, (_, i) => `word ${i}`).join(' ');

/** A server with a page for each trouble. */
async function startServer(): Promise<string> {
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://server');
    switch (pathname) {
      case '/words':
        response.end(WORDS);
        break;
      case '/not-found':
        response.writeHead(404).end('nothing');
        break;
      case '/failed':
        response.writeHead(500).end('out of order');
        break;
      case '/empty':
        response.writeHead(204).end();
        break;
      case '/moved':
        response.writeHead(302, { location: '/words' }).end();
        break;
      case '/round':
        response.writeHead(302, { location: '/round' }).end();
        break;
      case '/echo':
        request.pipe(response);
        break;
      case '/headers':
        response.end(JSON.stringify(request.headers['x-mine'] ?? null));
        break;
      case '/part':
        response.writeHead(200);
        response.write('a part');
        break;
      case '/cut':
        response.writeHead(200, { 'content-length': 1_000 });
        response.write('a part', () => response.destroy());
        break;
      case '/reset':
        response.destroy();
        break;
    }
  });
  return `http://127.0.0.1:${await listen(server)}`;
}

async function join(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) {
    hash.update(chunk);
  }
  return hash.digest('hex');
}

interface Case {
  readonly does: (send: Fetch, url: string) => Promise<unknown>;
  /** What the one span that `traceFetch` makes tells. */
  readonly span: { status?: number; error?: true; events?: string[] };
}

const CASES: Record<string, Case> = {
  'a body that is read as text': {
    does: async (send, url) => (await send(`${url}/words`)).text(),
    span: { status: 200 },
  },
  'a body that is read as bytes': {
    does: async (send, url) => (await (await send(`${url}/words`)).arrayBuffer()).byteLength,
    span: { status: 200 },
  },
  'a body that is read as a blob': {
    does: async (send, url) => (await (await send(`${url}/words`)).blob()).size,
    span: { status: 200 },
  },
  'a body that is read by a loop': {
    does: async (send, url) => join((await send(`${url}/words`)).body as never),
    span: { status: 200 },
  },
  'a body that is read by a reader': {
    async does(send, url) {
      const reader = (await send(`${url}/words`)).body?.getReader();
      let size = 0;
      for (let read = await reader?.read(); !read?.done; read = await reader?.read()) {
        size += read?.value?.byteLength ?? 0;
      }
      return size;
    },
    span: { status: 200 },
  },
  'a body that is piped through a transform': {
    async does(send, url) {
      const body = (await send(`${url}/words`)).body as ReadableStream;
      let text = '';
      for await (const part of body.pipeThrough(new TextDecoderStream() as never)) {
        text += part;
      }
      return text;
    },
    span: { status: 200 },
  },
  'a body that is piped': {
    async does(send, url) {
      let size = 0;
      const { body } = await send(`${url}/words`);
      const into = new WritableStream({
        write(chunk) {
          size += chunk.byteLength;
        },
      });
      return [await body?.pipeTo(into), size];
    },
    span: { status: 200 },
  },
  'a body that is split in two': {
    async does(send, url) {
      const branches = (await send(`${url}/words`)).body?.tee() ?? [];
      return Promise.all(branches.map((branch) => join(branch as never)));
    },
    span: { status: 200 },
  },
  'a response that is cloned': {
    async does(send, url) {
      const response = await send(`${url}/words`);
      const clone = response.clone();
      return [await clone.text(), await response.text(), response.bodyUsed];
    },
    span: { status: 200 },
  },
  'a body that is piped while it is locked': {
    async does(send, url) {
      const { body } = await send(`${url}/words`);
      const reader = body?.getReader();
      const refusals = [
        () => body?.getReader(),
        () => body?.tee(),
        () => body?.pipeThrough(new TextDecoderStream() as never),
      ].map((refused) => nameOfError(refused));
      refusals.push(await nameOfRejection(body?.pipeTo(new WritableStream())));
      refusals.push(await nameOfRejection(body?.cancel()));
      reader?.releaseLock();
      return [refusals, await join(body as never)];
    },
    span: { status: 200 },
  },
  'a body that is read twice': {
    async does(send, url) {
      const response = await send(`${url}/words`);
      return [(await response.text()).length, await nameOfRejection(response.text())];
    },
    span: { status: 200 },
  },
  'a text that is no JSON': {
    does: async (send, url) => (await send(`${url}/words`)).json(),
    span: { status: 200 },
  },
  'a body that the program cancels': {
    does: async (send, url) => (await send(`${url}/part`)).body?.cancel(),
    span: { status: 200, events: ['aborted'] },
  },
  'a body whose reader the program cancels': {
    does: async (send, url) => (await send(`${url}/part`)).body?.getReader().cancel(),
    span: { status: 200, events: ['aborted'] },
  },
  'a loop that is left': {
    async does(send, url) {
      for await (const chunk of (await send(`${url}/part`)).body as ReadableStream) {
        return chunk.byteLength;
      }
      return null;
    },
    span: { status: 200, events: ['aborted'] },
  },
  'a body that is aborted': {
    async does(send, url) {
      const controller = new AbortController();
      const response = await send(`${url}/part`, { signal: controller.signal });
      const text = response.text();
      controller.abort();
      return text;
    },
    span: { status: 200, events: ['aborted'] },
  },
  'a request that is aborted': {
    async does(send, url) {
      const controller = new AbortController();
      const response = send(`${url}/never`, { signal: controller.signal });
      setTimeout(() => controller.abort(), 10);
      return response;
    },
    span: { error: true, events: ['error'] },
  },
  'a request that is aborted before it is made': {
    does: (send, url) => send(url, { signal: AbortSignal.abort(new Error('no')) }),
    span: { error: true, events: ['error'] },
  },
  'a response without a body': {
    does: async (send, url) => (await send(`${url}/empty`)).body,
    span: { status: 204 },
  },
  'an answer to HEAD': {
    does: async (send, url) => (await send(`${url}/words`, { method: 'head' })).text(),
    span: { status: 200 },
  },
  'a page that is not found': {
    does: async (send, url) => (await send(`${url}/not-found`)).text(),
    span: { status: 404, error: true },
  },
  'a server that fails': {
    does: async (send, url) => (await send(`${url}/failed`)).text(),
    span: { status: 500, error: true },
  },
  'a redirect': {
    async does(send, url) {
      const response = await send(`${url}/moved`);
      return [response.url, response.redirected, (await response.text()).length];
    },
    span: { status: 200, events: ['redirected'] },
  },
  'a redirect that is not followed': {
    does: async (send, url) => (await send(`${url}/moved`, { redirect: 'manual' })).text(),
    span: { status: 302 },
  },
  'a redirect that is refused': {
    does: (send, url) => send(`${url}/moved`, { redirect: 'error' }),
    span: { error: true, events: ['error'] },
  },
  'redirects without end': {
    does: (send, url) => send(`${url}/round`),
    span: { error: true, events: ['error'] },
  },
  'a connection that is cut in the body': {
    does: async (send, url) => (await send(`${url}/cut`)).text(),
    span: { status: 200, error: true, events: ['error'] },
  },
  'a connection that is reset': {
    does: (send, url) => send(`${url}/reset`),
    span: { error: true, events: ['error'] },
  },
  'a request with a body': {
    does: async (send, url) => (await send(`${url}/echo`, { method: 'POST', body: WORDS })).text(),
    span: { status: 200 },
  },
  'a request with a stream': {
    async does(send, url) {
      const { body } = new Response(WORDS);
      const init = { method: 'POST', body, duplex: 'half' } as RequestInit;
      return (await send(`${url}/echo`, init)).text();
    },
    span: { status: 200 },
  },
  'a Request': {
    async does(send, url) {
      const headers = { 'X-Mine': 'kept' };
      return (await send(new Request(`${url}/headers`, { headers }))).json();
    },
    span: { status: 200 },
  },
  'a Request with a body': {
    async does(send, url) {
      const request = new Request(`${url}/echo`, { method: 'PUT', body: WORDS });
      const response = await send(request);
      return [request.bodyUsed, await response.text()];
    },
    span: { status: 200 },
  },
  'a Request with other options': {
    async does(send, url) {
      const request = new Request(`${url}/headers`, { headers: { 'X-Mine': 'first' } });
      return (await send(request, { headers: [['x-mine', 'second']] })).json();
    },
    span: { status: 200 },
  },
  'a Request that is aborted': {
    does: (send, url) => send(new Request(url, { signal: AbortSignal.abort(new Error('no')) })),
    span: { error: true, events: ['error'] },
  },
  'a body that is aborted for a reason of the program': {
    async does(send, url) {
      const controller = new AbortController();
      const response = await send(`${url}/part`, { signal: controller.signal });
      const text = response.text();
      controller.abort(new Error('the user went on'));
      return text;
    },
    span: { status: 200, events: ['aborted'] },
  },
  'a body that a reader has while it is asked for as text': {
    async does(send, url) {
      const response = await send(`${url}/words`);
      const reader = response.body?.getReader();
      const refused = await nameOfRejection(response.text());
      reader?.releaseLock();
      return [refused, await join(response.body as ReadableStream)];
    },
    span: { status: 200 },
  },
  'a body in a loop that leaves the rest to another': {
    async does(send, url) {
      const { body } = await send(`${url}/words`);
      for await (const _ of body?.values({ preventCancel: true }) ?? []) break;
      let rest = 0;
      for await (const { byteLength } of body ?? []) rest += byteLength;
      return rest < WORDS.length;
    },
    span: { status: 200 },
  },
  'a body that is piped with a signal that is none': {
    async does(send, url) {
      const response = await send(`${url}/words`);
      const options = { signal: 'x' as never };
      const refused = nameOfError(() =>
        response.body?.pipeThrough(new TextDecoderStream(), options),
      );
      return [refused, (await nameOfRejection(response.text())) === 'none'];
    },
    span: { status: 200 },
  },
  'a URL, and options that are inherited': {
    async does(send, url) {
      const init = Object.create({ headers: new Headers({ 'X-Mine': 'kept' }) });
      return (await send(new URL('/headers', url), init)).json();
    },
    span: { status: 200 },
  },
};

/** Those that are refused before there is a request. */
const WRONG: Record<string, (send: Fetch, url: string) => Promise<unknown>> = {
  'a URL that is none': (send) => send('/relative'),
  'a header that is none': (send, url) => send(url, { headers: { 'no name': 'x' } }),
  'headers that are null': (send, url) => send(url, { headers: null as never }),
  'options that are none': (send, url) => send(url, 'POST' as never),
  'a method that is none': (send, url) => send(url, { method: 'NO METHOD' }),
  'a Request whose body was read': async (send, url) => {
    const request = new Request(url, { method: 'POST', body: 'once' });
    await request.text();
    return send(request);
  },
  'nothing at all': (send) => (send as () => Promise<unknown>)(),
};

/** What came of a call, in a form that can be compared. */
async function outcome(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return { value: await call() };
  } catch (error) {
    const { name, message, cause } = error as Error;
    const { code } = (cause ?? {}) as { code?: unknown };
    return { name, message: message.replace(/"id":\d+/, ''), code };
  }
}

function nameOfError(fn: () => unknown): string {
  try {
    fn();
    return 'none';
  } catch (error) {
    return (error as Error).constructor.name;
  }
}

async function nameOfRejection(promise: Promise<unknown> | undefined): Promise<string> {
  return promise?.then(
    () => 'none',
    (error: Error) => error.constructor.name,
  ) as Promise<string>;
}

function install(options: FetchTracingOptions): void {
  onTestFinished(instrumentFetch(options));
}

function clients(spans: readonly MockSpan[]): MockSpan[] {
  return spans.filter((span) => span.tags['span.kind'] === 'client');
}

describe('a traced fetch', () => {
  it.each(Object.entries(CASES))('does what fetch does, in one span: %s', async (_, test) => {
    const url = await startServer();
    const tracer = createTracer();
    const onError = vi.fn();
    const expected = await outcome(() => test.does(fetch, url));
    expect(await outcome(() => test.does(traceFetch(fetch, { tracer, onError }), url))).toEqual(
      expected,
    );
    const [span, ...others] = await finishedSpans(tracer, 1);
    expect(others).toEqual([]);
    expect({
      status: span?.tags['http.status_code'],
      error: span?.tags.error,
      events: span?.logs.map((log) => log.fields.event),
    }).toEqual({ status: undefined, error: undefined, events: [], ...test.span });
    expect(onError).not.toHaveBeenCalled();
  });

  it.each(Object.entries(CASES))(
    'has no second span where undici announces the request: %s',
    async (_, test) => {
      const url = await startServer();
      const tracer = createTracer();
      install({ tracer });
      const expected = await outcome(() => test.does(traceFetch(fetch, { tracer }), url));
      await finishedSpans(tracer, 1);
      tracer.reset();
      const seen = await outcome(() => test.does(fetch, url));
      expect(seen).toEqual(expected);
    },
  );

  it.each(Object.entries(WRONG))('is refused as fetch is: %s', async (_, send) => {
    const url = await startServer();
    const tracer = createTracer();
    const onError = vi.fn();
    const traced = traceFetch(fetch, { tracer, onError });
    expect(await outcome(() => send(traced, url))).toEqual(await outcome(() => send(fetch, url)));
    expect(onError).not.toHaveBeenCalled();
  });

  it('sends the context of its span, and one span with the announced requests', async () => {
    const tracer = createTracer();
    install({ tracer });
    const sent: http.IncomingHttpHeaders[] = [];
    const server = http.createServer((request, response) => {
      sent.push(request.headers);
      response.end();
    });
    const url = `http://127.0.0.1:${await listen(server)}`;
    for (const send of [traceFetch(fetch, { tracer }), traceFetch(undici.fetch, { tracer })]) {
      tracer.reset();
      await tracer.withActiveSpan('parent', async () => (await send(url)).text());
      const [client, ...others] = clients(await finishedSpans(tracer, 2));
      expect(others).toEqual([]);
      expect(client?.parentId).toBe(tracer.getSpan('parent').context().toSpanId());
      expect(sent.at(-1)).toMatchObject({
        'mockpfx-ids-spanid': client?.context().toSpanId(),
      });
    }
    await (await fetch(url)).text();
    expect(clients(await finishedSpans(tracer, 3))).toHaveLength(2);
  });

  it('finishes with the headers where nobody begins to read the body', async () => {
    const url = await startServer();
    const tracer = createTracer();
    const response = await traceFetch(fetch, { tracer })(`${url}/words`);
    expect(tracer.finishedSpans()).toEqual([]);
    await vi.waitUntil(() => tracer.finishedSpans().length > 0, { timeout: 15_000 });
    const [span] = tracer.finishedSpans();
    expect(span?.logs.map((log) => log.fields.event)).toEqual(['unread']);
    expect(span?.duration).toBeLessThan(4_000);
    expect(await response.text()).toBe(WORDS);
  });

  it('shows no properties of its own, on the response or on the function', async () => {
    const url = await startServer();
    const own = Object.assign((...args: Parameters<Fetch>) => fetch(...args), { preconnect: 1 });
    const traced = traceFetch(own, { tracer: createTracer() });
    expect([traced.name, traced.length, traced.preconnect]).toEqual([own.name, own.length, 1]);
    const response = await traced(`${url}/words`);
    expect(Object.keys(response)).toEqual(Object.keys(await fetch(`${url}/words`)));
    expect(response).toBeInstanceOf(Response);
    await response.text();
  });

  it('leaves a rejection that nobody handles unhandled', async () => {
    const traced = traceFetch((_url: string) => Promise.reject(new Error('nobody')), {
      tracer: createTracer(),
    });
    const listeners = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    const unhandled = new Promise((resolve) => process.once('unhandledRejection', resolve));
    traced('http://127.0.0.1/');
    expect(await unhandled).toMatchObject({ message: 'nobody' });
    for (const listener of listeners) {
      process.on('unhandledRejection', listener);
    }
  });

  it('throws what a function throws that is no promise, and finishes the span', () => {
    const tracer = createTracer();
    const traced = traceFetch(
      (_url: string) => {
        throw new RangeError('at once');
      },
      { tracer },
    );
    expect(() => traced('http://127.0.0.1/')).toThrow(RangeError);
    expect(tracer.finishedSpans()).toHaveLength(1);
  });

  it.each<[string, unknown]>([
    ['an object with what the program asks for', { ok: true, json: () => Promise.resolve(3) }],
    ['a frozen object', Object.freeze({ status: 200, json: () => Promise.resolve(3) })],
    ['nothing', undefined],
  ])('finishes the span of a function in its place that gives %s', async (_, answer) => {
    const tracer = createTracer();
    const onError = vi.fn();
    const later = traceFetch((_url: string) => Promise.resolve(answer), { tracer, onError });
    expect(await later('http://127.0.0.1/')).toBe(answer);
    const atOnce = traceFetch((_url: string) => answer as Promise<unknown>, { tracer, onError });
    expect(atOnce('http://127.0.0.1/')).toBe(answer);
    expect(tracer.finishedSpans().map(({ tags }) => tags.error)).toEqual([undefined, undefined]);
    expect(onError).not.toHaveBeenCalled();
  });

  it('takes the Requests of its own fetch, which are not those of the runtime', async () => {
    const url = await startServer();
    const tracer = createTracer();
    const onError = vi.fn();
    class Mine extends undici.Request {
      constructor(path: string) {
        super(`${url}${path}`, { method: 'PUT', body: 'mine', headers: { 'x-mine': 'kept' } });
      }
    }
    const traced = traceFetch(undici.fetch, { tracer, onError });
    const request = new undici.Request(`${url}/headers?a`, { headers: { 'x-mine': 'kept' } });
    expect(await (await traced(request)).json()).toBe('kept');
    expect(await (await traced(new Mine('/echo'))).text()).toBe('mine');
    const spans = await finishedSpans(tracer, 2);
    expect(spans.map(({ tags }) => [tags['http.method'], tags['http.url']])).toEqual([
      ['GET', `${url}/headers`],
      ['PUT', `${url}/echo`],
    ]);
    expect(onError).not.toHaveBeenCalled();
  });

  it('passes headers on that can be read but once, traced or not', async () => {
    const url = await startServer();
    const tracer = createTracer();
    for (const ignore of [() => false, () => true]) {
      const headers = new Map([['x-mine', 'kept']]).entries();
      const traced = traceFetch(fetch, { tracer, ignore });
      expect(await (await traced(`${url}/headers`, { headers: headers as never })).json()).toBe(
        'kept',
      );
    }
    expect(await finishedSpans(tracer, 1)).toHaveLength(1);
  });

  it('has no second span where it is traced twice, one after the other and at once', async () => {
    const url = await startServer();
    const tracer = createTracer();
    const traced = traceFetch(traceFetch(fetch, { tracer }), { tracer });
    const paths = ['/words', '/words?2', '/empty'];
    for (let round = 1; round <= 2; round++) {
      await Promise.all(paths.map(async (path) => (await traced(url + path)).text()));
      expect(await finishedSpans(tracer, 3 * round)).toHaveLength(3 * round);
    }
  });

  it('is active for what the function itself does', async () => {
    const tracer = createTracer();
    const traced = traceFetch(
      async (_url: string) => {
        tracer.startSpan('inside').finish();
        return new Response(null, { status: 204 });
      },
      { tracer },
    );
    await traced('http://127.0.0.1/');
    expect(tracer.formatTrees()).toBe('GET\n└ inside');
  });

  it('refuses what is no function', () => {
    expect(() => traceFetch('fetch' as never)).toThrow(
      "traceFetch takes a function, not 'fetch'; pass fetch.",
    );
  });

  it('costs one check where no tracer is registered', async () => {
    const args: unknown[][] = [];
    const traced = traceFetch(async (...given: unknown[]) => {
      args.push(given);
      return new Response('x');
    });
    const init = { method: 'POST' };
    const response = await traced('http://127.0.0.1/', init);
    expect(args[0]?.[1]).toBe(init);
    expect(Object.getOwnPropertyNames(response)).toEqual(
      Object.getOwnPropertyNames(new Response('x')),
    );
  });
});

const FORMS: Record<string, (options: FetchTracingOptions) => Fetch> = {
  traceFetch: (options) => traceFetch(fetch, options),
  instrumentFetch(options) {
    install(options);
    return fetch;
  },
};

describe.each(Object.entries(FORMS))('the options of %s', (_, form) => {
  it('leave out a request, name a span, and tag it with headers and the query', async () => {
    const url = await startServer();
    const tracer = createTracer();
    const onError = vi.fn();
    const send = form({
      tracer,
      onError,
      ignore: ({ url: { pathname } }) => pathname === '/empty',
      requestHook(span, { method, url: { pathname }, headers }) {
        span.setOperationName(`${method} ${pathname}`).setTag('mine', headers.get('x-mine'));
      },
      responseHook: (span, { status, headers }) =>
        void span.setTag('seen', `${status} ${headers.get('connection')}`),
      captureRequestHeaders: ['X-Mine', 'Authorization'],
      captureResponseHeaders: ['Connection'],
      captureQuery: true,
    });
    await (await send(`${url}/empty`)).text();
    const headers = { 'x-mine': 'my value', authorization: 'Basic secret' };
    await (await send(`${url}/words?a=1&token=secret`, { headers })).text();
    const [span, ...others] = await finishedSpans(tracer, 1);
    expect(others).toEqual([]);
    expect(span?.operationName).toBe('GET /words');
    expect(span?.tags).toMatchObject({
      'http.url': `${url}/words?a=1&token=REDACTED`,
      'http.request.header.x-mine': 'my value',
      'http.response.header.connection': 'keep-alive',
      mine: 'my value',
      seen: '200 keep-alive',
    });
    expect(JSON.stringify(span?.tags)).not.toContain('secret');
    expect(onError.mock.calls.map(([error]) => error.message)).toEqual([
      "Headers that carry secrets are never captured: 'authorization'.",
    ]);
  });

  it('may throw from each hook: the request goes on, and it is told once', async () => {
    const url = await startServer();
    const tracer = createTracer();
    const onError = vi.fn();
    const fail = () => {
      throw new Error('a hook');
    };
    const send = form({ tracer, onError, ignore: fail, requestHook: fail, responseHook: fail });
    expect(await (await send(`${url}/words`)).text()).toBe(WORDS);
    expect(await (await send(`${url}/words`)).text()).toBe(WORDS);
    expect(onError.mock.calls).toEqual([[new Error('a hook')]]);
    expect(await finishedSpans(tracer, 2)).toHaveLength(2);
  });

  it('may have a tracer that is out of order in every call', async () => {
    const url = await startServer();
    const tracer = createTracer();
    const onError = vi.fn();
    const send = form({ tracer, onError });
    for (const method of ['startSpan', 'inject'] as const) {
      vi.spyOn(tracer, method).mockImplementation(() => {
        throw new Error(method);
      });
      expect(await (await send(`${url}/words`)).text()).toBe(WORDS);
    }
    expect(onError).toHaveBeenCalledTimes(1);
  });

  it('may have a tracer of another kind of propagation and of scopes', async () => {
    const url = await startServer();
    const recorder = new InMemoryRecorder();
    const tracer = new BasicTracer({
      recorder,
      scopeManager: new ThreadLocalScopeManager(),
      propagation: ['b3', 'tracecontext'],
    });
    const send = form({ tracer });
    const parent = tracer.startSpan('parent');
    const texts = await tracer.scopeManager.withActive(parent, () =>
      Promise.all([send(`${url}/words`), send(`${url}/words`)]),
    );
    await Promise.all(texts.map((response) => response.text()));
    await vi.waitUntil(() => recorder.spans.length === 2);
  });
});

describe('a request that waits for a connection of a pool', () => {
  const POOLS: Record<string, (url: string) => (path: string) => Promise<unknown>> = {
    'request over a Pool': (url) => {
      const pool = new undici.Pool(url, { connections: 1 });
      onTestFinished(() => pool.destroy());
      return async (path) => (await pool.request({ path, method: 'GET' })).body.text();
    },
    'fetch of undici over an Agent': (url) => {
      const dispatcher = new undici.Agent({ connections: 2 });
      onTestFinished(() => dispatcher.destroy());
      return async (path) => (await undici.fetch(url + path, { dispatcher })).text();
    },
    'an Agent with a way of its own to dispatch': (url) => {
      const dispatcher = new undici.Agent({ connections: 2 }).compose(
        undici.interceptors.redirect({ maxRedirections: 2 }),
      );
      onTestFinished(() => dispatcher.destroy());
      return async (path) => (await undici.request(url + path, { dispatcher })).body.text();
    },
  };

  it.each(Object.entries(POOLS))('keeps its parent: %s', async (_, prepare) => {
    const tracer = createTracer();
    install({ tracer });
    const url = await startServer();
    const send = prepare(url);
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const root = await send('/words?root').then(() => finishedSpans(tracer, 1));
    expect(root[0]?.parentId).toBeNull();
    tracer.reset();
    await Promise.all([
      ...names.map((name) =>
        tracer.withActiveSpan(name, async () => {
          await Promise.resolve();
          await send(`/words?${name}`);
        }),
      ),
      ...names.map((name) => send(`/words?root-${name}`)),
    ]);
    const spans = await finishedSpans(tracer, names.length * 3);
    const parents = clients(spans).map(
      ({ parentId }) => spans.find((span) => span.context().toSpanId() === parentId)?.operationName,
    );
    expect(parents.sort()).toEqual([...names, ...names.map(() => undefined)]);
  });

  it('is dispatched as undici does it once the instrumentation is taken out', async () => {
    const tracer = createTracer();
    const url = await startServer();
    const stop = instrumentFetch({ tracer });
    await (await undici.request(`${url}/words`)).body.text();
    const { dispatch } = undici.Pool.prototype;
    stop();
    expect(undici.Pool.prototype.dispatch).not.toBe(dispatch);
    tracer.reset();
    await (await undici.request(`${url}/words`)).body.text();
    expect(tracer.finishedSpans()).toEqual([]);
  });
});
