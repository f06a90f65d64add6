import { FORMAT_HTTP_HEADERS } from '../propagation.js';
import type { Tracer } from '../tracer.js';
import { isUntraced } from '../untraced-request.js';
import { carry, isCarried } from './carried-headers.js';
import { ClientExchange } from './client-exchange.js';
import { startClientSpan } from './client-span.js';
import { FetchCall } from './fetch-call.js';
import { type FetchRequest, type FetchResponse, headersOf } from './fetch-options.js';
import { isSuppressed } from './http-tags.js';
import { inBackground } from './in-background.js';
import type { RequestTracing } from './request-tracing.js';
import { hasNoBody, isResponse, watchResponse } from './response-body.js';
import { runInScope } from './run-in-scope.js';
import { urlTag } from './url-tag.js';

/** A function that is called as `fetch` is. */
// biome-ignore lint/suspicious/noExplicitAny: any function that is called so, whatever its own types
export type Fetch = (...args: any[]) => Promise<any>;

/** @internal What the tracing of a `fetch` goes by. */
export interface FetchTracing {
  rules: RequestTracing<FetchRequest, FetchResponse>;
  /** Whether the other side may be sent the headers of a trace. */
  mayPropagate(url: URL): boolean;
  /** Whether calls are passed on without a span from now on. */
  isStopped?: boolean;
  /** Told of every exchange that has begun. */
  onStart?(exchange: ClientExchange): void;
}

/** How long a body may wait to be read; milliseconds. */
const UNREAD_MS = 5_000;

/**
 * A function like `fetch` with a client span for each call.
 *
 * @internal
 */
export function tracedFetch<F extends Fetch>(fetch: F, tracing: FetchTracing): F {
  const { rules } = tracing;
  const start = rules.guard((tracer: Tracer, args: unknown[]) => startCall(tracing, tracer, args));
  const onResponse = rules.guard((call: Call, response: Response) => {
    answered(tracing, call, response);
  });
  const onError = rules.guard(({ exchange }: Call, error: unknown) => exchange.onError(error));

  return new Proxy(fetch, {
    apply(target, self, args) {
      const tracer = tracing.isStopped ? null : rules.tracer();
      const call = tracer === null ? null : start(tracer, args);
      if (tracer === null || !call) {
        return Reflect.apply(target, self, args);
      }
      const { exchange, sentArgs, settle } = call;
      let promise: Promise<Response>;
      try {
        promise = runInScope(tracer, exchange.span, () => Reflect.apply(target, self, sentArgs));
      } catch (error) {
        settle();
        onError(call, error);
        throw error;
      }
      // One that stands in for `fetch` in a test may give anything.
      if (typeof (promise as Partial<Promise<Response>> | undefined)?.then !== 'function') {
        settle();
        exchange.finish();
        return promise;
      }
      return promise.then(
        (response) => {
          settle();
          onResponse(call, response);
          return response;
        },
        (error: unknown) => {
          settle();
          onError(call, error);
          throw error;
        },
      );
    },
  });
}

/** One call that is traced. */
interface Call {
  readonly exchange: ClientExchange;
  readonly request: FetchCall;
  readonly sentArgs: unknown[];
  /** There is an answer. */
  settle(): void;
}

/** @returns `null` for what is not traced, a call that `fetch` refuses among it */
function startCall(tracing: FetchTracing, tracer: Tracer, args: unknown[]): Call | null {
  const { rules } = tracing;
  const request = readCall(args);
  if (request === null) {
    return null;
  }
  if (request.areHeadersSpent) {
    args.splice(0, args.length, ...request.with({}));
  }
  const header = (name: string) => request.headers.get(name);
  if (isSuppressed(header('b3')) || isCarried(header) || rules.ignores(request)) {
    return null;
  }
  const { method, url } = request;
  const span = startClientSpan(
    tracer,
    rules.component,
    method,
    url,
    url.pathname + url.search,
    rules.captureQuery,
  );
  const exchange = new ClientExchange(span);
  const headers: Record<string, string> = {};
  const prepare = rules.guard(() => {
    rules.onRequest(span, request, headersOf);
    if (tracing.mayPropagate(url)) {
      tracer.inject(span, FORMAT_HTTP_HEADERS, headers);
    }
    tracing.onStart?.(exchange);
    return request.with(headers);
  });
  return { exchange, request, sentArgs: prepare() ?? args, settle: carry(headers) };
}

function readCall(args: unknown[]): FetchCall | null {
  try {
    const call = isUntraced(args[1]) ? null : new FetchCall(args);
    return call !== null && /^https?:$/.test(call.url.protocol) ? call : null;
  } catch {
    return null;
  }
}

function answered({ rules }: FetchTracing, { exchange, request }: Call, response: Response): void {
  const { guard } = rules;
  const { span } = exchange;
  if (!isResponse(response)) {
    exchange.finish();
    return;
  }
  exchange.onHeaders(response.status);
  if (response.redirected) {
    const { origin, pathname, search } = new URL(response.url);
    const message = urlTag(origin, pathname + search, rules.captureQuery);
    span.log({ event: 'redirected', message });
  }
  rules.onResponse(span, response, headersOf);
  if (hasNoBody(response, request.method)) {
    exchange.finish();
    return;
  }
  const stopWaiting = inBackground(UNREAD_MS, () => exchange.onUnread());
  watchResponse(response, {
    onRead() {
      exchange.isRead = true;
      stopWaiting();
    },
    onEnd: guard(() => exchange.finish()),
    onCancel: guard(() => exchange.onCancel()),
    onError: guard((error: unknown) => exchange.onError(error, request.isGivenUp(error))),
  });
}

/**
 * Puts a traced function in the place of the global `fetch`, where there is one.
 *
 * @returns takes it out again
 * @internal
 */
export function replaceGlobalFetch(tracing: FetchTracing): () => void {
  const { fetch } = globalThis as { fetch?: typeof globalThis.fetch };
  if (fetch === undefined) {
    return () => {};
  }
  const traced = tracedFetch(fetch, tracing);
  globalThis.fetch = traced;
  return () => {
    // Another's, put around it since, goes on calling it.
    tracing.isStopped = true;
    if (globalThis.fetch === traced) {
      globalThis.fetch = fetch;
    }
  };
}
