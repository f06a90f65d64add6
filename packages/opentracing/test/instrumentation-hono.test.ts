import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { streamSSE, streamText } from 'hono/streaming';
import { Hono as TinyHono } from 'hono/tiny';
import { setGlobalTracer, Tracer } from 'opentracing-ts';
import {
  type HonoOptions,
  honoTracing,
  instrumentHono,
  traceHono,
} from 'opentracing-ts/instrumentation/hono';
import { instrumentHttp } from 'opentracing-ts/instrumentation/http';
import type { MockTracer } from 'opentracing-ts/mocktracer';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createTracer, expectRouted, finishedSpans, listen } from './instrumentation-helpers.js';

afterEach(() => setGlobalTracer(new Tracer()));

type Trace = (tracer: MockTracer, options?: HonoOptions) => Hono;

const forms: { name: string; trace: Trace }[] = [
  { name: 'traceHono', trace: (tracer, options) => traceHono(new Hono(), { tracer, ...options }) },
  {
    name: 'the middleware',
    trace: (tracer, options) => {
      const app = new Hono();
      app.use(honoTracing({ tracer, ...options }));
      return app;
    },
  },
  {
    name: 'instrumentHono',
    trace: (tracer, options) => {
      onTestFinished(instrumentHono(Hono, { tracer, ...options }));
      return new Hono();
    },
  },
];

/** Where the request comes from. */
const places = [
  {
    place: 'as a web request',
    component: 'hono',
    prepare: (_tracer: MockTracer) => {},
    get: async (app: Hono, path: string, init?: RequestInit) => app.request(path, init),
  },
  {
    place: 'on Node',
    component: 'hono',
    prepare: (_tracer: MockTracer) => {},
    get: async (app: Hono, path: string, init?: RequestInit) =>
      fetch((await serve(app)) + path, init),
  },
  {
    place: 'on Node with instrumentHttp',
    component: 'http',
    prepare: (tracer: MockTracer) => onTestFinished(instrumentHttp({ tracer })),
    get: async (app: Hono, path: string, init?: RequestInit) =>
      fetch((await serve(app)) + path, init),
  },
];

const all = forms.flatMap((form) => places.map((place) => ({ ...form, ...place })));

