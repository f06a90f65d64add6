import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { PassThrough } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import Router from '@koa/router';
import Koa from 'koa';
import { setGlobalTracer, Tracer } from 'opentracing-ts';
import { instrumentHttp } from 'opentracing-ts/instrumentation/http';
import {
  instrumentKoa,
  type KoaOptions,
  koaTracing,
  traceKoa,
} from 'opentracing-ts/instrumentation/koa';
import type { MockTracer } from 'opentracing-ts/mocktracer';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createTracer, expectRouted, finishedSpans, listen } from './instrumentation-helpers.js';

afterEach(() => setGlobalTracer(new Tracer()));

type Trace = (tracer: MockTracer, options?: KoaOptions) => Koa;

const forms: { name: string; trace: Trace }[] = [
  { name: 'traceKoa', trace: (tracer, options) => traceKoa(silent(), { tracer, ...options }) },
  {
    name: 'the middleware',
    trace: (tracer, options) => {
      const app = silent();
      app.use(koaTracing({ tracer, ...options }));
      return app;
    },
  },
  {
    name: 'instrumentKoa',
    trace: (tracer, options) => {
      onTestFinished(instrumentKoa(Koa, { tracer, ...options }));
      return silent();
    },
  },
];

describe.each(forms)('koa, traced by $name', ({ trace }) => {
  it('makes one server span, named by the method and the pattern of the route', async () => {
    const tracer = createTracer();
    const app = trace(tracer);
    const router = new Router({ prefix: '/api' });
    const orders = new Router();
    orders.get('/:id', (context) => {
      context.body = context.params.id;
    });
    router.use('/orders', orders.routes());
    app.use(router.routes());
    expect(await get(app, '/api/orders/7?token=secret')).toBe('200 7');
    const [span] = await finishedSpans(tracer, 1);
    expect(tracer.finishedSpans()).toHaveLength(1);
    expectRouted(span, 'koa', '/api/orders/:id');
  });

  it('names a request by the method alone where there is no route', async () => {
    const tracer = createTracer();
    const app = trace(tracer);
    app.use(new Router().get('/orders', () => {}).routes());
    expect(await get(app, '/orders/7')).toBe('404 Not Found');
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.operationName).toBe('GET');
    expect(span?.tags.error).toBeUndefined();
  });

  it('has the span active in all middlewares, also after the body has been read', async () => {
    const tracer = createTracer();
    const app = trace(tracer);
    const seen: unknown[] = [];
    const see = () => seen.push(tracer.activeSpan);
    app.use(async (_context, next) => {
      see();
      await next();
      see();
    });
    app.use(async (context) => {
      let body = '';
      context.req.on('data', (data) => {
        see();
        body += data;
      });
      await new Promise((done) => context.req.on('end', done));
      await delay(1);
      see();
      context.body = body;
    });
    const response = await fetch(await address(app), { method: 'POST', body: 'a cup' });
    expect(await response.text()).toBe('a cup');
    const [span] = await finishedSpans(tracer, 1);
    expect(seen).toEqual([span, span, span, span]);
  });

  it('logs an error that koa makes a response of, once', async () => {
    const tracer = createTracer();
    const app = trace(tracer);
    const error = new Error('the shelf is locked');
    app.use(() => {
      throw error;
    });
    expect(await get(app, '/')).toBe('500 Internal Server Error');
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.tags).toMatchObject({ error: true, 'http.status_code': 500 });
    expect(span?.logs.map(({ fields }) => fields['error.object'])).toEqual([error]);
  });

  it('logs an error that a middleware makes a response of, and tells the application', async () => {
    const tracer = createTracer();
    const app = trace(tracer);
    app.use(async (context, next) => {
      try {
        await next();
      } catch (error) {
        context.status = 503;
        context.body = 'later';
        context.app.emit('error', error, context);
      }
    });
    app.use(() => Promise.reject(new Error('no database')));
    expect(await get(app, '/')).toBe('503 later');
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.tags.error).toBe(true);
    expect(span?.logs.map(({ fields }) => fields.message)).toEqual(['no database']);
  });

  it('logs once what is thrown that is no error, and takes a wrong request for no failure', async () => {
    const tracer = createTracer();
    const app = trace(tracer);
    app.use((context) => {
      if (context.path === '/wrong') context.throw(403, 'not yours');
      throw 'a string';
    });
    await get(app, '/string');
    await get(app, '/wrong');
    const [string, wrong] = await finishedSpans(tracer, 2);
    expect(string?.tags.error).toBe(true);
    expect(string?.logs.map(({ fields }) => fields.message)).toEqual([
      'non-error thrown: "a string"',
    ]);
    expect(wrong?.tags.error).toBeUndefined();
    expect(wrong?.logs.map(({ fields }) => fields.message)).toEqual(['not yours']);
  });

  it('does not mix parallel requests', async () => {
    const tracer = createTracer();
    const app = trace(tracer);
    app.use(async (context) => {
      const ms = context.path.slice(1);
      await delay(Number(ms));
      tracer.startSpan(`work ${ms}`).finish();
      context.body = ms;
    });
    await Promise.all([9, 5, 1].map((ms) => get(app, `/${ms}`)));
    const spans = await finishedSpans(tracer, 6);
    for (const work of spans.filter((span) => span.operationName.startsWith('work'))) {
      const parent = spans.find((span) => span.context().toSpanId() === work.parentId);
      expect(parent?.tags['http.url']).toMatch(new RegExp(`/${work.operationName.slice(5)}$`));
    }
  });

  it('finishes the span of a stream that the client gave up as aborted, named by its route', async () => {
    const tracer = createTracer();
    const app = trace(tracer);
    const router = new Router();
    router.get('/stream', (context) => {
      const stream = new PassThrough();
      context.body = stream;
      stream.write('first');
    });
    app.use(router.routes());
    const aborted = request(`${await address(app)}/stream`, (response) => {
      response.once('data', () => aborted.destroy());
    }).on('error', () => {});
    aborted.end();
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.operationName).toBe('GET /stream');
    expect(span?.tags.error).toBe(true);
  });

  it('names a request that is cut off while its middlewares wait', async () => {
    const tracer = createTracer();
    const app = trace(tracer);
    const router = new Router();
    router.get('/orders/:id', async (context) => {
      aborted.destroy();
      await once(context.res, 'close');
    });
    app.use(router.routes());
    const aborted = request(`${await address(app)}/orders/7`).on('error', () => {});
    aborted.end();
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.operationName).toBe('GET /orders/:id');
    expect(span?.logs[0]?.fields.event).toBe('aborted');
  });

  it('adds to the span of instrumentHttp, which it finds', async () => {
    const tracer = createTracer();
    onTestFinished(instrumentHttp({ tracer }));
    const app = trace(tracer, { requestHook: (span) => void span.setTag('hook', 1) });
    app.use(
      new Router()
        .get(
          '/orders/:id',
          answer(() => 'order'),
        )
        .routes(),
    );
    await get(app, '/orders/7');
    const [span] = await finishedSpans(tracer, 1);
    expect(tracer.finishedSpans()).toHaveLength(1);
    expect(span?.operationName).toBe('GET /orders/:id');
    expect(span?.tags).toMatchObject({ component: 'http', hook: 1 });
  });

  it('leaves an ignored request alone', async () => {
    const tracer = createTracer();
    const app = trace(tracer, { ignore: ({ url }) => url === '/health' });
    app.use(answer(() => String(tracer.activeSpan)));
    expect(await get(app, '/health')).toBe('200 null');
    expect(tracer.finishedSpans()).toEqual([]);
  });

  it('adds no listener to the application, and leaves its own reports of errors', async () => {
    const tracer = createTracer();
    const app = trace(tracer);
    app.silent = false;
    const report = vi.spyOn(app, 'onerror').mockImplementation(() => {});
    app.use(() => {
      throw new Error('gone');
    });
    await get(app, '/');
    await finishedSpans(tracer, 1);
    expect(app.listenerCount('error')).toBe(1);
    expect(report).toHaveBeenCalledTimes(1);
  });
});

