/**
 * Traces the servers and the clients of `node:http`, `node:https` and `node:http2`.
 *
 * @module
 */
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { installOnce } from '../install-once.js';
import type { InstrumentationOptions, RequestRules } from '../options.js';
import { sidesOf } from '../sides.js';
import { instrumentClient } from './client.js';
import { instrumentServer } from './server.js';

export type { InstrumentationOptions, RequestRules, RequestTracingOptions } from '../options.js';
export type { Http2RequestHeaders, Http2ResponseHeaders } from './http2-client.js';
export type { Http2Request, Http2Response } from './http2-request.js';
export { type Http2TracingOptions, instrumentHttp2, traceSession } from './instrument-http2.js';
export { traceRequest } from './trace-client-request.js';
export { traceServer } from './trace-server.js';

/** What {@link instrumentHttp} takes. */
export interface HttpTracingOptions extends InstrumentationOptions {
  /** For the requests that the program answers; `false` leaves them untraced. */
  servers?: RequestRules<IncomingMessage, ServerResponse> | false | undefined;
  /** For the requests that the program makes; `false` leaves them untraced. */
  clients?: RequestRules<ClientRequest, IncomingMessage> | false | undefined;
}

/**
 * Traces every request that the program answers or makes with `node:http` and `node:https`.
 *
 * A server span is named by the method, or by method and route where express has routed the request.
 * It is the child of the context in the request's headers, and active for the handlers, all that they
 * start, and the events of the request and the response. It finishes when the response closes.
 *
 * A client span is a child of the active span, and its context goes into the request's headers. It
 * finishes at the end of the response. The events of the request and the response come with that active
 * which was active where the request was made, whoever had the connection before.
 *
 * Statuses from 500 (server) or 400 (client), errors and exchanges that are cut off set the `error` tag.
 * The tag `http.url` has no user name, no password and, unless `captureQuery` is set, no query. Upgrades
 * (WebSocket) of a server are not traced.
 *
 * A request that is made with the header `b3: 0` is passed on without a span.
 *
 * @param options - the tracer, by default the global one, and rules for servers and for clients
 * @returns stops tracing; requests under way are finished. While it is installed, by whichever copy of
 *   this package, installing it again does nothing.
 * @throws TypeError for an option of the wrong type
 * @example
 * ```ts
 * import { createServer, get } from 'node:http';
 * import type { AddressInfo } from 'node:net';
 *
 * const tracer = new MockTracer(new AsyncLocalStorageScopeManager());
 * const stop = instrumentHttp({
 *   tracer,
 *   servers: { ignore: ({ url }) => url === '/health', captureRequestHeaders: ['x-tenant'] },
 * });
 *
 * const server = createServer((_request, response) => void response.end('3 items'));
 * server.listen(0, '127.0.0.1', () => {
 *   const { port } = server.address() as AddressInfo;
 *   const headers = { 'X-Tenant': 'ada' };
 *   get({ host: '127.0.0.1', port, path: '/basket', headers, agent: false }, (response) => {
 *     response.resume().on('close', () => server.close());
 *   });
 * });
 * server.on('close', () => {
 *   stop();
 *   const [answered] = tracer.finishedSpans().filter((span) => span.tags['span.kind'] === 'server');
 *   console.log(tracer.finishedSpans().length, answered?.tags['http.request.header.x-tenant']);
 * });
 * ```
 * ```text
 * 2 ada
 * ```
 */
export function instrumentHttp(options: HttpTracingOptions = {}): () => void {
  const { servers, clients } = sidesOf('instrumentHttp', 'http', options);
  return installOnce('http', () => {
    const stopServer = servers && instrumentServer(servers);
    const stopClient = clients && instrumentClient(clients);
    return () => {
      stopServer?.();
      stopClient?.();
    };
  });
}
