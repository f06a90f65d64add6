/**
 * Traces the servers of hono, from version 4 on: on Node, Bun, Deno and Workers.
 *
 * @module
 */
import { checkMethod } from '../../check-method.js';
import { describeValue } from '../../describe-value.js';
import type { RequestTracingOptions } from '../options.js';
import { RequestTracing } from '../request-tracing.js';
import type { HonoApp, HonoMiddleware } from './hono-types.js';
import { honoMiddleware, isHandler } from './middleware.js';
import { type Constructor, traceNewApps, useMiddleware } from './new-apps.js';

export type { InstrumentationOptions, RequestRules, RequestTracingOptions } from '../options.js';
export type { HonoApp, HonoContext, HonoMiddleware, HonoRoute } from './hono-types.js';

/** What {@link traceHono} takes; the hooks get the request and the response of the web. */
export type HonoOptions = RequestTracingOptions<Request, Response>;

/**
 * Traces the requests that an application of hono answers, those of the applications in it too: one
 * server span each, named by the method and the pattern of the route with all paths above it
 * (`GET /orders/:id`), and by the method alone where no route was found. It is active for all middlewares
 * and handlers that are added later.
 *
 * On Node, the span is the one of `instrumentHttp`, where that is installed. Elsewhere it finishes when the
 * response has been made, or, where its body is a stream, when that has been read; a response of text, HTML
 * or JSON without `Transfer-Encoding` is taken for none. What a handler throws is logged, also where an
 * error handler makes a response of it; it sets the `error` tag unless the error carries a `status` from
 * 400 to 499. Statuses from 500 set the tag in any case.
 *
 * @param app - a `new Hono()` that has no routes yet: hono calls a middleware only for routes that are
 *   added after it
 * @param options - the tracer, by default the global one; hooks; which requests and headers
 * @returns `app`
 * @throws TypeError for what is no application, one that has routes, or an option of the wrong type
 * @example
 * ```js
 * import { Hono } from 'hono';
 *
 * const tracer = new MockTracer(new AsyncLocalStorageScopeManager());
 * const app = traceHono(new Hono(), { tracer });
 * app.get('/orders/:id', (context) => context.text(`order ${context.req.param('id')}`));
 *
 * const response = await app.request('/orders/7');
 * console.log(await response.text());
 * console.log(tracer.finishedSpans()[0].operationName);
 * ```
 * ```text
 * order 7
 * GET /orders/:id
 * ```
 */
export function traceHono<App extends HonoApp>(app: App, options: HonoOptions = {}): App {
  checkMethod('The app is', app, 'fetch', 'give a new Hono()');
  const first = app.routes.find(isHandler);
  if (first !== undefined) {
    throw new TypeError(
      `The app of traceHono has the route ${describeValue(`${first.method} ${first.path}`)}; ` +
        'trace it before you add routes.',
    );
  }
  useMiddleware(app, honoMiddleware(new RequestTracing('traceHono', 'hono', options)));
  return app;
}

/**
 * {@link traceHono} as a middleware: `app.use(honoTracing())`. Routes and middlewares that were added
 * before it run without the span.
 *
 * @param options - as those of {@link traceHono}
 * @throws TypeError for an option of the wrong type
 */
export function honoTracing(options: HonoOptions = {}): HonoMiddleware {
  return honoMiddleware(new RequestTracing('honoTracing', 'hono', options));
}

/**
 * Traces each application that is made from now on, as {@link traceHono} does: the automatic form, for
 * who starts the program but does not write it.
 *
 * @param Hono - the class that the module `hono` exports
 * @param options - as those of {@link traceHono}
 * @returns stops tracing, for the applications that have been made too. While it is installed, by
 *   whichever copy of this package, installing it again does nothing.
 * @throws TypeError for what is not hono, or an option of the wrong type
 */
export function instrumentHono(Hono: object, options: HonoOptions = {}): () => void {
  const isClass = typeof Hono === 'function' && typeof Object.getPrototypeOf(Hono) === 'function';
  if (!isClass) {
    throw new TypeError(
      `The class Hono is ${describeValue(Hono)}; give the one that the module hono exports.`,
    );
  }
  const tracing = new RequestTracing<Request, Response>('instrumentHono', 'hono', options);
  return traceNewApps(Hono as Constructor, honoMiddleware(tracing));
}
