/**
 * Traces the servers of express, 4 and 5.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkMethod } from '../../check-method.js';
import { traceServerRequest } from '../http/trace-request.js';
import type { RequestTracingOptions } from '../options.js';
import { type Method, overrideMethod } from '../override-method.js';
import { RequestTracing } from '../request-tracing.js';
import { keepRoutedRequest, RoutedRequest, routedRequest } from './routed-request.js';
import { followRouters } from './router-channel.js';
import { watchLayers } from './router-layers.js';

export type { InstrumentationOptions, RequestRules, RequestTracingOptions } from '../options.js';

/** An application of express, as far as it is used here. */
export interface ExpressApp {
  (request: never, response: never): unknown;
  set(setting: string, value: unknown): unknown;
}

/** What {@link traceExpress} takes; the hooks get the request and the response of Node and express. */
export type ExpressOptions = RequestTracingOptions<IncomingMessage, ServerResponse>;

/** A router, as far as it is used here; `stack` holds its layers. */
interface Router {
  stack: readonly object[];
}

interface Application {
  /** Makes the router of express 4, which has no other use here than that it is there. */
  lazyrouter?: unknown;
  /** The router of express 4, once it has been made. */
  _router?: Router;
  /** The router of express 5; it throws in express 4. */
  router?: Router;
}

/**
 * Traces the requests that an application of express answers, with all that is mounted in it: one server
 * span each, named by the method and the pattern of the route (`GET /orders/:id`), or of the path at which
 * the middleware is mounted that answers (`POST /graphql`), and by the method alone otherwise. It is active
 * for all middlewares and handlers.
 *
 * The span is the one of `instrumentHttp`, where that is installed. What a handler throws, or gives to
 * `next`, is logged there, also where an error handler makes a response of it; it sets the `error` tag
 * unless the error carries a `status` from 400 to 499. Statuses from 500 set the tag in any case.
 *
 * @param app - what `express()` returned; where it is called, before or after the routes are added, makes
 *   no difference
 * @param options - the tracer, by default the global one; hooks; which requests and headers
 * @returns `app`
 * @throws TypeError for what is no application, or an option of the wrong type
 * @example
 * ```js
 * import express from 'express';
 *
 * const tracer = new MockTracer(new AsyncLocalStorageScopeManager());
 * const app = traceExpress(express(), { tracer });
 * app.get('/orders/:id', (request, response) => response.send(`order ${request.params.id}`));
 *
 * const server = app.listen(0, '127.0.0.1', async () => {
 *   const response = await fetch(`http://127.0.0.1:${server.address().port}/orders/7`);
 *   console.log(await response.text());
 *   server.close(() => console.log(tracer.finishedSpans()[0].operationName));
 * });
 * ```
 * ```text
 * order 7
 * GET /orders/:id
 * ```
 */
export function traceExpress<App extends ExpressApp>(app: App, options: ExpressOptions = {}): App {
  checkMethod('The app is', app, 'handle', 'give what express() returns');
  const { handle } = app as unknown as { handle: Method };
  const tracing = new RequestTracing('traceExpress', 'express', options);
  Object.assign(app, { handle: traced(handle, tracing, watchRouters(tracing)) });
  return app;
}

/**
 * Traces each application that is made from now on, as {@link traceExpress} does: the automatic form, for
 * who starts the program but does not write it.
 *
 * @param express - what the module `express` exports
 * @param options - as those of {@link traceExpress}
 * @returns stops tracing, for the applications that have been made too. While it is installed, by
 *   whichever copy of this package, installing it again does nothing.
 * @throws TypeError for what is not express, or an option of the wrong type
 */
export function instrumentExpress(express: object, options: ExpressOptions = {}): () => void {
  const application = (express as { application?: object } | undefined)?.application as object;
  checkMethod('express.application is', application, 'handle', 'give what express exports');
  const tracing = new RequestTracing('instrumentExpress', 'express', options);
  const watch = watchRouters(tracing);
  const restore = overrideMethod(application, 'handle', (handle) => traced(handle, tracing, watch));
  return () => {
    restore();
    watch.stop();
  };
}

/** `app.handle`, through which each request goes into an application, mounted or not. */
function traced(
  handle: Method,
  tracing: RequestTracing<IncomingMessage, ServerResponse>,
  watch: RouterWatch,
): Method {
  const follow = tracing.guard((app: Application, routed: RoutedRequest) => {
    watch.start(app);
    keepRoutedRequest(routed);
  });
  return function (...args) {
    const [request, response] = args as [IncomingMessage, ServerResponse];
    const routed = routedRequest(request);
    // An application that is mounted in one which this traces too.
    if (routed?.tracings.includes(tracing)) {
      return Reflect.apply(handle, this, args);
    }
    return traceServerRequest(tracing, request, response, (serverSpan) => {
      if (routed !== undefined) {
        routed.tracings.push(tracing);
      } else if (serverSpan !== null) {
        follow(this as Application, new RoutedRequest(tracing, serverSpan, request, response));
      }
      return Reflect.apply(handle, this, args);
    });
  };
}

interface RouterWatch {
  /** At the first request: the router of an application is made when it is first used. */
  start(app: Application): void;
  stop(): void;
}

function watchRouters({ guard }: RequestTracing<IncomingMessage, ServerResponse>): RouterWatch {
  const watched = new WeakSet<Router>();
  let unfollow: (() => void) | null = null;
  return {
    start(app) {
      const router = routerOf(app);
      const layer = router?.stack[0];
      if (router === undefined || layer === undefined || watched.has(router)) {
        return;
      }
      watched.add(router);
      // That it lists its routes and that it publishes what it does came with one version.
      if ('listRoutes' in router) {
        unfollow ??= followRouters(guard);
      } else {
        watchLayers(layer, guard);
      }
    },
    stop() {
      unfollow?.();
      unfollow = null;
    },
  };
}

function routerOf(app: Application): Router | undefined {
  return app.lazyrouter === undefined ? app.router : app._router;
}
