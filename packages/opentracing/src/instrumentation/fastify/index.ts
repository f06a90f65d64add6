/**
 * Traces the servers of fastify, from version 5 on.
 *
 * @module
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkMethod } from '../../check-method.js';
import { logHandledError } from '../handled-error.js';
import { traceServerRequest } from '../http/trace-request.js';
import { installOnce } from '../install-once.js';
import type { RequestTracingOptions } from '../options.js';
import { RequestTracing } from '../request-tracing.js';
import { type ServerSpan, serverSpanOf } from '../server-spans.js';

export type { InstrumentationOptions, RequestRules, RequestTracingOptions } from '../options.js';

/** An application of fastify, as far as it is used here. */
export interface FastifyApp {
  // Its many overloads are fastify's business.
  readonly addHook: unknown;
  readonly decorateReply: unknown;
}

/** What {@link traceFastify} takes; the hooks get the request and the response of Node. */
export type FastifyOptions = RequestTracingOptions<IncomingMessage, ServerResponse>;

type Tracing = RequestTracing<IncomingMessage, ServerResponse>;

interface Request {
  raw: IncomingMessage;
  routeOptions: {
    /** The pattern of the route with all prefixes; `undefined` where no route was found. */
    url?: string | undefined;
  };
}

interface Reply {
  raw: ServerResponse;
}

interface Hooks {
  addHook(
    name: 'onRequest',
    hook: (request: Request, reply: Reply, done: () => void) => void,
  ): unknown;
  addHook(
    name: 'onError',
    hook: (request: Request, reply: Reply, error: unknown, done: () => void) => void,
  ): unknown;
}

const INITIALIZATION = 'fastify.initialization';

/**
 * Traces the requests that an application of fastify answers, those of its plugins too: one server span
 * each, named by the method and the pattern of the route with its prefixes (`GET /orders/:id`), and by
 * the method alone where no route was found. It is active for all hooks that are added later, for the
 * handlers, and for what parses the body.
 *
 * The span is the one of `instrumentHttp`, where that is installed. What a hook or a handler throws is
 * logged there, also where an error handler makes a response of it; it sets the `error` tag unless the
 * error carries a `statusCode` from 400 to 499. Statuses from 500 set the tag in any case.
 *
 * @param app - what `fastify()` returned. Hooks run in the order in which they were added, so trace it
 *   before you add yours.
 * @param options - the tracer, by default the global one; hooks; which requests and headers
 * @returns `app`
 * @throws TypeError for what is no application, or an option of the wrong type
 * @example
 * ```js
 * import fastify from 'fastify';
 *
 * const tracer = new MockTracer(new AsyncLocalStorageScopeManager());
 * const app = traceFastify(fastify(), { tracer });
 * app.get('/orders/:id', async (request) => `order ${request.params.id}`);
 *
 * const response = await fetch(`${await app.listen({ port: 0, host: '127.0.0.1' })}/orders/7`);
 * console.log(await response.text());
 * await app.close();
 * console.log(tracer.finishedSpans()[0].operationName);
 * ```
 * ```text
 * order 7
 * GET /orders/:id
 * ```
 */
export function traceFastify<App extends FastifyApp>(app: App, options: FastifyOptions = {}): App {
  checkMethod('The app is', app, 'addHook', 'give what fastify() returns');
  addHooks(app, new RequestTracing('traceFastify', 'fastify', options));
  return app;
}

/**
 * {@link traceFastify} as a plugin: `app.register(fastifyTracing, { ignore })`. It goes for the whole
 * application, or for the part of it in which it is registered, as the plugins do that are made with
 * `fastify-plugin`.
 *
 * @param app - given by fastify
 * @param options - as those of {@link traceFastify}
 * @param done - given by fastify
 */
export function fastifyTracing(app: FastifyApp, options: FastifyOptions, done: () => void): void {
  addHooks(app, new RequestTracing('fastifyTracing', 'fastify', options));
  done();
}

// How fastify knows a plugin that is not to be a world of its own, and what it calls it in messages.
Object.assign(fastifyTracing, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'opentracing-ts',
});

/**
 * Traces each application that is made from now on, as {@link traceFastify} does: the automatic form, for
 * who starts the program but does not write it. It needs nothing of the module `fastify`, which announces
 * each new application on the diagnostics channel `fastify.initialization`.
 *
 * @param options - as those of {@link traceFastify}
 * @returns stops tracing applications that are made later. While it is installed, by whichever copy of
 *   this package, installing it again does nothing.
 * @throws TypeError for an option of the wrong type
 */
export function instrumentFastify(options: FastifyOptions = {}): () => void {
  const tracing = new RequestTracing('instrumentFastify', 'fastify', options);
  return installOnce('fastify', () => {
    const onInitialization = tracing.guard((message: unknown) => {
      addHooks((message as { fastify: FastifyApp }).fastify, tracing);
    });
    subscribe(INITIALIZATION, onInitialization);
    return () => unsubscribe(INITIALIZATION, onInitialization);
  });
}

function addHooks(app: FastifyApp, tracing: Tracing): void {
  const nameRoute = tracing.guard((serverSpan: ServerSpan, { routeOptions }: Request) => {
    if (routeOptions.url !== undefined) {
      serverSpan.nameRoute(routeOptions.url);
    }
  });
  const logError = tracing.guard(logHandledError);
  const hooks = app as Hooks;
  hooks.addHook('onRequest', (request, reply, done) => {
    traceServerRequest(tracing, request.raw, reply.raw, (serverSpan) => {
      if (serverSpan !== null) {
        nameRoute(serverSpan, request);
      }
      done();
    });
  });
  hooks.addHook('onError', (request, _reply, error, done) => {
    const serverSpan = serverSpanOf(request.raw);
    if (serverSpan) {
      logError(serverSpan, error);
    }
    done();
  });
}
