import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { overrideEmit } from '../override-emit.js';
import { serverSpanOf } from '../server-spans.js';
import type { InboundRequest, ServerTracing } from './inbound-request.js';
import { observeRequest } from './observe-request.js';

const REQUEST_START = 'http.server.request.start';

/** What the runtime publishes before it hands a request to the server's handlers. */
interface RequestStart {
  request: IncomingMessage;
  response: ServerResponse;
  server: Server;
}

/**
 * Traces the requests that the servers of `node:http` and `node:https` answer.
 *
 * @returns stops doing so
 * @internal
 */
export function instrumentServer(tracing: ServerTracing): () => void {
  const requests = new WeakMap<object, InboundRequest>();
  const servers = new WeakSet<Server>();

  const onStart = tracing.guard((message: unknown) => {
    const { request, response, server } = message as RequestStart;
    const inbound =
      serverSpanOf(request) === undefined ? observeRequest(tracing, request, response) : null;
    if (inbound !== null) {
      requests.set(request, inbound);
      if (!servers.has(server)) {
        servers.add(server);
        runHandlersActive(server, requests);
      }
    }
  });
  subscribe(REQUEST_START, onStart);
  return () => {
    unsubscribe(REQUEST_START, onStart);
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
      return inbound.runHandlers(() => Reflect.apply(emit, this, args));
    };
  });
}
