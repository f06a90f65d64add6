import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import { type EmitArguments, overrideEmit } from '../override-emit.js';
import { keepServerSpan, serverSpanOf } from '../server-spans.js';
import { Http2Request, Http2Response } from './http2-request.js';
import { InboundRequest, type ServerTracing } from './inbound-request.js';
import { finishAtClose } from './observe-request.js';
import { joinServerSpan } from './trace-request.js';

const STREAM_CREATED = 'http2.server.stream.created';

/** @internal The event with which a session, and then its server, hands a request to the handlers. */
export type StreamEvent = [
  event: 'stream',
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
];

/** @internal Not a push: of those no event tells. */
export function isStreamEvent(args: EmitArguments): args is StreamEvent {
  const [event, stream, headers] = args;
  return (
    event === 'stream' &&
    typeof (stream as Partial<ServerHttp2Stream> | undefined)?.pushStream === 'function' &&
    typeof headers === 'object'
  );
}

/**
 * Traces the requests of all servers, those that listen already included.
 *
 * @returns stops doing so
 * @internal
 */
export function subscribeToStreams(tracing: ServerTracing): () => void {
  const sessions = new WeakSet<object>();
  const onCreated = tracing.guard((message: unknown) => {
    const { session } = (message as { stream: { session?: ServerHttp2Session } }).stream;
    if (session !== undefined && tracing.tracer() !== null && !sessions.has(session)) {
      sessions.add(session);
      traceStreamsOf(tracing, session);
    }
  });
  subscribe(STREAM_CREATED, onCreated);
  return () => {
    unsubscribe(STREAM_CREATED, onCreated);
    tracing.isStopped = true;
  };
}

/** @internal Traces the requests of a session, or of a server. */
export function traceStreamsOf(tracing: ServerTracing, emitter: EventEmitter): void {
  overrideEmit(emitter, (emit) => {
    return function (...args) {
      return isStreamEvent(args)
        ? traceStream(tracing, args, () => Reflect.apply(emit, this, args))
        : Reflect.apply(emit, this, args);
    };
  });
}

/**
 * Has a request handled with its server span active, as `traceServerRequest` does.
 *
 * @returns what `handle` returns
 * @internal
 */
export function traceStream<R>(
  tracing: ServerTracing,
  [, stream, headers]: StreamEvent,
  handle: () => R,
): R {
  const earlier = serverSpanOf(stream);
  if (earlier !== undefined) {
    const { request, response } = exchangeOf(stream, headers);
    joinServerSpan(tracing, request, response, earlier);
    return handle();
  }
  const inbound = tracing.attempt(observeStream, tracing, stream, headers) ?? null;
  return inbound === null ? handle() : inbound.runHandlers(handle);
}

function observeStream(
  tracing: ServerTracing,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
): InboundRequest | null {
  const tracer = tracing.tracer();
  if (tracer === null) {
    return null;
  }
  const { request, response } = exchangeOf(stream, headers);
  if (tracing.ignores(request)) {
    keepServerSpan(stream, null);
    return null;
  }
  const inbound = new InboundRequest(tracing, tracer, request, response);
  keepServerSpan(stream, inbound);
  finishAtClose(inbound, stream, 'the stream closed');
  return inbound;
}

/** With the members of HTTP/1 that are used of a request and a response. */
function exchangeOf(stream: ServerHttp2Stream, headers: IncomingHttpHeaders) {
  const request: unknown = new Http2Request(stream, headers);
  const response: unknown = new Http2Response(stream);
  return { request: request as IncomingMessage, response: response as ServerResponse };
}