describe.each(all)('hono, traced by $name, $place', ({ trace, component, prepare, get }) => {
  function start(options?: HonoOptions) {
    const tracer = createTracer();
    prepare(tracer);
    return { tracer, app: trace(tracer, options) };
  }

  it('makes one server span, named by the method and the pattern of the route', async () => {
    const { tracer, app } = start();
    app.get('/orders/:id', (context) => context.text(context.req.param('id')));
    expect(await text(get(app, '/orders/7?token=secret'))).toBe('200 7');
    const [span] = await finishedSpans(tracer, 1);
    expect(tracer.finishedSpans()).toHaveLength(1);
    expectRouted(span, component, '/orders/:id');
  });

  it('names it by the paths of all applications that the route is in, which it traces once', async () => {
    const { tracer, app } = start();
    const orders = new Hono();
    orders.get('/:id', (context) => context.text('order'));
    const api = new Hono();
    api.use('/orders/*', (_context, next) => next());
    api.route('/orders', orders);
    app.route('/api/:version', api);
    await text(get(app, '/api/v2/orders/7'));
    const [span] = await finishedSpans(tracer, 1);
    expect(tracer.finishedSpans()).toHaveLength(1);
    expect(span?.operationName).toBe('GET /api/:version/orders/:id');
  });

  it('names it by the method alone where no route was found', async () => {
    const { tracer, app } = start();
    app.use('/orders/*', (_context, next) => next());
    expect(await text(get(app, '/orders/7'))).toMatch(/^404/);
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.operationName).toBe('GET');
    expect(span?.tags['http.status_code']).toBe(404);
    expect(span?.tags.error).toBeUndefined();
  });

  it('names what a mounted application answers by where it is mounted', async () => {
    const { tracer, app } = start();
    app.mount('/old', () => new Response('old'));
    expect(await text(get(app, '/old/orders/7'))).toBe('200 old');
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.operationName).toBe('GET /old/*');
  });

  it('has the span active in middlewares and handlers, also after the body has been read', async () => {
    const { tracer, app } = start();
    const seen: unknown[] = [];
    const see = () => seen.push(tracer.activeSpan);
    app.use(async (_context, next) => {
      see();
      await next();
      see();
    });
    app.post('/orders', async (context) => {
      see();
      const body = await context.req.text();
      see();
      await delay(1);
      see();
      return context.text(body);
    });
    expect(await text(get(app, '/orders', { method: 'POST', body: 'a cup' }))).toBe('200 a cup');
    const [span] = await finishedSpans(tracer, 1);
    expect(seen).toEqual([span, span, span, span, span]);
  });

  it('logs an error of a handler once, also where an error handler answers', async () => {
    const { tracer, app } = start();
    const error = new Error('the shelf is locked');
    const orders = new Hono();
    orders.get('/:id', () => {
      throw error;
    });
    app.route('/orders', orders);
    app.onError((_error, context) => context.text('later', 503));
    expect(await text(get(app, '/orders/7'))).toBe('503 later');
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.operationName).toBe('GET /orders/:id');
    expect(span?.tags).toMatchObject({ error: true, 'http.status_code': 503 });
    expect(span?.logs.map(({ fields }) => fields['error.object'])).toEqual([error]);
  });

  it('logs an error of a middleware before the handler, and takes a wrong request for no failure', async () => {
    const { tracer, app } = start();
    app.use(async () => {
      throw new HTTPException(401, { message: 'who are you' });
    });
    app.get('/orders/:id', (context) => context.text('order'));
    expect(await text(get(app, '/orders/7'))).toBe('401 who are you');
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.operationName).toBe('GET /orders/:id');
    expect(span?.tags.error).toBeUndefined();
    expect(span?.logs[0]?.fields.message).toBe('who are you');
  });

  it('does not mix parallel requests', async () => {
    const { tracer, app } = start();
    app.get('/:ms', async (context) => {
      const ms = context.req.param('ms');
      await delay(Number(ms));
      tracer.startSpan(`work ${ms}`).finish();
      return context.text(ms);
    });
    await Promise.all([9, 5, 1].map((ms) => text(get(app, `/${ms}`))));
    const spans = await finishedSpans(tracer, 6);
    for (const work of spans.filter((span) => span.operationName.startsWith('work'))) {
      const parent = spans.find((span) => span.context().toSpanId() === work.parentId);
      expect(parent?.tags['http.url']).toMatch(new RegExp(`/${work.operationName.slice(5)}$`));
    }
  });

  it('finishes the span of a stream when it has been read, active in all that makes it', async () => {
    const { tracer, app } = start();
    app.get('/stream', (context) =>
      streamText(context, async (stream) => {
        for (const part of ['a', 'b', 'c']) {
          await stream.sleep(1);
          await stream.write(part);
        }
        tracer.startSpan('last part').finish();
      }),
    );
    expect(await text(get(app, '/stream'))).toBe('200 abc');
    const [span, part] = await finishedSpans(tracer, 2);
    expect(span?.operationName).toBe('GET /stream');
    expect(part?.parentId).toBe(span?.context().toSpanId());
    expect(span?.tags.error).toBeUndefined();
  });

  it('finishes the span of a stream that the client gave up as aborted', async () => {
    const { tracer, app } = start();
    app.get('/events', (context) =>
      streamSSE(context, async (stream) => {
        await stream.writeSSE({ data: 'first' });
        await new Promise<void>((done) => stream.onAbort(done));
      }),
    );
    const response = await get(app, '/events');
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.operationName).toBe('GET /events');
    expect(span?.tags.error).toBe(true);
    expect(span?.logs[0]?.fields.event).toBe('aborted');
  });

  it('answers HEAD by a route for GET', async () => {
    const { tracer, app } = start();
    app.get('/orders', (context) =>
      streamText(context, async (stream) => void stream.write('all')),
    );
    await text(get(app, '/orders', { method: 'HEAD' }));
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.operationName).toBe('HEAD /orders');
  });

  it('calls the hooks once, captures headers, and goes on with the trace of the caller', async () => {
    const requestHook = vi.fn();
    const responseHook = vi.fn();
    const { tracer, app } = start({
      requestHook,
      responseHook,
      captureRequestHeaders: ['accept'],
      captureResponseHeaders: ['x-shelf'],
    });
    app.get('/', (context) => context.text('ok', 200, { 'x-shelf': 'north' }));
    const parent = tracer.startSpan('caller');
    const headers: Record<string, string> = { accept: 'text/x' };
    tracer.inject(parent, 'http_headers', headers);
    await text(get(app, '/', { headers }));
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.parentId).toBe(parent.context().toSpanId());
    expect(requestHook.mock.calls).toEqual([[span, expect.any(Object)]]);
    expect(responseHook.mock.calls).toEqual([[span, expect.any(Object)]]);
    expect(span?.tags).toMatchObject({
      'http.request.header.accept': 'text/x',
      'http.response.header.x-shelf': 'north',
    });
  });
});

