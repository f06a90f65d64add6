import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Tracer } from '../../tracer.js';
import type { Guard } from '../guard.js';
import { overrideEmit } from '../override-emit.js';
import { InboundRequest } from './inbound-request.js';
import { OpenRequests } from './open-requests.js';

const REQUEST_START = 'http.server.request.start';
const CONNECTION_CLOSED = 'the connection closed';

/** What the runtime publishes before it hands a request to the server's handlers. */
interface RequestStart {
  request: IncomingMessage;
  response: ServerResponse;
  socket: Socket;
  server: Server;
}

/**
 * Traces the requests that the servers of `node:http` and `node:https` answer.
 *
 * @returns stops doing so
 * @internal
 */
export function instrumentServer(tracer: () => Tracer, guard: Guard): () => void {
  const requests = new WeakMap<object, InboundRequest>();
  const servers = new WeakSet<Server>();
  const open = new OpenRequests();
  const finish = guard((inbound: InboundRequest, reason: string) => {
    open.delete(inbound);
    inbound.finish(reason);
  });

  const onStart = guard((message: unknown) => {
    const { request, response, server, socket } = message as RequestStart;
    const inbound = new InboundRequest(tracer(), request, response);
    requests.set(request, inbound);
    open.add(inbound);
    overrideEmit(request, (emit) => {
      return function (...args) {
        return inbound.emit(this, emit, args);
      };
    });
    overrideEmit(response, (emit) => {
      return function (...args) {
        try {
          return inbound.emit(this, emit, args);
        } finally {
          if (args[0] === 'close') {
            finish(inbound, CONNECTION_CLOSED);
          }
        }
      };
    });
    if (isBusy(socket)) {
      // A pipelined request: until its response has its turn, nothing tells it that the socket closed.
      const onClose = () => finish(inbound, CONNECTION_CLOSED);
      socket.once('close', onClose);
      inbound.finished.then(() => socket.off('close', onClose));
    }
    if (!servers.has(server)) {
      servers.add(server);
      runHandlersActive(server, requests);
    }
  });

  // The request at which a program fails is the one that somebody will look for.
  const onExit = () => {
    for (const inbound of open.all()) {
      finish(inbound, 'the process ended');
    }
  };

  subscribe(REQUEST_START, onStart);
  process.on('exit', onExit);
  return () => {
    unsubscribe(REQUEST_START, onStart);
    process.off('exit', onExit);
  };
}

/**
 * Makes the span of a request active around the emission of 'request', and nowhere else.
 *
 * Entering the context in the channel's subscriber instead would stay in effect on the connection, up
 * to its next request (Node 20 and 22), and be lost for the events of the body (Node 24).
 */
function runHandlersActive(server: Server, requests: WeakMap<object, InboundRequest>): void {
  overrideEmit(server, (emit) => {
    return function (...args) {
      const [event, request] = args;
      const inbound = event === 'connection' ? undefined : requests.get(request as object);
      if (inbound === undefined) {
        return Reflect.apply(emit, this, args);
      }
      requests.delete(request as object);
      return inbound.run(() => Reflect.apply(emit, this, args));
    };
  });
}

/** Whether an earlier request on this connection still has its response to be sent. */
function isBusy(socket: Socket): boolean {
  return Boolean((socket as { _httpMessage?: unknown })._httpMessage);
}
