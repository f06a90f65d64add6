import type { EventEmitter } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Http2SecureServer, Http2Server } from 'node:http2';
import { checkMethod } from '../../check-method.js';
import type { RequestTracingOptions } from '../options.js';
import { overrideEmit } from '../override-emit.js';
import { RequestTracing } from '../request-tracing.js';
import type { Http2Request, Http2Response } from './http2-request.js';
import { isStreamEvent, traceStream } from './http2-server.js';
import type { ServerTracing } from './inbound-request.js';
import { traceServerRequest } from './trace-request.js';

/** With which events a server hands a request to its handlers. */
const REQUEST_EVENTS = new Set<string | symbol>(['request', 'checkContinue', 'checkExpectation']);

/**
 * Traces the requests that one server of `node:http`, `node:https` or `node:http2` answers, as
 * `instrumentHttp` and `instrumentHttp2` do for all of them. Where that is installed too, a request has
 * one span, to which the hooks and headers of both are added. For a server of HTTP/2 the hooks get what
 * {@link instrumentHttp2} says.
 *
 * Requests that the runtime answers by itself, such as one without `Host`, are not seen.
 *
 * @param server - the server, listening already or not
 * @param options - the tracer, by default the global one, and the rules
 * @returns `server`
 * @typeParam S - the type of the server
 * @throws TypeError when `server` is none, and for an option of the wrong type
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import type { AddressInfo } from 'node:net';
 *
 * const tracer = new MockTracer();
 * const server = traceServer(
 *   createServer((_request, response) => void response.end('3 items')),
 *   { tracer, requestHook: (span, { headers }) => void span.setTag('guest', !headers.cookie) },
 * );
 * await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
 * const { port } = server.address() as AddressInfo;
 * await (await fetch(`http://127.0.0.1:${port}/basket`)).text();
 * server.closeAllConnections();
 * await new Promise<unknown>((done) => void server.close(done));
 *
 * console.log(tracer.getSpan('GET').tags.guest);
 * ```
 * ```text
 * true
 * ```
 */
export function traceServer<S extends Server>(
  server: S,
  options?: RequestTracingOptions<IncomingMessage, ServerResponse>,
): S;
export function traceServer<S extends Http2Server | Http2SecureServer>(
  server: S,
  options?: RequestTracingOptions<Http2Request, Http2Response>,
): S;
export function traceServer(server: EventEmitter, options: object = {}): EventEmitter {
  checkMethod('The server is', server, 'emit', 'pass one that createServer has made');
  const tracing: ServerTracing = new RequestTracing('traceServer', 'http', options);
  overrideEmit(server, (emit) => {
    return function (...args) {
      const [event, request, response] = args;
      if (isStreamEvent(args)) {
        return traceStream(tracing, args, () => Reflect.apply(emit, this, args));
      }
      return REQUEST_EVENTS.has(event)
        ? traceServerRequest(tracing, request as IncomingMessage, response as ServerResponse, () =>
            Reflect.apply(emit, this, args),
          )
        : Reflect.apply(emit, this, args);
    };
  });
  return server;
}
