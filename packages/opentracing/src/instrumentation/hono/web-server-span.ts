import { Logs } from '../../logs.js';
import { FORMAT_HTTP_HEADERS } from '../../propagation.js';
import type { Span } from '../../span.js';
import type { SpanContext } from '../../span-context.js';
import { Tags } from '../../tags.js';
import type { Tracer } from '../../tracer.js';
import type { RequestTracing } from '../request-tracing.js';
import type { ServerSpan } from '../server-spans.js';
import { urlTag } from '../url-tag.js';

/** The options of hono's instrumentation. */
export type WebTracing = RequestTracing<Request, Response>;

/**
 * The span of a request as `fetch` and the servers of Bun, Deno and Workers have it, where nobody traces
 * the server itself.
 *
 * @internal
 */
export class WebServerSpan implements ServerSpan {
  span: Span;
  tracer: Tracer;
  tracing: WebTracing;
  request: Request;
  isFinished = false;
  _resolveFinished: () => void = () => {};
  _listeners: (() => void)[] = [];
  /** Calls where the span is active. */
  _callActive: typeof call = call;

  constructor(tracing: WebTracing, tracer: Tracer, request: Request) {
    this.tracing = tracing;
    this.tracer = tracer;
    this.request = request;
    this.span = tracer.startSpan(request.method, {
      childOf: extractContext(tracer, request),
      ignoreActiveSpan: true,
      tags: {
        [Tags.SPAN_KIND]: Tags.SPAN_KIND_RPC_SERVER,
        [Tags.COMPONENT]: tracing.component,
        [Tags.HTTP_METHOD]: request.method,
        [Tags.HTTP_URL]: urlTag('', request.url, tracing.captureQuery),
      },
    });
    const finished = new Promise<void>((resolve) => {
      this._resolveFinished = resolve;
    });
    tracing.guard(() => {
      const { scopeManager } = tracer;
      scopeManager.withActive(
        this.span,
        () => {
          this._callActive = scopeManager.bind(call);
          return finished;
        },
        false,
      );
    })();
    tracing.onRequest(this.span, request, headersOf);
  }

  run<R>(fn: () => R): R {
    return this._callActive(fn) as R;
  }

  nameRoute(route: string): void {
    this.span.setOperationName(`${this.request.method} ${route}`).setTag('http.route', route);
  }

  onEnd(listener: () => void): void {
    this._listeners.push(this.tracing.guard(listener));
  }

  /**
   * The response has been made, and its body read where it is a stream. Every call after the first is
   * ignored.
   *
   * @param response - `undefined` where an error has left the application
   */
  finish(response: Response | undefined): void {
    if (this.isFinished) {
      return;
    }
    this.isFinished = true;
    const { span } = this;
    try {
      if (response !== undefined) {
        span.setTag(Tags.HTTP_STATUS_CODE, response.status);
        if (response.status >= 500) {
          span.setTag(Tags.ERROR, true);
        }
      }
      for (const listener of this._listeners) {
        listener();
      }
      if (response !== undefined) {
        this.tracing.onResponse(span, response, headersOf);
      }
    } finally {
      span.finish();
      this._resolveFinished();
    }
  }

  /** The caller did not want the whole response. */
  abort(response: Response): void {
    if (!this.isFinished) {
      this.span.setTag(Tags.ERROR, true).log({
        [Logs.EVENT]: 'aborted',
        [Logs.MESSAGE]: 'the connection closed before the response was sent',
      });
      this.finish(response);
    }
  }
}

function call(fn: () => unknown): unknown {
  return fn();
}

/** @internal */
export function headersOf({ headers }: Request | Response): object {
  return headers;
}

/** The caller's context; `null`, a new trace, where there is none or it cannot be read. */
function extractContext(tracer: Tracer, request: Request): SpanContext | null {
  try {
    return tracer.extract(FORMAT_HTTP_HEADERS, request.headers);
  } catch {
    return null;
  }
}
