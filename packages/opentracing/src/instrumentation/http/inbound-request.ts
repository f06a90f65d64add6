import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { Logs } from '../../logs.js';
import { FORMAT_HTTP_HEADERS } from '../../propagation.js';
import type { Span } from '../../span.js';
import type { SpanContext } from '../../span-context.js';
import { Tags } from '../../tags.js';
import type { Tracer } from '../../tracer.js';
import type { Emit, EmitArguments } from '../override-emit.js';
import type { RequestTracing } from '../request-tracing.js';
import type { ServerSpan } from '../server-spans.js';
import { urlTag } from '../url-tag.js';
import { bindCall, type call } from './call.js';
import { isSent, resetReason } from './http2-reset.js';
import { addOpen, deleteOpen, hasThrown } from './open-requests.js';
import { headersToSend } from './request-headers.js';
import { peerOf } from './socket-peer.js';

/** What a response of HTTP/2 has. */
interface ServerHttp2Response {
  stream: ServerHttp2Stream;
}

/** What a server makes of its options. */
export type ServerTracing = RequestTracing<IncomingMessage, ServerResponse>;

/**
 * One request that a server of this program answers, and its span.
 *
 * @internal
 */
export class InboundRequest implements ServerSpan {
  span: Span;
  tracer: Tracer;
  tracing: ServerTracing;
  request: IncomingMessage;
  response: ServerResponse;
  tracings: object[];
  isHandled = false;
  isFinished = false;
  hasRoute = false;
  listeners: (() => void)[] | null = null;
  /** Where it is among the open ones; -1 where it is not. */
  place = -1;
  /** Calls where the span is active; `null` until the handlers are called. */
  callActive: typeof call | null = null;

  constructor(
    tracing: ServerTracing,
    tracer: Tracer,
    request: IncomingMessage,
    response: ServerResponse,
  ) {
    const { method, socket } = request;
    this.tracing = tracing;
    this.tracings = [tracing];
    this.tracer = tracer;
    this.request = request;
    this.response = response;
    const tags: Record<string, unknown> = {
      [Tags.SPAN_KIND]: Tags.SPAN_KIND_RPC_SERVER,
      [Tags.COMPONENT]: tracing.component,
      [Tags.HTTP_METHOD]: method,
      [Tags.HTTP_URL]: urlTag(origin(request, socket), request.url ?? '', tracing.captureQuery),
    };
    addPeer(tags, socket);
    this.span = tracer.startSpan(method ?? 'HTTP', {
      childOf: extractContext(tracer, request),
      ignoreActiveSpan: true,
      tags,
    });
    addOpen(this);
    tracing.onRequest(this.span, request, headersOf);
  }

  /**
   * Runs the server's handlers with the span active for them, for all that they start, and for the
   * events of the request and the response. (The runtime emits those in the context of the connection,
   * which outlives the request.)
   *
   * After the response has closed, what the handlers left running still has the span as its parent. The
   * span is lent to the scope and finished here: a promise for the scope to wait for would cost as much
   * as all else that is done for the scope.
   */
  runHandlers<R>(handlers: () => R): R {
    const { scopeManager } = this.tracer;
    this.isHandled = true;
    try {
      scopeManager.withActive(
        this.span,
        () => {
          this.callActive = bindCall(scopeManager);
        },
        false,
      );
    } catch {
      // The scope manager has failed; the request is answered all the same.
    }
    let hasReturned = false;
    try {
      const result = this.run(handlers);
      hasReturned = true;
      return result;
    } finally {
      if (!hasReturned) {
        hasThrown(this);
      }
    }
  }

  run<R>(fn: () => R): R {
    return this.callActive === null ? fn() : (this.callActive(fn, null, NO_ARGUMENTS) as R);
  }

  /** Emits an event of the request or the response: with the span active, where somebody listens. */
  emit(emitter: EventEmitter, emit: Emit, args: EmitArguments): boolean {
    return this.callActive === null || emitter.listenerCount(args[0]) === 0
      ? Reflect.apply(emit, emitter, args)
      : (this.callActive(emit, emitter, args) as boolean);
  }

  nameRoute(route: string): void {
    this.hasRoute = true;
    this.span.setOperationName(`${this.request.method} ${route}`).setTag('http.route', route);
  }

  onEnd(listener: () => void): void {
    this.listeners ??= [];
    this.listeners.push(this.tracing.guard(listener));
  }

  onUncaught(error: unknown): void {
    this.span.logError(error);
  }

  /**
   * The response has closed: sent, or cut off. Every call after the first is ignored.
   *
   * @param reason - why the response was cut off, if it was
   */
  finish(reason: string): void {
    if (this.isFinished) {
      return;
    }
    this.isFinished = true;
    deleteOpen(this);
    try {
      this.addEnd(reason);
      for (const listener of this.listeners ?? []) {
        listener();
      }
      this.tracing.onResponse(this.span, this.response, headersToSend);
    } finally {
      this.span.finish();
    }
  }

  addEnd(reason: string): void {
    const { response, span } = this;
    const route = this.hasRoute ? undefined : routePattern(this.request);
    if (route !== undefined) {
      this.nameRoute(route);
    }
    if (response.headersSent) {
      span.setTag(Tags.HTTP_STATUS_CODE, response.statusCode);
    }
    const { stream } = response as Partial<ServerHttp2Response>;
    if (stream?.rstCode === undefined ? !response.writableFinished : !isSent(stream)) {
      span.setTag(Tags.ERROR, true).log({
        [Logs.EVENT]: 'aborted',
        [Logs.MESSAGE]: `${resetReason(stream?.rstCode) ?? reason} before the response was sent`,
      });
    } else if (response.statusCode >= 500) {
      span.setTag(Tags.ERROR, true);
    }
  }
}

const NO_ARGUMENTS: unknown[] = [];

/** @internal */
export function headersOf(request: IncomingMessage): object {
  return request.headers;
}

/** The caller's context; `null`, a new trace, where there is none or it cannot be read. */
function extractContext(tracer: Tracer, request: IncomingMessage): SpanContext | null {
  try {
    return tracer.extract(FORMAT_HTTP_HEADERS, request.headers);
  } catch {
    return null;
  }
}

function addPeer(tags: Record<string, unknown>, socket: Socket | null | undefined): void {
  // A request that a test injects may have none.
  if (socket) {
    const { tag, host, port } = peerOf(socket);
    if (tag !== undefined) {
      tags[tag] = host;
    }
    if (port) {
      tags[Tags.PEER_PORT] = port;
    }
  }
}

function origin(request: IncomingMessage, socket: Socket | null | undefined): string {
  const { host = request.headers[':authority'] } = request.headers;
  const scheme = (socket as Partial<TLSSocket> | null | undefined)?.encrypted ? 'https' : 'http';
  return host === undefined ? '' : `${scheme}://${host}`;
}

/** The pattern of the route that answered, where a framework leaves it on the request, as express does. */
function routePattern(request: IncomingMessage): string | undefined {
  const { baseUrl, route } = request as { baseUrl?: unknown; route?: { path?: unknown } };
  const path = route?.path;
  return typeof path === 'string'
    ? `${typeof baseUrl === 'string' ? baseUrl : ''}${path}`
    : undefined;
}
