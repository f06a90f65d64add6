import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import {
  contextFromEnvironment,
  environmentWithContext,
} from 'opentracing-ts/instrumentation/child-process';
import { instrumentConsole } from 'opentracing-ts/instrumentation/console';
import { instrumentExpress, traceExpress } from 'opentracing-ts/instrumentation/express';
import { traceFastify } from 'opentracing-ts/instrumentation/fastify';
import { traced, wrap } from 'opentracing-ts/instrumentation/functions';
import { instrumentHono, traceHono } from 'opentracing-ts/instrumentation/hono';
import { instrumentHttp } from 'opentracing-ts/instrumentation/http';
import { instrumentKoa, traceKoa } from 'opentracing-ts/instrumentation/koa';
import { pinoLogMethod, pinoMixin } from 'opentracing-ts/instrumentation/pino';
import { traceWinston, winstonFormat } from 'opentracing-ts/instrumentation/winston';
import { attachContext, tracedHandler } from 'opentracing-ts/instrumentation/worker-threads';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { OpenTracingTracerProvider, registerOpenTelemetry } from 'opentracing-ts/opentelemetry';
import { afterEach, describe, expect, it, vi } from 'vitest';
import winston from 'winston';

afterEach(() => {
  vi.restoreAllMocks();
});

const work = () => 1;

describe('the name of an option that looks mistyped is told of by', () => {
  it.each<[string, string, string, (options: object) => unknown]>([
    ['traced', 'nam', 'name', (options) => traced(options, work)],
    ['traced', 'operationName', 'name', (options) => traced(options, work)],
    ['tracedHandler', 'tag', 'tags', (o) => tracedHandler({ name: 'work', ...o }, work)],
    ['pinoMixin', 'traceId', 'traceIdField', pinoMixin],
    ['pinoMixin', 'spanIdfield', 'spanIdField', pinoMixin],
    ['pinoLogMethod', 'tracr', 'tracer', pinoLogMethod],
    ['winstonFormat', 'spanlogs', 'spanLogs', winstonFormat],
    ['traceWinston', 'spanLog', 'spanLogs', (o) => traceWinston(winston.createLogger(), o)],
    ['instrumentConsole', 'spanlogs', 'spanLogs', (options) => instrumentConsole(options)()],
    ['instrumentConsole', 'prefx', 'prefix', (options) => instrumentConsole(options)()],
    ['environmentWithContext', 'PATH', 'env: { … } around it', environmentWithContext],
    ['environmentWithContext', 'spann', 'span', environmentWithContext],
    ['contextFromEnvironment', 'TRACEPARENT', 'env: { … } around it', contextFromEnvironment],
    ['registerOpenTelemetry', 'tracr', 'tracer', (options) => registerOpenTelemetry(options)()],
  ])('%s: %s', (of, name, meant, use) => {
    const told: string[] = [];
    use({ [name]: undefined, onError: ({ message }: Error) => told.push(message) });
    const said = `${of} has no option '${name}' (did you mean ${meant}?).`;
    expect(told).toEqual([said]);
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    use({ [name]: undefined });
    expect(warn.mock.calls).toEqual([[`opentracing-ts: ${said}`]]);
  });

  it('MockTracer, on the standard error stream', () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    new MockTracer({ scopemanager: undefined } as object);
    expect(warn.mock.calls).toEqual([
      ["opentracing-ts: MockTracer has no option 'scopemanager' (did you mean scopeManager?)."],
    ]);
  });

  it('nobody where it is another name, or right', () => {
    const told: string[] = [];
    const onError = (error: unknown) => told.push(String(error));
    traced({ name: 'work', tags: {}, endsWithCallback: false, colour: 1, onError } as object, work);
    environmentWithContext({ env: { PATH: '/bin' }, span: null, onError });
    instrumentConsole({ prefix: false, spanLogs: true, traceIdField: 'id', onError } as object)();
    expect(told).toEqual([]);
  });
});

describe('a tracer in the place of options is refused by', () => {
  it.each<[string, (tracer: object) => unknown]>([
    ['traceExpress', (tracer) => traceExpress(express(), tracer)],
    ['traceFastify', (tracer) => traceFastify(fastify(), tracer)],
    ['traceKoa', (tracer) => traceKoa(new Koa(), tracer)],
    ['traceHono', (tracer) => traceHono(new Hono(), tracer)],
    ['instrumentHttp', instrumentHttp],
    ['traced', (tracer) => traced(tracer, work)],
    ['wrap', (tracer) => wrap(work, tracer)],
    ['attachContext', (tracer) => attachContext(1, tracer)],
    ['tracedHandler', (tracer) => tracedHandler(tracer as { name: string }, work)],
    ['pinoMixin', pinoMixin],
    ['winstonFormat', winstonFormat],
    ['instrumentConsole', instrumentConsole],
    ['environmentWithContext', environmentWithContext],
    ['registerOpenTelemetry', registerOpenTelemetry],
    ['OpenTracingTracerProvider', (tracer) => new OpenTracingTracerProvider(tracer)],
  ])('%s', (of, use) => {
    expect(() => use(new MockTracer())).toThrow(
      new TypeError(`${of} takes an object with options, not a tracer; pass it as { tracer }.`),
    );
  });
});

it.each([
  ['express.application is', 'give what express exports.', instrumentExpress],
  ['Koa.prototype is', 'give the class that koa exports.', instrumentKoa],
  ['The class Hono is', 'give the one that the module hono exports.', instrumentHono],
])('nothing in the place of a framework is refused in a sentence: %s', (is, remedy, instrument) => {
  const use = instrument as (framework?: object | null) => unknown;
  for (const framework of [undefined, null]) {
    expect(() => use(framework)).toThrow(is);
    expect(() => use(framework)).toThrow(remedy);
  }
});