describe('traceKoa', () => {
  it('traces middlewares that were added before', async () => {
    const tracer = createTracer();
    const app = silent().use(answer(() => String(tracer.activeSpan !== null)));
    traceKoa(app, { tracer });
    expect(await get(app, '/')).toBe('200 true');
  });

  it('says what is wrong with what it is given', () => {
    expect(() => traceKoa({ middleware: [] } as unknown as Koa)).toThrow(
      'The app is an object, which has no method callback; give a new Koa().',
    );
    expect(() => koaTracing({ responseHook: 'log' as never })).toThrow(
      "The responseHook of koaTracing is 'log'; give a function.",
    );
    expect(() => instrumentKoa({})).toThrow('give the class that koa exports.');
  });

  it('does nothing while no tracer is registered', async () => {
    const app = traceKoa(silent()).use(answer(() => 'ok'));
    expect(await get(app, '/')).toBe('200 ok');
    const tracer = createTracer();
    setGlobalTracer(tracer);
    await get(app, '/');
    expect((await finishedSpans(tracer, 1))[0]?.operationName).toBe('GET');
  });
});

describe('instrumentKoa', () => {
  it('installs once, and can be taken out again', async () => {
    const { callback } = Koa.prototype;
    const tracer = createTracer();
    const hook = vi.fn();
    const stop = instrumentKoa(Koa, { tracer, requestHook: hook });
    instrumentKoa(Koa, { tracer, requestHook: hook })();
    const app = silent().use(answer(() => 'ok'));
    app.callback();
    await get(app, '/');
    expect(hook).toHaveBeenCalledTimes(1);
    await finishedSpans(tracer, 1);
    stop();
    expect(Koa.prototype.callback).toBe(callback);
    await get(app, '/');
    expect(hook).toHaveBeenCalledTimes(1);
  });
});

/** An application that does not write its errors to the standard error stream. */
function silent(): Koa {
  const app = new Koa();
  app.silent = true;
  return app;
}

/** A middleware that answers. */
function answer(body: () => string): Koa.Middleware {
  return (context) => {
    context.body = body();
  };
}

const ports = new WeakMap<Koa, Promise<number>>();

async function address(app: Koa): Promise<string> {
  const port = ports.get(app) ?? listen(createServer(app.callback()));
  ports.set(app, port);
  return `http://127.0.0.1:${await port}`;
}

/** Status and body. */
async function get(app: Koa, path: string): Promise<string> {
  const response = await fetch((await address(app)) + path);
  return `${response.status} ${await response.text()}`;
}
