import { request } from 'node:http';
import { connect } from 'node:http2';
import { text as readText } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import { setGlobalTracer, Tracer } from 'opentracing-ts';
import {
  type FastifyOptions,
  fastifyTracing,
  instrumentFastify,
  traceFastify,
} from 'opentracing-ts/instrumentation/fastify';
import { instrumentHttp } from 'opentracing-ts/instrumentation/http';
import type { MockTracer } from 'opentracing-ts/mocktracer';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createTracer, expectRouted, finishedSpans } from './instrumentation-helpers.js';

afterEach(() => setGlobalTracer(new Tracer()));

type Trace = (tracer: MockTracer, options?: FastifyOptions) => FastifyInstance;

const forms: { name: string; trace: Trace }[] = [
  {
    name: 'traceFastify',
    trace: (tracer, options) => traceFastify(close(fastify()), { tracer, ...options }),
  },
  {
    name: 'the plugin',
    trace: (tracer, options) => {
      const app = close(fastify());
      app.register(fastifyTracing, { tracer, ...options });
      return app;
    },
  },
  {
    name: 'instrumentFastify',
    trace: (tracer, options) => {
      onTestFinished(instrumentFastify({ tracer, ...options }));
      return close(fastify());
    },
  },
];

describe.each(forms)('fastify, traced by $name', ({ trace }) => {
  it('makes one server span, named by the method and the pattern of the route', async () => {
    const tracer = createTracer();
    const app = trace(tracer);
    app.get('/orders/:id', async (request) => (request.params as { id: string }).id);
    expect(await get(app, '/orders/7?token=secret')).toBe('200 7');
    const [span] = await finishedSpans(tracer, 1);
    expect(tracer.finishedSpans()).toHaveLength(1);
    expectRouted(span, 'fastify', '/orders/:id');
  });

  it('traces what plugins add, and names it with their prefixes', async () => {
    const tracer = createTracer();
    const app = trace(tracer);
    app.register(
      async (api) => {
        api.register(async (orders) => void orders.get('/:id', async () => 'order'), {
          prefix: '/orders',
        });
      },
      { prefix: '/api/:version' },
    );
    await get(app, '/api/v2/orders/7');
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.operationName).toBe('GET /api/:version/orders/:id');
  });

  it('names a request by the method alone where no route was found', async () => {
    const tracer = createTracer();
    const app = trace(tracer);
    expect(await get(app, '/orders/7')).toMatch(/^404/);
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.operationName).toBe('GET');
    expect(span?.tags['http.route']).toBeUndefined();
    expect(span?.tags.error).toBeUndefined();
  });

  it('has the span active in all hooks, the handler, and what parses the body', async () => {
    const tracer = createTracer();
    const app = trace(tracer);
    const seen: Record<string, unknown> = {};
    const see = (name: string) => {
      seen[name] = tracer.activeSpan;
    };
    for (const name of [
      'onRequest',
      'preParsing',
      'preValidation',
      'preHandler',
      'onSend',
    ] as const) {
      app.addHook(name as 'onRequest', async () => see(name));
    }
    app.addHook('onResponse', async () => see('onResponse'));
    app.addContentTypeParser(
      'text/x',
      { parseAs: 'string' },
      async (_request: unknown, body: string) => {
        see('parser');
        return body;
      },
    );
    app.post('/orders/:id', async (request) => {
      see('handler');
      await delay(1);
      see('handler, later');
      return request.body;
    });
    const response = await fetch(`${await listen(app)}/orders/7`, {
      method: 'POST',
      body: 'a cup',
      headers: { 'content-type': 'text/x' },
    });
    expect(await response.text()).toBe('a cup');
    const [span] = await finishedSpans(tracer, 1);
    expect(Object.keys(seen).sort()).toEqual([
      'handler',
      'handler, later',
      'onRequest',
      'onResponse',
      'onSend',
      'parser',
      'preHandler',
      'preParsing',
      'preValidation',
    ]);
    for (const [name, active] of Object.entries(seen))
      expect({ name, active }).toEqual({ name, active: span });
  });

  it('logs an error of a handler, also where an error handler answers', async () => {
    const tracer = createTracer();
    const app = trace(tracer);
    const error = new Error('the shelf is locked');
    app.setErrorHandler((_error, _request, reply) => reply.code(503).send('later'));
    app.get('/orders/:id', async () => {
      throw error;
    });
    expect(await get(app, '/orders/7')).toBe('503 later');
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.tags).toMatchObject({ error: true, 'http.status_code': 503 });
    expect(span?.logs.map(({ fields }) => fields['error.object'])).toEqual([error]);
  });

  it('logs an error of a hook before the handler', async () => {
    const tracer = createTracer();
    const app = trace(tracer);
    app.addHook('onRequest', async () => {
      throw new Error('no database');
    });
    app.get('/orders/:id', async () => 'order');
    expect(await get(app, '/orders/7')).toMatch(/^500/);
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.operationName).toBe('GET /orders/:id');
    expect(span?.tags.error).toBe(true);
    expect(span?.logs[0]?.fields.message).toBe('no database');
  });

  it('takes a request that does not fit the schema for no failure', async () => {
    const tracer = createTracer();
    const app = trace(tracer);
    const params = { type: 'object', properties: { id: { type: 'integer' } } };
    app.get('/orders/:id', { schema: { params } }, async () => 'order');
    expect(await get(app, '/orders/x')).toMatch(/^400/);
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.tags.error).toBeUndefined();
    expect(span?.logs[0]?.fields.message).toBe('params/id must be integer');
  });

  it('does not mix parallel requests', async () => {
    const tracer = createTracer();
    const app = trace(tracer);
    app.get('/:ms', async (request) => {
      const { ms } = request.params as { ms: string };
      await delay(Number(ms));
      tracer.startSpan(`work ${ms}`).finish();
    });
    await Promise.all([9, 5, 1].map((ms) => get(app, `/${ms}`)));
    const spans = await finishedSpans(tracer, 6);
    for (const work of spans.filter((span) => span.operationName.startsWith('work'))) {
      const parent = spans.find((span) => span.context().toSpanId() === work.parentId);
      expect(parent?.tags['http.url']).toMatch(new RegExp(`/${work.operationName.slice(5)}$`));
    }
  });

  it('finishes the span of a stream that the client gave up as aborted', async () => {
    const tracer = createTracer();
    const app = trace(tracer);
    app.get('/stream', (_request, reply) => {
      reply.hijack();
      reply.raw.write('first');
    });
    const aborted = request(`${await listen(app)}/stream`, (response) => {
      response.once('data', () => aborted.destroy());
    }).on('error', () => {});
    aborted.end();
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.operationName).toBe('GET /stream');
    expect(span?.tags.error).toBe(true);
    expect(span?.logs[0]?.fields.event).toBe('aborted');
  });

  it('answers HEAD by a route for GET, and traces what a test injects', async () => {
    const tracer = createTracer();
    const app = trace(tracer);
    app.get('/orders', async () => 'all');
    expect((await app.inject({ method: 'HEAD', url: '/orders' })).statusCode).toBe(200);
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.operationName).toBe('HEAD /orders');
    expect(span?.tags['http.status_code']).toBe(200);
  });

  it('adds to the span of instrumentHttp, which it finds', async () => {
    const tracer = createTracer();
    onTestFinished(instrumentHttp({ tracer }));
    const app = trace(tracer, { responseHook: (span) => void span.setTag('hook', 1) });
    app.get('/orders/:id', async () => 'order');
    await get(app, '/orders/7');
    const [span] = await finishedSpans(tracer, 1);
    expect(tracer.finishedSpans()).toHaveLength(1);
    expect(span?.operationName).toBe('GET /orders/:id');
    expect(span?.tags).toMatchObject({ component: 'http', hook: 1 });
  });

  it('leaves an ignored request alone', async () => {
    const tracer = createTracer();
    const app = trace(tracer, { ignore: ({ url }) => url === '/health' });
    app.get('/health', async () => String(tracer.activeSpan));
    expect(await get(app, '/health')).toBe('200 null');
    expect(tracer.finishedSpans()).toEqual([]);
  });

  it('lets the name that a handler gives stand', async () => {
    const tracer = createTracer();
    const app = trace(tracer);
    app.get('/orders/:id', async () => void tracer.activeSpan?.setOperationName('show order'));
    await get(app, '/orders/7');
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.operationName).toBe('show order');
  });

  it('keeps applications of one process apart', async () => {
    const [tracer, other] = [createTracer(), createTracer()];
    const app = trace(tracer);
    const second = traceFastify(close(fastify()), { tracer: other });
    app.get('/a', async () => get(second, '/b'));
    second.get('/b', async () => 'b');
    expect(await get(app, '/a')).toBe('200 200 b');
    const names = (await finishedSpans(tracer, 1)).map((span) => span.operationName);
    expect(names).toContain('GET /a');
  });
});

