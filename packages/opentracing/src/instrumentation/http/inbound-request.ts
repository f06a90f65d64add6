import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { Logs } from '../../logs.js';
import { FORMAT_HTTP_HEADERS } from '../../propagation.js';
import type { Span } from '../../span.js';
import type { SpanContext } from '../../span-context.js';
import { Tags } from '../../tags.js';
import type { Tracer } from '../../tracer.js';
import { tagPeer, urlTag } from '../http-tags.js';
import type { Emit, EmitArguments } from '../override-emit.js';
import { peerOf } from './socket-peer.js';

/**
 * One request that a server of this program answers, and its span.
 *
 * @internal
 */
export class InboundRequest {
  span: Span;
  tracer: Tracer;
  request: IncomingMessage;
  response: ServerResponse;
  /** Resolves when the span has finished. */
  finished: Promise<void>;
  resolveFinished: () => void = () => {};
  /** Where it is among the open ones; -1 where it is not. */
  place = -1;
  /** Emits where the span is active; `null` until the handlers are called. */
  emitActive: typeof emitFrom | null = null;

  constructor(tracer: Tracer, request: IncomingMessage, response: ServerResponse) {
    const { socket } = request;
    this.tracer = tracer;
    this.request = request;
    this.response = response;
    this.finished = new Promise((resolve) => {
      this.resolveFinished = resolve;
    });
    this.span = tracer.startSpan(request.method ?? 'HTTP', {
      childOf: extractContext(tracer, request),
      ignoreActiveSpan: true,
      tags: {
        [Tags.SPAN_KIND]: Tags.SPAN_KIND_RPC_SERVER,
        [Tags.COMPONENT]: 'http',
        [Tags.HTTP_METHOD]: request.method,
        [Tags.HTTP_URL]: urlTag(origin(request, socket), request.url ?? ''),
      },
    });
    tagPeer(this.span, peerOf(socket));
  }

  /**
   * Runs the server's handlers with the span active for them, for all that they start, and for the
   * events of the request and the response. (The runtime emits those in the context of the connection,
   * which outlives the request.)
   *
   * After the response has closed, what the handlers left running still has the span as its parent.
   */
  run(emit: () => boolean): boolean {
    const { scopeManager } = this.tracer;
    let isEmitted = false;
    let handled = false;
    const emitActive = () => {
      this.emitActive = scopeManager.bind(emitFrom);
      isEmitted = true;
      handled = emit();
      return this.finished;
    };
    try {
      scopeManager.withActive(this.span, emitActive, true);
    } catch (error) {
      if (isEmitted) {
        throw error;
      }
      // The scope manager has failed; the request is answered all the same.
      return emit();
    }
    return handled;
  }

  /** Emits an event of the request or the response: with the span active, where somebody listens. */
  emit(emitter: EventEmitter, emit: Emit, args: EmitArguments): boolean {
    return this.emitActive === null || emitter.listenerCount(args[0]) === 0
      ? emitFrom(emitter, emit, args)
      : this.emitActive(emitter, emit, args);
  }

  /**
   * The response has closed: sent, or cut off. Every call after the first is ignored.
   *
   * @param reason - why the response was cut off, if it was
   */
  finish(reason: string): void {
    const { request, response, span } = this;
    const { method } = request;
    const route = routePattern(request);
    if (route !== undefined) {
      span.setOperationName(`${method} ${route}`);
    }
    if (response.headersSent) {
      span.setTag(Tags.HTTP_STATUS_CODE, response.statusCode);
    }
    if (!response.writableFinished) {
      span.setTag(Tags.ERROR, true).log({
        [Logs.EVENT]: 'aborted',
        [Logs.MESSAGE]: `${reason} before the response was sent`,
      });
    } else if (response.statusCode >= 500) {
      span.setTag(Tags.ERROR, true);
    }
    span.finish();
    this.resolveFinished();
  }
}

function emitFrom(emitter: EventEmitter, emit: Emit, args: EmitArguments): boolean {
  return Reflect.apply(emit, emitter, args);
}

/** The caller's context; `null`, a new trace, where there is none or it cannot be read. */
function extractContext(tracer: Tracer, request: IncomingMessage): SpanContext | null {
  try {
    return tracer.extract(FORMAT_HTTP_HEADERS, request.headers);
  } catch {
    return null;
  }
}

function origin(request: IncomingMessage, socket: Socket): string {
  const { host } = request.headers;
  const scheme = (socket as Partial<TLSSocket>).encrypted ? 'https' : 'http';
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
