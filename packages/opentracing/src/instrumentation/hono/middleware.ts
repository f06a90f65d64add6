import { borrowServerSpan, type NodeExchange } from '../borrowed-server-span.js';
import { logHandledError } from '../handled-error.js';
import { keepServerSpan, type ServerSpan, serverSpanOf } from '../server-spans.js';
import type { HonoContext, HonoMiddleware, HonoRoute } from './hono-types.js';
import { isStreamed, withBodyListener } from './streamed-response.js';
import { headersOf, WebServerSpan, type WebTracing } from './web-server-span.js';

type Next = () => Promise<void>;

/** @internal The middleware that traces the requests that go through it. */
export function honoMiddleware(tracing: WebTracing): HonoMiddleware {
  const seen = new WeakSet<Request>();
  const start = tracing.guard(startSpan);
  const borrow = tracing.guard(borrowSpan);
  const join = tracing.guard(joinSpan);
  const nameRoute = tracing.guard(nameByRoute);
  const logError = tracing.guard(logHandledError);
  const findHandler = tracing.guard(({ req }: HonoContext) => req.matchedRoutes.find(isHandler));
  const findAnswer = tracing.guard(answeringMiddleware);
  const finish = tracing.guard(finishSpan);

  async function handle(context: HonoContext, next: Next, serverSpan: ServerSpan): Promise<void> {
    const handler = findHandler(context);
    nameRoute(serverSpan, handler);
    try {
      await next();
    } catch (error) {
      logError(serverSpan, error);
      throw error;
    }
    if (context.error !== undefined) {
      logError(serverSpan, context.error);
    }
    if (handler === undefined && context.finalized) {
      nameRoute(serverSpan, findAnswer(context));
    }
  }

  async function handleOwn(context: HonoContext, next: Next, own: WebServerSpan): Promise<void> {
    try {
      await handle(context, next, own);
    } catch (error) {
      own.finish(undefined);
      throw error;
    }
    finish(context, own);
  }

  return (context, next) => {
    const { raw } = context.req;
    const known = serverSpanOfContext(context);
    const earlier = known === undefined ? borrow(tracing, context) : known;
    // An application in another brings its middlewares along.
    if (earlier === null || seen.has(raw)) {
      return next();
    }
    if (earlier !== undefined) {
      seen.add(raw);
      join(tracing, context, earlier);
      return handle(context, next, earlier);
    }
    const own = start(tracing, raw);
    if (!own) {
      return next();
    }
    seen.add(raw);
    return own.run(() => handleOwn(context, next, own));
  };
}

/** @internal Whether it is for one path, rather than for all below one as a middleware is. */
export function isHandler({ method, path }: HonoRoute): boolean {
  return method !== 'ALL' || !path.endsWith('*');
}

/** On Node somebody may have seen the request before it became one of the web. */
function serverSpanOfContext({ env, req }: HonoContext): ServerSpan | null | undefined {
  const { incoming } = (env ?? {}) as { incoming?: object };
  const ofNode = incoming && serverSpanOf(incoming);
  return ofNode === undefined ? serverSpanOf(req.raw) : ofNode;
}

/** On Node it may be OpenTelemetry's instrumentation that has seen it. */
function borrowSpan(tracing: WebTracing, { env, req }: HonoContext): ServerSpan | null | undefined {
  const { incoming, outgoing } = (env ?? {}) as {
    incoming?: NodeExchange['request'];
    outgoing?: NodeExchange['response'];
  };
  return incoming && outgoing
    ? borrowServerSpan(tracing, req.raw, { request: incoming, response: outgoing })
    : undefined;
}

/** Adds to a span that was started earlier. */
function joinSpan(tracing: WebTracing, context: HonoContext, serverSpan: ServerSpan): void {
  const { span } = serverSpan;
  tracing.onRequest(span, context.req.raw, headersOf);
  serverSpan.onEnd(() => {
    if (context.finalized) {
      tracing.onResponse(span, context.res, headersOf);
    }
  });
}

function startSpan(tracing: WebTracing, request: Request): WebServerSpan | null {
  const tracer = tracing.tracer();
  if (tracer === null) {
    return null;
  }
  if (tracing.ignores(request)) {
    keepServerSpan(request, null);
    return null;
  }
  const serverSpan = new WebServerSpan(tracing, tracer, request);
  keepServerSpan(request, serverSpan);
  return serverSpan;
}

function nameByRoute(serverSpan: ServerSpan, route: HonoRoute | undefined): void {
  if (route !== undefined) {
    serverSpan.nameRoute(route.path);
  }
}

/** What answered in place of a handler, as a mounted application does, or one for files. */
function answeringMiddleware({ req, res }: HonoContext): HonoRoute | undefined {
  const route = req.matchedRoutes[req.routeIndex];
  return res.status === 404 || route?.path === '*' || route?.path === '/*' ? undefined : route;
}

function finishSpan(context: HonoContext, own: WebServerSpan): void {
  // Without this, asking for the response would make one.
  if (!context.finalized) {
    own.finish(undefined);
    return;
  }
  const response = context.res;
  if (isAborted(context)) {
    own.abort(response);
  } else if (isStreamed(context.req.raw, response)) {
    context.res = withBodyListener(response, (fn) => own.run(fn), {
      onEnd: () => own.finish(response),
      onError: (error) => {
        logHandledError(own, error);
        own.finish(response);
      },
      onCancel: () => own.abort(response),
    });
  } else {
    own.finish(response);
  }
}

/**
 * Whether the caller has gone. Node's response is asked there, for asking a request makes its signal; and
 * Deno warns those who ask, for its signal says the same of a request that was answered.
 */
function isAborted({ env, req }: HonoContext): boolean {
  const { outgoing } = (env ?? {}) as {
    outgoing?: { destroyed: boolean; writableFinished: boolean };
  };
  if (outgoing) {
    return outgoing.destroyed && !outgoing.writableFinished;
  }
  return !('Deno' in globalThis) && Boolean((req.raw.signal as AbortSignal | undefined)?.aborted);
}