describe('hono', () => {
  it('leaves an ignored request alone', async () => {
    const tracer = createTracer();
    const ignore = ({ url }: Request) => url.endsWith('/health');
    const app = traceHono(new Hono(), { tracer, ignore });
    app.use(honoTracing({ tracer }));
    app.get('/health', (context) => context.text(String(tracer.activeSpan)));
    expect(await text(app.request('/health'))).toBe('200 null');
    expect(tracer.finishedSpans()).toEqual([]);
  });

  it('leaves alone on Node what instrumentHttp ignores', async () => {
    const tracer = createTracer();
    onTestFinished(instrumentHttp({ tracer, servers: { ignore: () => true } }));
    const app = traceHono(new Hono(), { tracer });
    app.get('/', (context) => context.text(String(tracer.activeSpan)));
    expect(await text(fetch(await serve(app)))).toBe('200 null');
    expect(tracer.finishedSpans()).toEqual([]);
  });

  it('lets the name that a handler gives stand', async () => {
    const tracer = createTracer();
    const app = traceHono(new Hono(), { tracer });
    app.get('/', (context) => {
      tracer.activeSpan?.setOperationName('show orders');
      return context.text('all');
    });
    await app.request('/');
    expect((await finishedSpans(tracer, 1))[0]?.operationName).toBe('show orders');
  });

  it('logs what is thrown that is no error, and throws it on', async () => {
    const tracer = createTracer();
    const app = traceHono(new Hono(), { tracer });
    app.get('/', () => {
      throw 'a string';
    });
    await expect(async () => app.request('/')).rejects.toBe('a string');
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.tags.error).toBe(true);
    expect(span?.logs[0]?.fields.message).toBe('a string');
  });

  it('logs an error of a stream, which the client gets too', async () => {
    const tracer = createTracer();
    const app = traceHono(new Hono(), { tracer });
    const failing = () => {
      throw new Error('the disk is gone');
    };
    app.get('/', (context) =>
      context.body(new ReadableStream({ pull: failing }, { highWaterMark: 0 }), 200, {
        'content-type': 'text/csv',
      }),
    );
    const response = await app.request('/');
    await expect(response.text()).rejects.toThrow('the disk is gone');
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.tags.error).toBe(true);
    expect(span?.logs[0]?.fields.message).toBe('the disk is gone');
  });

  it('tags a request that was given up before it was answered', async () => {
    const tracer = createTracer();
    const app = traceHono(new Hono(), { tracer });
    const controller = new AbortController();
    app.get('/', (context) => {
      controller.abort();
      return context.text('too late');
    });
    await app.request('/', { signal: controller.signal });
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.tags.error).toBe(true);
    expect(span?.logs[0]?.fields.event).toBe('aborted');
  });

  it('says what is wrong with what it is given', () => {
    const app = new Hono().use((_context, next) => next()).get('/orders', (c) => c.text('all'));
    expect(() => traceHono(app)).toThrow(
      "The app of traceHono has the route 'GET /orders'; trace it before you add routes.",
    );
    expect(() => traceHono({ routes: [] } as unknown as Hono)).toThrow(
      'The app is an object, which has no method fetch; give a new Hono().',
    );
    expect(() => honoTracing({ captureQuery: 1 as never })).toThrow(
      'The captureQuery of honoTracing is 1; give true or false.',
    );
    expect(() => instrumentHono({})).toThrow('give the one that the module hono exports.');
  });

  it('does nothing while no tracer is registered', async () => {
    const app = traceHono(new Hono());
    app.get('/', (context) => context.text('ok'));
    expect(await text(app.request('/'))).toBe('200 ok');
    const tracer = createTracer();
    setGlobalTracer(tracer);
    await app.request('/');
    expect((await finishedSpans(tracer, 1))[0]?.operationName).toBe('GET /');
  });
});

describe('instrumentHono', () => {
  it('installs once, and can be taken out again', async () => {
    const base = Object.getPrototypeOf(Hono);
    const tracer = createTracer();
    const hook = vi.fn();
    const stop = instrumentHono(Hono, { tracer, requestHook: hook });
    instrumentHono(Hono, { tracer, requestHook: hook })();
    const app = new Hono();
    app.get('/', (context) => context.text('ok'));
    await app.request('/');
    expect(hook).toHaveBeenCalledTimes(1);
    expect(app).toBeInstanceOf(Hono);
    expect(app).toBeInstanceOf(base);
    stop();
    expect(Object.getPrototypeOf(Hono)).toBe(base);
    expect(await text(app.request('/'))).toBe('200 ok');
    expect(new Hono().routes).toEqual([]);
    expect(tracer.finishedSpans()).toHaveLength(1);
  });

  it('traces applications in each other once, and those of a smaller hono', async () => {
    const tracer = createTracer();
    const hook = vi.fn();
    onTestFinished(instrumentHono(TinyHono, { tracer, requestHook: hook }));
    const orders = new TinyHono().get('/:id', (context) => context.text('order'));
    const app = new TinyHono().route('/orders', orders);
    expect(await text(app.request('/orders/7'))).toBe('200 order');
    expect(hook).toHaveBeenCalledTimes(1);
    expect((await finishedSpans(tracer, 1))[0]?.operationName).toBe('GET /orders/:id');
  });
});

const addresses = new WeakMap<Hono, Promise<string>>();

/** The address of an application, which listens from then on. */
function serve(app: Hono): Promise<string> {
  const address =
    addresses.get(app) ??
    listen(createAdaptorServer({ fetch: app.fetch }) as Server).then(
      (port) => `http://127.0.0.1:${port}`,
    );
  addresses.set(app, address);
  return address;
}

/** Status and body. */
async function text(response: Response | Promise<Response>): Promise<string> {
  const answer = await response;
  return `${answer.status} ${await answer.text()}`;
}
