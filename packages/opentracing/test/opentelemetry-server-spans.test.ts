import { once } from 'node:events';
import { createServer, get as httpGet, type IncomingMessage, type ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { context, propagation, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import { setGlobalTracer, Tracer } from 'opentracing-ts';
import { type ExpressOptions, traceExpress } from 'opentracing-ts/instrumentation/express';
import { traceFastify } from 'opentracing-ts/instrumentation/fastify';

import { traceHono } from 'opentracing-ts/instrumentation/hono';
import { traceKoa } from 'opentracing-ts/instrumentation/koa';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { OpenTelemetryTracer, registerOpenTelemetry } from 'opentracing-ts/opentelemetry';
import { AsyncLocalStorageScopeManager } from 'opentracing-ts/scope-managers/async-local-storage';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { listen } from './instrumentation-helpers.js';
import { setUpSdk, takeDownSdk } from './opentelemetry-helpers.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const REMOTE = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };

afterEach(() => {
  takeDownSdk();
  setGlobalTracer(new Tracer());
});

const worlds: Record<string, () => { tracer: Tracer; spans: () => Recorded[] }> = {
  'an SDK': () => {
    const { spans } = setUpSdk();
    const tracer = new OpenTelemetryTracer();
    const recorded = () =>
      spans().map(({ name, attributes, kind }) => ({
        name,
        tags: attributes,
        isServer: kind === SpanKind.SERVER,
      }));
    return { tracer, spans: recorded };
  },
  'a tracer of OpenTracing': () => {
    takeDownSdk();
    const tracer = new MockTracer(new AsyncLocalStorageScopeManager());
    registerOpenTelemetry({ tracer });
    const recorded = () =>
      tracer.finishedSpans().map(({ operationName, tags }) => ({
        name: operationName,
        tags,
        isServer: tags['span.kind'] === 'server',
      }));
    return { tracer, spans: recorded };
  },
};

interface Recorded {
  name: string;
  tags: Readonly<Record<string, unknown>>;
  isServer: boolean;
}

const frameworks: Record<string, (options: ExpressOptions, work: () => void) => Promise<Handler>> =
  {
    async express(options, work) {
      const app = traceExpress(express(), options);
      app.get('/cakes/:id', (_request, response) => {
        work();
        response.send('cake');
      });
      return app;
    },
    async fastify(options, work) {
      const app = traceFastify(fastify(), options);
      app.get('/cakes/:id', async () => {
        work();
        return 'cake';
      });
      await app.ready();
      return app.routing;
    },
    async hono({ ignore }, work) {
      const app = traceHono(new Hono(), {
        captureRequestHeaders: ['host'],
        responseHook: (span) => span.setTag('baked', true),
        ...(ignore && { ignore: () => true }),
      });
      app.get('/cakes/:id', (hono) => {
        work();
        return hono.text('cake');
      });
      return getRequestListener(app.fetch);
    },
    async koa(options, work) {
      const app = traceKoa(new Koa(), options);
      app.use((ctx) => {
        work();
        ctx._matchedRoute = '/cakes/:id';
        ctx.body = 'cake';
      });
      return app.callback();
    },
  };

/** Handles requests as OpenTelemetry's instrumentation of `node:http` does. */
function instrumented(handler: Handler): Handler {
  return (request, response) => {
    const parent = propagation.extract(ROOT_CONTEXT, request.headers);
    const span = trace.getTracer('http').startSpan('GET', { kind: SpanKind.SERVER }, parent);
    response.once('close', () => span.end());
    context.with(trace.setSpan(parent, span), () => handler(request, response));
  };
}

async function ask(handler: Handler, headers: Record<string, string>): Promise<void> {
  const port = await listen(createServer(handler));
  const request = httpGet({ host: '127.0.0.1', port, path: '/cakes/7', headers });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  await once(response.resume(), 'end');
}

for (const [world, setUp] of Object.entries(worlds)) {
  for (const [name, create] of Object.entries(frameworks)) {
    describe(`${name} under OpenTelemetry's instrumentation of http, into ${world},`, () => {
      for (const [how, headers] of Object.entries({ 'a parent': REMOTE, 'no parent': {} })) {
        it(`adds to its span of a request with ${how}, and starts none`, async () => {
          const { tracer, spans } = setUp();
          setGlobalTracer(tracer);
          const carried = how === 'a parent' ? headersFor(tracer) : headers;
          const handler = await create(
            {
              captureRequestHeaders: ['host'],
              responseHook: (span) => span.setTag('baked', true),
            },
            () => tracer.startSpan('oven').finish(),
          );
          await ask(instrumented(handler), carried);
          await vi.waitUntil(() => spans().length > 1);
          expect(spans().map((span) => span.name)).toEqual(['oven', 'GET /cakes/:id']);
          expect(spans()[1]?.isServer).toBe(true);
          expect(spans()[1]?.tags).toMatchObject({ 'http.route': '/cakes/:id', baked: true });
          expect(spans()[1]?.tags).toHaveProperty(['http.request.header.host']);
        });
      }

      it('leaves it alone where it is to ignore the request', async () => {
        const { tracer, spans } = setUp();
        setGlobalTracer(tracer);
        await ask(instrumented(await create({ ignore: () => true }, () => {})), {});
        await vi.waitUntil(() => spans().length > 0);
        expect(spans().map((span) => span.name)).toEqual(['GET']);
      });
    });
  }

  it(`a request has a span of its own where the active one is of another, into ${world}`, async () => {
    const { tracer, spans } = setUp();
    setGlobalTracer(tracer);
    const handler = await frameworks.express?.({}, () => {});
    const other = trace.getTracer('http').startSpan('other', { kind: SpanKind.SERVER });
    const batch = trace.getTracer('batch').startSpan('batch');
    const ended = trace.getTracer('http').startSpan('ended', { kind: SpanKind.SERVER });
    ended.end();
    for (const [active, headers] of [
      [other, headersFor(tracer)],
      [batch, {}],
      [ended, {}],
    ] as const) {
      await ask((request, response) => {
        context.with(trace.setSpan(ROOT_CONTEXT, active), () => handler?.(request, response));
      }, headers);
    }
    await vi.waitUntil(() => spans().length > 3);
    expect(spans().map((span) => span.name)).toEqual(['ended', ...Array(3).fill('GET /cakes/:id')]);
  });
}

/** What a caller sends. */
function headersFor(tracer: Tracer): Record<string, string> {
  const headers: Record<string, string> = {};
  if (tracer instanceof MockTracer) {
    tracer.inject(tracer.startSpan('caller'), 'http_headers', headers);
    return headers;
  }
  return REMOTE;
}
