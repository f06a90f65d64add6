/**
 * Traces the servers and the clients of `node:http` and `node:https`.
 *
 * @module
 */
import { createGuard } from '../guard.js';
import { installOnce } from '../install-once.js';
import { type InstrumentationOptions, tracerSource } from '../options.js';
import { RequestTracing } from '../request-tracing.js';
import { instrumentClient } from './client.js';
import { instrumentServer } from './server.js';

export type { InstrumentationOptions } from '../options.js';

/**
 * Traces every request that the program answers or makes with `node:http` and `node:https`.
 *
 * A server span is named by the method, or by method and route where express has routed the request.
 * It is the child of the context in the request's headers, and active for the handlers, all that they
 * start, and the events of the request and the response. It finishes when the response closes.
 *
 * A client span is a child of the active span, and its context goes into the request's headers. It
 * finishes at the end of the response.
 *
 * Statuses from 500 (server) or 400 (client), errors and exchanges that are cut off set the `error` tag.
 * The tag `http.url` has no user name, no password and no query. Upgrades (WebSocket) of a server are
 * not traced.
 *
 * A request that carries the header `b3: 0` is passed on without a span.
 *
 * @param options - the tracer, by default the global one
 * @returns stops tracing; requests under way are finished. While it is installed, by whichever copy of
 *   this package, installing it again does nothing.
 * @example
 * ```ts
 * import { createServer, get } from 'node:http';
 * import type { AddressInfo } from 'node:net';
 *
 * const tracer = new MockTracer(new AsyncLocalStorageScopeManager());
 * const stop = instrumentHttp({ tracer });
 *
 * const server = createServer((_request, response) => void response.end('3 items'));
 * server.listen(0, '127.0.0.1', () => {
 *   const { port } = server.address() as AddressInfo;
 *   get({ host: '127.0.0.1', port, path: '/basket', agent: false }, (response) => {
 *     response.resume().on('close', () => server.close());
 *   });
 * });
 * server.on('close', () => {
 *   stop();
 *   console.log(tracer.finishedSpans().map((span) => span.tags['span.kind']).sort());
 * });
 * ```
 * ```text
 * [ 'client', 'server' ]
 * ```
 */
export function instrumentHttp(options: InstrumentationOptions = {}): () => void {
  return installOnce('http', () => {
    const guard = createGuard(options.onError);
    const tracer = tracerSource(options);
    const stopServer = instrumentServer(
      new RequestTracing('instrumentHttp', 'http', options, guard),
    );
    const stopClient = instrumentClient(tracer, guard);
    return () => {
      stopServer();
      stopClient();
    };
  });
}
