import { createServer, type RequestListener, request } from 'node:http';
import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import express5 from 'express';
import express4 from 'express4';
import { type Scope, setGlobalTracer, Tracer } from 'opentracing-ts';
import { instrumentExpress, traceExpress } from 'opentracing-ts/instrumentation/express';
import { instrumentHttp } from 'opentracing-ts/instrumentation/http';
import type { MockTracer } from 'opentracing-ts/mocktracer';
import Router22 from 'router22';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createTracer, expectRouted, finishedSpans, listen } from './instrumentation-helpers.js';

type Express = typeof express5;
type App = ReturnType<Express>;

/** Express 5 as it is installed where the router is older than the channel that it publishes on. */
function withRouter22(): App {
  const app = express5();
  Object.defineProperty(app, 'router', { value: Router22({}) });
  return app;
}

const versions = [
  { name: 'express 4', create: express4 as unknown as () => App, Router: express4.Router },
  { name: 'express 5', create: () => express5(), Router: express5.Router },
  { name: 'express 5 with router 2.2', create: withRouter22, Router: Router22 },
].map(({ name, create, Router }) => ({
  name,
  create,
  Router: Router as unknown as Express['Router'],
}));

afterEach(() => setGlobalTracer(new Tracer()));

describe.each(versions)('traceExpress, $name', ({ create, Router }) => {
  it('makes one server span, named by the method and the pattern of the route', async () => {
    const { tracer, app, get } = start(create);
    app.get('/orders/:id', (request, response) => void response.send(request.params.id));
    expect(await get('/orders/7?token=secret')).toBe('200 7');
    const [span] = await finishedSpans(tracer, 1);
    expect(tracer.finishedSpans()).toHaveLength(1);
    expectRouted(span, 'express', '/orders/:id');
  });

  it('names it by the patterns of all routers and applications that the route is in', async () => {
    const { tracer, app, get } = start(create);
    const items = Router({ mergeParams: true });
    items.use('/', (_request, _response, next) => next());
    items.get('/:item', (request, response) => void response.send(request.params));
    items.get('/', (_request, response) => void response.send('all'));
    const orders = Router();
    orders.use('/:order/items', items);
    const inner = create();
    inner.use('/orders', orders);
    app.use('/api', (_request, _response, next) => next());
    app.use('/api/:version', inner);
    await get('/api/v2/orders/7/items/cup');
    await get('/api/v2/orders/8/items');
    const spans = await finishedSpans(tracer, 2);
    expect(spans.map((span) => span.operationName)).toEqual([
      'GET /api/:version/orders/:order/items/:item',
      'GET /api/:version/orders/:order/items',
    ]);
    expect(tracer.finishedSpans()).toHaveLength(2);
  });

  it('names a route that is a regular expression by that', async () => {
    const { tracer, app, get } = start(create);
    app.get(/^\/(tea|cup)s$/, (_request, response) => void response.send());
    await get('/teas');
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.operationName).toBe('GET /^\\/(tea|cup)s$/');
  });

  it('names a request by the method alone where no route has answered', async () => {
    const { tracer, app, get } = start(create);
    app.use('/static', (_request, _response, next) => next());
    app.get('/orders/:id', (_request, _response, next) => next());
    expect(await get('/static/7')).toMatch(/^404/);
    expect(await get('/orders/7')).toMatch(/^404/);
    app.use((_request, response) => void response.status(404).send('not here'));
    expect(await get('/orders/7')).toBe('404 not here');
    const spans = await finishedSpans(tracer, 3);
    expect(spans.map((span) => span.operationName)).toEqual(['GET', 'GET', 'GET']);
    expect(spans.map((span) => span.tags.error)).toEqual([undefined, undefined, undefined]);
  });

  it('names a request by where the middleware is mounted that answers it', async () => {
    const { tracer, app, get } = start(create);
    app.use('/files', (_request, response) => void response.send('a file'));
    app.use('/of/:user', (_request, response) => void setTimeout(() => response.send('later')));
    app.use('/broken', () => {
      throw Object.assign(new Error('not now'), { status: 400 });
    });
    app.use('/named', (_request, response) => {
      tracer.activeSpan?.setOperationName('my name');
      response.send();
    });
    app.use('/passed', (_request, _response, next) => next());
    app.use('/passed-later', (_request, _response, next) => void setTimeout(next));
    app.use((request, response, next) => {
      request.path.startsWith('/passed-') ? response.status(404).send() : next();
    });
    app.set('env', 'test');
    const passed = ['/passed', '/passed-later', '/none'];
    for (const path of ['/files/a', '/of/ada/b', '/broken', '/named', ...passed]) {
      await get(path);
    }
    const spans = await finishedSpans(tracer, 7);
    expect(spans.map((span) => span.operationName)).toEqual([
      'GET /files',
      'GET /of/:user',
      'GET /broken',
      'my name',
      'GET',
      'GET',
      'GET',
    ]);
    expect(spans[1]?.tags['http.route']).toBe('/of/:user');
    expect(spans[4]?.tags['http.route']).toBeUndefined();
  });

  it('names what a middleware for all paths answers by its pattern', async () => {
    const { tracer, app, get } = start(create);
    const all = create === versions[0]?.create ? '*' : '/{*rest}';
    app.use(all, (_request, response) => void response.status(404).send());
    await get('/secret/7');
    await get('/a');
    const spans = await finishedSpans(tracer, 2);
    const [first, second] = spans.map((span) => span.operationName);
    expect(first).toMatch(/^GET \/[{*:rest}]+$/);
    expect(second).toBe(first);
  });

  it('keeps the name of a route that answers 404, and of one that passes on what it has answered', async () => {
    const { tracer, app, get } = start(create);
    app.get('/orders/:id', (_request, response, next) => {
      response.status(404).send('no such order');
      next();
    });
    app.use(() => {});
    await get('/orders/7');
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.operationName).toBe('GET /orders/:id');
  });

  it('has the span active in middlewares, handlers, after the body was parsed, and in parameters', async () => {
    const { tracer, app, url } = start(create);
    const seen: unknown[] = [];
    const see = () => seen.push(tracer.activeSpan);
    app.use((_request, _response, next) => {
      see();
      next();
    });
    app.use(express5.json());
    app.param('id', (_request, _response, next) => {
      see();
      next();
    });
    app.post('/orders/:id', async (request, response) => {
      see();
      await delay(1);
      see();
      response.json(request.body).on('finish', see);
    });
    const response = await fetch(`${await url()}/orders/7`, {
      method: 'POST',
      body: '{"item":"cup"}',
      headers: { 'content-type': 'application/json' },
    });
    expect(await response.json()).toEqual({ item: 'cup' });
    const [span] = await finishedSpans(tracer, 1);
    expect(seen).toEqual([span, span, span, span, span]);
  });

  it('logs an error of a handler once, also where an error handler answers', async () => {
    const { tracer, app, get } = start(create);
    const error = new Error('the shelf is locked');
    const inner = Router();
    inner.get('/:id', () => {
      throw error;
    });
    app.use('/orders', inner);
    app.use(((_error, _request, _response, next) => next(_error)) as express5.ErrorRequestHandler);
    app.use(((_error, _request, response, _next) => {
      response.status(503).send('later');
    }) as express5.ErrorRequestHandler);
    expect(await get('/orders/7')).toBe('503 later');
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.operationName).toBe('GET /orders/:id');
    expect(span?.tags).toMatchObject({ error: true, 'http.status_code': 503 });
    expect(span?.logs.map(({ fields }) => fields['error.object'])).toEqual([error]);
  });

  it('logs an error that express itself answers, of a middleware before any route', async () => {
    const { tracer, app, get } = start(create);
    app.set('env', 'test');
    app.use((_request, _response, next) => next(new Error('no database')));
    expect(await get('/orders/7')).toMatch(/^500/);
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.operationName).toBe('GET');
    expect(span?.tags).toMatchObject({ error: true, 'http.status_code': 500 });
    expect(span?.logs[0]?.fields.message).toBe('no database');
  });

  it('takes an error that says that the request was wrong for no failure', async () => {
    const { tracer, app, get } = start(create);
    app.set('env', 'test');
    app.get('/orders/:id', (_request, _response, next) => {
      next(Object.assign(new Error('not yours'), { status: 403 }));
    });
    expect(await get('/orders/7')).toMatch(/^403/);
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.tags.error).toBeUndefined();
    expect(span?.logs[0]?.fields.message).toBe('not yours');
  });

  it('does not mix parallel requests', async () => {
    const { tracer, app, get } = start(create);
    const inner = Router();
    inner.get('/:ms', async (request, response) => {
      await delay(Number(request.params.ms));
      tracer.startSpan(`work ${request.params.ms}`).finish();
      response.send();
    });
    app.use('/:shop', inner);
    await Promise.all([9, 5, 1].map((ms) => get(`/shop${ms}/${ms}`)));
    const spans = await finishedSpans(tracer, 6);
    for (const work of spans.filter((span) => span.operationName.startsWith('work'))) {
      const parent = spans.find((span) => span.context().toSpanId() === work.parentId);
      expect(parent?.operationName).toBe('GET /:shop/:ms');
      expect(parent?.tags['http.url']).toContain(`/shop${work.operationName.slice(5)}/`);
    }
  });

  it('finishes the span of a stream that the client gave up as aborted', async () => {
    const { tracer, app, url } = start(create);
    app.get('/stream', (_request, response) => void response.write('first'));
    const aborted = request(`${await url()}/stream`, (response) => {
      response.once('data', () => aborted.destroy());
    }).on('error', () => {});
    aborted.end();
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.operationName).toBe('GET /stream');
    expect(span?.tags.error).toBe(true);
    expect(span?.logs[0]?.fields.event).toBe('aborted');
  });

  it('answers HEAD by a route for GET, and OPTIONS by none', async () => {
    const { tracer, app, get } = start(create);
    app.get('/orders', (_request, response) => void response.send('all'));
    await get('/orders', 'HEAD');
    expect(await get('/orders', 'OPTIONS')).toMatch(/^200/);
    const spans = await finishedSpans(tracer, 2);
    expect(spans.map((span) => span.operationName)).toEqual(['HEAD /orders', 'OPTIONS']);
  });

  it('adds to the span of instrumentHttp, which it finds', async () => {
    const { tracer, app, get } = start(create, {
      requestHook: (span) => void span.setTag('hook', 1),
    });
    onTestFinished(instrumentHttp({ tracer }));
    app.get('/orders/:id', (_request, response) => void response.send('order'));
    await get('/orders/7');
    const [span] = await finishedSpans(tracer, 1);
    expect(tracer.finishedSpans()).toHaveLength(1);
    expect(span?.operationName).toBe('GET /orders/:id');
    expect(span?.tags).toMatchObject({ component: 'http', hook: 1 });
  });

  it('leaves an ignored request alone, mounted applications included', async () => {
    const { tracer, app, get } = start(create, { ignore: ({ url }) => url === '/health' });
    const inner = traceExpress(create(), { tracer });
    inner.get('/health', (_request, response) => void response.send(String(tracer.activeSpan)));
    app.use(inner);
    expect(await get('/health')).toBe('200 null');
    expect(tracer.finishedSpans()).toEqual([]);
  });

  it('lets the name that a handler gives stand', async () => {
    const { tracer, app, get } = start(create);
    app.get('/orders/:id', (_request, response) => {
      tracer.activeSpan?.setOperationName('show order');
      response.send();
    });
    await get('/orders/7');
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.operationName).toBe('show order');
  });
});