describe('traceFastify', () => {
  it('says what is wrong with what it is given', () => {
    expect(() => traceFastify({} as FastifyInstance)).toThrow(
      'The app is an object, which has no method addHook; give what fastify() returns.',
    );
    expect(() => traceFastify(fastify(), { requestHook: 1 as never })).toThrow(
      'The requestHook of traceFastify is 1; give a function.',
    );
  });

  it('does nothing while no tracer is registered', async () => {
    const app = traceFastify(close(fastify()));
    app.get('/', async () => 'ok');
    expect(await get(app, '/')).toBe('200 ok');
    const tracer = createTracer();
    setGlobalTracer(tracer);
    await get(app, '/');
    expect((await finishedSpans(tracer, 1))[0]?.operationName).toBe('GET /');
  });

  it('logs one error once where it traces twice', async () => {
    const tracer = createTracer();
    onTestFinished(instrumentFastify({ tracer }));
    const hook = vi.fn();
    const app = traceFastify(close(fastify()), { tracer, requestHook: hook });
    app.get('/', async () => {
      throw new Error('gone');
    });
    await get(app, '/');
    const [span] = await finishedSpans(tracer, 1);
    expect(tracer.finishedSpans()).toHaveLength(1);
    expect(hook).toHaveBeenCalledTimes(1);
    expect(span?.logs).toHaveLength(1);
  });

  it('traces requests of HTTP/2', async () => {
    const tracer = createTracer();
    const app = traceFastify(fastify({ http2: true }), { tracer });
    onTestFinished(() => app.close());
    app.post('/orders/:id', async (request) => {
      tracer.startSpan('work').finish();
      return request.body;
    });
    const session = connect(await app.listen({ port: 0, host: '127.0.0.1' }));
    onTestFinished(() => session.close());
    const stream = session.request({
      ':method': 'POST',
      ':path': '/orders/7',
      'content-type': 'text/plain',
    });
    stream.end('a cup');
    expect(await readText(stream)).toBe('a cup');
    const [span, work] = await finishedSpans(tracer, 2);
    expect(span?.operationName).toBe('POST /orders/:id');
    expect(span?.tags).toMatchObject({ 'http.status_code': 200, 'http.route': '/orders/:id' });
    expect(span?.tags.error).toBeUndefined();
    expect(work?.parentId).toBe(span?.context().toSpanId());
  });

  it('names a request by the route of its rewritten URL', async () => {
    const tracer = createTracer();
    const options: FastifyServerOptions = { rewriteUrl: ({ url }) => `/v1${url}` };
    const app = traceFastify(close(fastify(options) as FastifyInstance), { tracer });
    app.get('/v1/orders/:id', async () => 'order');
    expect(await get(app, '/orders/7')).toBe('200 order');
    expect((await finishedSpans(tracer, 1))[0]?.operationName).toBe('GET /v1/orders/:id');
  });
});

/** Closes an application at the end of the test. */
function close(app: FastifyInstance): FastifyInstance {
  onTestFinished(() => app.close());
  return app;
}

const listening = new WeakMap<FastifyInstance, Promise<string>>();

/** The address of an application, which listens from then on. */
function listen(app: FastifyInstance): Promise<string> {
  const url = listening.get(app) ?? app.listen({ host: '127.0.0.1', port: 0 });
  listening.set(app, url);
  return url;
}

/** Status and body. */
async function get(app: FastifyInstance, path: string): Promise<string> {
  const response = await fetch((await listen(app)) + path);
  return `${response.status} ${await response.text()}`;
}
