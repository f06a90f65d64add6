import type { ClientRequest, IncomingMessage } from 'node:http';
import { Tags } from '../../tags.js';
import type { Tracer } from '../../tracer.js';
import { isSuppressed } from '../http-tags.js';
import { type EmitArguments, overrideEmit } from '../override-emit.js';
import type { RequestTracing } from '../request-tracing.js';
import { urlTag } from '../url-tag.js';
import { OutboundRequest } from './outbound-request.js';
import { headerOf, headersToSend, setHeaders } from './request-headers.js';

/** What a client makes of its options. */
export type ClientTracing = RequestTracing<ClientRequest, IncomingMessage>;

// Of the runtime's registry, so that a request has one span, whichever copy of this package sees it too.
const SLOT = Symbol.for('opentracing-ts/v1/client-request');

/**
 * Traces a request of which nothing has been sent: its span is a child of the active one. Does nothing
 * for one that is traced already.
 *
 * @internal
 */
export function observeClientRequest(tracing: ClientTracing, request: ClientRequest): void {
  const tracer = tracing.tracer();
  if (tracer !== null && !(SLOT in request)) {
    Object.defineProperty(request, SLOT, { value: true });
    tracing.attempt(start, tracing, tracer, request);
  }
}

function start(tracing: ClientTracing, tracer: Tracer, request: ClientRequest): void {
  if (isSuppressed(headerOf(request, 'b3')) || tracing.ignores(request)) {
    return;
  }
  const { socketPath } = request as { socketPath?: string | null };
  const host = headerOf(request, 'host') ?? request.host;
  const outbound = new OutboundRequest(tracer, request.method, {
    [Tags.COMPONENT]: tracing.component,
    [Tags.HTTP_URL]: urlTag(`${request.protocol}//${host}`, request.path, tracing.captureQuery),
    [socketPath ? Tags.PEER_ADDRESS : Tags.PEER_HOSTNAME]: socketPath || request.host,
  });
  overrideEmit(request, (emit) => {
    return function (...args) {
      tracing.attempt(onEvent, tracing, outbound, args);
      return outbound.emit(this, emit, args);
    };
  });
  // Before the headers are written: a hook may still decide on the sampling.
  tracing.onRequest(outbound.span, request, headersToSend);
  setHeaders(request, outbound.headers());
}

function onEvent(
  tracing: ClientTracing,
  outbound: OutboundRequest,
  [event, argument]: EmitArguments,
): void {
  switch (event) {
    case 'response':
      onResponse(tracing, outbound, argument as IncomingMessage);
      finishAtEnd(tracing, outbound, argument as IncomingMessage);
      break;
    case 'upgrade':
    case 'connect':
      onResponse(tracing, outbound, argument as IncomingMessage);
      outbound.finish();
      break;
    case 'timeout':
      outbound.onTimeout();
      break;
    case 'error':
      outbound.onError(argument);
      break;
    case 'close':
      outbound.onClose();
      break;
  }
}

function onResponse(
  tracing: ClientTracing,
  outbound: OutboundRequest,
  response: IncomingMessage,
): void {
  outbound.response = response;
  outbound.onStatus(response.statusCode ?? 0);
  outbound.onPeer(response.socket);
  tracing.onResponse(outbound.span, response, headersOfResponse);
}

function finishAtEnd(
  tracing: ClientTracing,
  outbound: OutboundRequest,
  response: IncomingMessage,
): void {
  overrideEmit(response, (emit) => {
    return function (...args) {
      if (args[0] === 'end') {
        tracing.attempt(finish, outbound, undefined, undefined);
      }
      return outbound.emit(this, emit, args);
    };
  });
}

function finish(outbound: OutboundRequest): void {
  outbound.finish();
}

function headersOfResponse(response: IncomingMessage): object {
  return response.headers;
}
