/**
 * Traces the servers of koa, 2 and 3.
 *
 * @module
 */
import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkMethod } from '../../check-method.js';
import type { Guard } from '../guard.js';
import { logHandledError } from '../handled-error.js';
import { traceServerRequest } from '../http/trace-request.js';
import type { RequestTracingOptions } from '../options.js';
import { overrideEmit } from '../override-emit.js';
import { overrideMethod } from '../override-method.js';
import { RequestTracing } from '../request-tracing.js';
import { type ServerSpan, serverSpanOf } from '../server-spans.js';

export type { InstrumentationOptions, RequestRules, RequestTracingOptions } from '../options.js';

/** An application of koa, as far as it is used here. */
export interface KoaApp {
  readonly middleware: unknown[];
  callback(): unknown;
}

/** What koa gives to a middleware, as far as it is used here. */
export interface KoaContext {
  readonly app: object;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}

/** A middleware of koa. */
export type KoaMiddleware = (context: KoaContext, next: () => Promise<unknown>) => Promise<unknown>;

/** What {@link traceKoa} takes; the hooks get the request and the response of Node. */
export type KoaOptions = RequestTracingOptions<IncomingMessage, ServerResponse>;

/**
 * Traces the requests that an application of koa answers, with all that is mounted in it: one server span
 * each, active for all middlewares. `@koa/router` and its forerunners say which route they have found; the
 * span is then named by the method and the pattern of the route with its prefixes (`GET /orders/:id`) as
 * soon as the middlewares are done, otherwise by the method alone.
 *
 * The span is the one of `instrumentHttp`, where that is installed. What a middleware throws is logged
 * there, and what is given to `app.emit('error', error, context)`; it sets the `error` tag unless the error
 * carries a `status` from 400 to 499. Statuses from 500 set the tag in any case. An error that a
 * middleware of yours catches, and tells nobody of, is not seen.
 *
 * @param app - a `new Koa()`; where it is called, before or after the middlewares are added, makes no
 *   difference
 * @param options - the tracer, by default the global one; hooks; which requests and headers
 * @returns `app`
 * @throws TypeError for what is no application, or an option of the wrong type
 * @example
 * ```js
 * import Koa from 'koa';
 *
 * const tracer = new MockTracer(new AsyncLocalStorageScopeManager());
 * const app = traceKoa(new Koa(), { tracer });
 * app.use((context) => void (context.body = '3 items'));
 *
 * const server = app.listen(0, '127.0.0.1', async () => {
 *   const response = await fetch(`http://127.0.0.1:${server.address().port}/basket`);
 *   console.log(await response.text());
 *   server.close(() => console.log(tracer.finishedSpans()[0].operationName));
 * });
 * ```
 * ```text
 * 3 items
 * GET
 * ```
 */
export function traceKoa<App extends KoaApp>(app: App, options: KoaOptions = {}): App {
  checkMethod('The app is', app, 'callback', 'give a new Koa()');
  app.middleware.unshift(middleware(new RequestTracing('traceKoa', 'koa', options)));
  return app;
}

/**
 * {@link traceKoa} as a middleware: `app.use(koaTracing())`. Middlewares that were added before it run
 * without the span, and their errors are not seen.
 *
 * @param options - as those of {@link traceKoa}
 * @throws TypeError for an option of the wrong type
 */
export function koaTracing(options: KoaOptions = {}): KoaMiddleware {
  return middleware(new RequestTracing('koaTracing', 'koa', options));
}

/**
 * Traces each application that starts to answer from now on, as {@link traceKoa} does: the automatic form,
 * for who starts the program but does not write it.
 *
 * @param Koa - the class that the module `koa` exports
 * @param options - as those of {@link traceKoa}
 * @returns stops tracing, for the applications that answer already too. While it is installed, by
 *   whichever copy of this package, installing it again does nothing.
 * @throws TypeError for what is not koa, or an option of the wrong type
 */
export function instrumentKoa(Koa: object, options: KoaOptions = {}): () => void {
  const prototype = (Koa as { prototype?: object } | undefined)?.prototype as object;
  checkMethod('Koa.prototype is', prototype, 'callback', 'give the class that koa exports');
  const trace = middleware(new RequestTracing('instrumentKoa', 'koa', options));
  let isInstalled = true;
  const traceIfInstalled: KoaMiddleware = (context, next) =>
    isInstalled ? trace(context, next) : next();
  const restore = overrideMethod(prototype, 'callback', (callback) => {
    return function (...args) {
      const app = this as KoaApp;
      if (!app.middleware.includes(traceIfInstalled)) {
        app.middleware.unshift(traceIfInstalled);
      }
      return Reflect.apply(callback, this, args);
    };
  });
  return () => {
    isInstalled = false;
    restore();
  };
}

function middleware(tracing: RequestTracing<IncomingMessage, ServerResponse>): KoaMiddleware {
  const apps = new WeakSet<object>();
  const logError = tracing.guard(logHandledError);
  const nameRoute = tracing.guard(nameByRoute);

  async function handle(
    context: KoaContext,
    next: () => Promise<unknown>,
    serverSpan: ServerSpan,
  ): Promise<unknown> {
    let isNamed = false;
    const name = () => {
      if (!isNamed) {
        isNamed = true;
        nameRoute(serverSpan, context);
      }
    };
    // A request that is cut off is over before its middlewares are.
    serverSpan.onEnd(name);
    try {
      return await next();
    } catch (error) {
      // Koa makes an error of what is none, and then tells of that.
      if (error instanceof Error) {
        logError(serverSpan, error);
      }
      throw error;
    } finally {
      name();
    }
  }

  return (context, next) =>
    traceServerRequest(tracing, context.req, context.res, (serverSpan) => {
      if (serverSpan === null) {
        return next();
      }
      if (!apps.has(context.app)) {
        apps.add(context.app);
        seeErrors(context.app as EventEmitter, tracing.guard);
      }
      return handle(context, next, serverSpan);
    });
}

/** Koa tells its application of the errors that it makes responses of, as error handlers should. */
function seeErrors(app: EventEmitter, guard: Guard): void {
  const onError = guard((error: unknown, context: Partial<KoaContext> | undefined) => {
    const serverSpan = context?.req && serverSpanOf(context.req);
    if (serverSpan) {
      logHandledError(serverSpan, error);
    }
  });
  overrideEmit(app, (emit) => {
    return function (...args) {
      if (args[0] === 'error') {
        onError(args[1], args[2] as Partial<KoaContext> | undefined);
      }
      return Reflect.apply(emit, this, args);
    };
  });
}

function nameByRoute(serverSpan: ServerSpan, context: KoaContext): void {
  const { _matchedRoute: route } = context as { _matchedRoute?: string | RegExp };
  if (route !== undefined) {
    serverSpan.nameRoute(String(route));
  }
}
