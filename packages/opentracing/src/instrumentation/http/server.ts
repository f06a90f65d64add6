import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { overrideEmit } from '../override-emit.js';
import { serverSpanOf } from '../server-spans.js';
import { InboundRequest, type ServerTracing } from './inbound-request.js';
import { observeRequest } from './observe-request.js';

const REQUEST_START = 'http.server.request.start';

/** Whose `emit` is ours: for good, so that it is once, however often the instrumentation is installed. */
const servers = new WeakSet<Server>();

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
  const onStart = tracing.guard((message: unknown) => {
    if (tracing.tracer() === null) {
      return;
    }
    const { request, response, server } = message as RequestStart;
    const inbound =
      serverSpanOf(request) === undefined ? observeRequest(tracing, request, response) : null;
    if (inbound !== null && !servers.has(server)) {
      servers.add(server);
      runHandlersActive(server);
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
function runHandlersActive(server: Server): void {
  overrideEmit(server, (emit) => {
    return function (...args) {
      const [event, request] = args;
      const inbound = event === 'connection' ? undefined : waiting(request);
      return inbound === undefined
        ? Reflect.apply(emit, this, args)
        : inbound.runHandlers(() => Reflect.apply(emit, this, args));
    };
  });
}

/** The request that an event hands to the handlers for the first time, where it is one of ours. */
function waiting(request: unknown): InboundRequest | undefined {
  const inbound =
    typeof request === 'object' && request !== null ? serverSpanOf(request) : undefined;
  return inbound instanceof InboundRequest && !inbound.isHandled ? inbound : undefined;
}