describe.each(versions.slice(0, 2))('instrumentExpress, $name', ({ name, create }) => {
  const exported = name === 'express 4' ? express4 : express5;

  it('traces each new application, mounted ones once, until it is taken out', async () => {
    const tracer = createTracer();
    const hook = vi.fn();
    const stop = instrumentExpress(exported, { tracer, requestHook: hook });
    onTestFinished(stop);
    const app = create();
    const inner = create();
    inner.get('/:id', (_request, response) => void response.send());
    app.use('/orders', inner);
    const url = `http://127.0.0.1:${await listen(createServer(app as RequestListener))}`;
    await fetch(`${url}/orders/7`);
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.operationName).toBe('GET /orders/:id');
    expect(hook).toHaveBeenCalledTimes(1);

    stop();
    await fetch(`${url}/orders/7`);
    expect(tracer.finishedSpans()).toHaveLength(1);
  });

  it('installs once, puts back what it replaced, and goes with traceExpress', async () => {
    const tracer = createTracer();
    const { handle } = exported.application as { handle?: unknown };
    const stop = instrumentExpress(exported, { tracer });
    instrumentExpress(exported, { tracer })();
    const app = traceExpress(create(), { tracer });
    app.get('/orders/:id', () => {
      throw Object.assign(new Error('gone'), { status: 410 });
    });
    app.set('env', 'test');
    const url = `http://127.0.0.1:${await listen(createServer(app as RequestListener))}`;
    await fetch(`${url}/orders/7`);
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.operationName).toBe('GET /orders/:id');
    expect(span?.logs).toHaveLength(1);
    stop();
    expect((exported.application as { handle?: unknown }).handle).toBe(handle);
  });
});

