import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { overrideEmit } from '../override-emit.js';
import { keepServerSpan } from '../server-spans.js';
import { InboundRequest, type ServerTracing } from './inbound-request.js';

const CONNECTION_CLOSED = 'the connection closed';

/**
 * Starts the span of a request that nobody has seen before, and watches for its end. Whoever calls it
 * then has the handlers run by `runHandlers`.
 *
 * @returns `null` when the request is not to be traced
 * @internal
 */
export function observeRequest(
  tracing: ServerTracing,
  request: IncomingMessage,
  response: ServerResponse,
): InboundRequest | null {
  const tracer = tracing.tracer();
  // The response to an upgrade is never sent; the connection becomes something else.
  if (tracer === null || (request as { upgrade?: boolean | null }).upgrade) {
    return null;
  }
  if (tracing.ignores(request)) {
    keepServerSpan(request, null);
    return null;
  }
  const inbound = new InboundRequest(tracing, tracer, request, response);
  keepServerSpan(request, inbound);
  overrideEmit(request, (emit) => {
    return function (...args) {
      return inbound.emit(this, emit, args);
    };
  });
  finishAtClose(inbound, response, CONNECTION_CLOSED);
  const { socket } = request;
  if (isBusy(socket, response)) {
    finishWithConnection(inbound, socket);
  }
  return inbound;
}

/**
 * Emits the events of what closes with a request where the span is active, and finishes the request then.
 *
 * @param reason - what it is that closed, in case the response was not sent
 * @internal
 */
export function finishAtClose(
  inbound: InboundRequest,
  emitter: EventEmitter,
  reason: string,
): void {
  overrideEmit(emitter, (emit) => {
    return function (...args) {
      try {
        return inbound.emit(this, emit, args);
      } finally {
        if (args[0] === 'close') {
          inbound.tracing.attempt(finish, inbound, reason, undefined);
        }
      }
    };
  });
}

const pipelines = new WeakMap<Socket, Set<InboundRequest>>();

/** For pipelined requests: until its response has its turn, nothing tells one that the socket closed. */
function finishWithConnection(inbound: InboundRequest, socket: Socket): void {
  const waiting = pipelines.get(socket) ?? watchConnection(socket);
  waiting.add(inbound);
  inbound.onEnd(() => waiting.delete(inbound));
}

/** @returns the requests to be finished when the socket closes */
function watchConnection(socket: Socket): Set<InboundRequest> {
  const waiting = new Set<InboundRequest>();
  pipelines.set(socket, waiting);
  overrideEmit(socket, (emit) => {
    return function (...args) {
      if (args[0] === 'close') {
        for (const inbound of waiting) {
          inbound.tracing.attempt(finish, inbound, CONNECTION_CLOSED, undefined);
        }
      }
      return Reflect.apply(emit, this, args);
    };
  });
  return waiting;
}

function finish(inbound: InboundRequest, reason: string): void {
  inbound.finish(reason);
}

/** Whether an earlier request on this connection still has its response to be sent. */
function isBusy(socket: Socket | null | undefined, response: ServerResponse): boolean {
  const current = (socket as { _httpMessage?: unknown } | null | undefined)?._httpMessage;
  return Boolean(current) && current !== response;
}
