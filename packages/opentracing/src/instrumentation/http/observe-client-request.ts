import type { ClientRequest, IncomingMessage } from 'node:http';
import { Tags } from '../../tags.js';
import type { Tracer } from '../../tracer.js';
import { isSuppressed } from '../http-tags.js';
import { overrideEmit } from '../override-emit.js';
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
      const onEvent = ON_EVENT.get(args[0]);
      if (onEvent !== undefined) {
        tracing.attempt(onEvent, tracing, outbound, args[1]);
      }
      return outbound.emit(this, emit, args);
    };
  });
  // Before the headers are written: a hook may still decide on the sampling.
  tracing.onRequest(outbound.span, request, headersToSend);
  setHeaders(request, outbound.headers());
}

type OnEvent = (tracing: ClientTracing, outbound: OutboundRequest, argument: unknown) => void;

/** What the events of a request say of its span. Most say nothing. */
const ON_EVENT: ReadonlyMap<string | symbol, OnEvent> = /* @__PURE__ */ new Map<string, OnEvent>([
  [
    'response',
    (tracing, outbound, response) => {
      onResponse(tracing, outbound, response as IncomingMessage);
      finishAtEnd(tracing, outbound, response as IncomingMessage);
    },
  ],
  ['upgrade', onTunnel],
  ['connect', onTunnel],
  ['timeout', (_tracing, outbound) => outbound.onTimeout()],
  ['error', (_tracing, outbound, error) => outbound.onError(error)],
  ['close', (_tracing, outbound) => outbound.onClose()],
]);

/** The connection becomes something else: the response has no end. */
function onTunnel(tracing: ClientTracing, outbound: OutboundRequest, response: unknown): void {
  onResponse(tracing, outbound, response as IncomingMessage);
  outbound.finish();
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