describe('traceExpress', () => {
  it('shares the span, and each error, with another copy of this package', async () => {
    const { instrumentExpress: instrumentByOther } = createRequire(import.meta.url)(
      'opentracing-ts/instrumentation/express',
    ) as typeof import('opentracing-ts/instrumentation/express');
    expect(instrumentByOther).not.toBe(instrumentExpress);
    const tracer = createTracer();
    onTestFinished(instrumentByOther(express4, { tracer }));
    onTestFinished(instrumentByOther(express5, { tracer }));
    for (const create of [express4, express5]) {
      const app = traceExpress(create(), { tracer });
      app.set('env', 'test');
      app.get('/orders/:id', () => {
        throw new Error('the shelf is locked');
      });
      await fetch(`http://127.0.0.1:${await listen(createServer(app))}/orders/7`);
    }
    const spans = await finishedSpans(tracer, 2);
    expect(tracer.finishedSpans()).toHaveLength(2);
    for (const span of spans) {
      expect(span.operationName).toBe('GET /orders/:id');
      expect(span.logs).toHaveLength(1);
    }
  });

  it('says what is wrong with what it is given', () => {
    expect(() => traceExpress({} as App)).toThrow(
      'The app is an object, which has no method handle; give what express() returns.',
    );
    expect(() => traceExpress(express5(), { ignore: true as never })).toThrow(
      'The ignore of traceExpress is true; give a function.',
    );
    expect(() => instrumentExpress({})).toThrow('give what express exports.');
  });

  it('does nothing while no tracer is registered', async () => {
    const { app, get } = start(() => express5(), { tracer: undefined });
    const scopes: (Scope | null)[] = [];
    app.get('/', (_request, response) => void response.send(String(scopes.length)));
    expect(await get('/')).toBe('200 0');
    const tracer = createTracer();
    setGlobalTracer(tracer);
    await get('/');
    expect((await finishedSpans(tracer, 1))[0]?.operationName).toBe('GET /');
  });

  it('goes on with the trace of the caller, and tells onError of a hook that throws', async () => {
    const onError = vi.fn();
    const fail = () => {
      throw new Error('a hook');
    };
    const { tracer, app, url } = start(() => express5(), {
      onError,
      requestHook: fail,
      responseHook: fail,
    });
    app.get('/', (_request, response) => void response.send());
    const parent = tracer.startSpan('caller');
    const headers: Record<string, string> = {};
    tracer.inject(parent, 'http_headers', headers);
    await fetch(`${await url()}/`, { headers });
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.parentId).toBe(parent.context().toSpanId());
    expect(onError).toHaveBeenCalledTimes(1);
  });
});

function start(create: () => App, options: Parameters<typeof traceExpress>[1] = {}) {
  const tracer: MockTracer = createTracer();
  const app = traceExpress(create(), { tracer, ...options });
  let port: Promise<number> | undefined;
  const url = async () => {
    port ??= listen(createServer(app as RequestListener));
    return `http://127.0.0.1:${await port}`;
  };
  /** Status and body. */
  const get = async (path: string, method = 'GET') => {
    const response = await fetch((await url()) + path, { method });
    return `${response.status} ${await response.text()}`;
  };
  return { tracer, app, url, get };
}
