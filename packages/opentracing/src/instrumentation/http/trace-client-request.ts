import type { ClientRequest, IncomingMessage } from 'node:http';
import { checkMethod } from '../../check-method.js';
import type { RequestTracingOptions } from '../options.js';
import { RequestTracing } from '../request-tracing.js';
import { observeClientRequest } from './observe-client-request.js';

/**
 * Traces one request that the program makes with `node:http` or `node:https`, as `instrumentHttp` does
 * for all of them. Where that is installed too, the request has one span.
 *
 * It has to be called right after `request` or `get` has returned: before anything is awaited, nothing
 * has been sent, so the context can go into the headers. Later, `onError` is told that it could not.
 *
 * @param request - what `request` or `get` has returned
 * @param options - the tracer, by default the global one, and the rules
 * @returns `request`
 * @throws TypeError when `request` is none, and for an option of the wrong type
 * @example
 * ```ts
 * import { createServer, get } from 'node:http';
 * import type { AddressInfo } from 'node:net';
 * import { text } from 'node:stream/consumers';
 *
 * const tracer = new MockTracer();
 * const server = createServer(({ headers }, response) => {
 *   response.end(Object.keys(headers).filter((name) => name.startsWith('mockpfx')).join());
 * });
 * await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
 * const { port } = server.address() as AddressInfo;
 *
 * const request = traceRequest(get({ host: '127.0.0.1', port, agent: false }), { tracer });
 * console.log(await new Promise((done) => request.on('response', (response) => done(text(response)))));
 * await new Promise<unknown>((done) => void server.close(done));
 * console.log(tracer.getSpan('GET').tags['http.status_code']);
 * ```
 * ```text
 * mockpfx-ids-traceid,mockpfx-ids-spanid
 * 200
 * ```
 */
export function traceRequest(
  request: ClientRequest,
  options: RequestTracingOptions<ClientRequest, IncomingMessage> = {},
): ClientRequest {
  checkMethod('The request is', request, 'setHeader', 'pass what http.request has returned');
  observeClientRequest(new RequestTracing('traceRequest', 'http', options), request);
  return request;
}
