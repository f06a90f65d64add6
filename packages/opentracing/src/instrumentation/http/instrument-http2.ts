import type { ClientHttp2Session } from 'node:http2';
import { checkMethod } from '../../check-method.js';
import { installOnce } from '../install-once.js';
import type { InstrumentationOptions, RequestRules, RequestTracingOptions } from '../options.js';
import { RequestTracing } from '../request-tracing.js';
import { sidesOf } from '../sides.js';
import {
  type Http2ClientTracing,
  type Http2RequestHeaders,
  type Http2ResponseHeaders,
  traceRequestsOf,
} from './http2-client.js';
import { wrapConnect, wrapCreateServer } from './http2-functions.js';
import type { Http2Request, Http2Response } from './http2-request.js';
import { subscribeToStreams, traceStreamsOf } from './http2-server.js';
import type { ServerTracing } from './inbound-request.js';

/** What {@link instrumentHttp2} takes. */
export interface Http2TracingOptions extends InstrumentationOptions {
  /** For the requests that the program answers; `false` leaves them untraced. */
  servers?: RequestRules<Http2Request, Http2Response> | false | undefined;
  /** For the requests that the program makes; `false` leaves them untraced. Hooks get their headers. */
  clients?: RequestRules<Http2RequestHeaders, Http2ResponseHeaders> | false | undefined;
}

/**
 * Traces every request that the program answers or makes with `node:http2`: one span for each stream,
 * with all that `instrumentHttp` says of one. Servers may handle the event 'request' or 'stream'; pushes
 * have no span. A stream that is reset, or whose session ends before its time, sets the `error` tag, and
 * the log says by which code.
 *
 * A client's session has to be connected after this was called; `traceSession` is for one that is there
 * already. On Node before 22.17 and 24.2, so has a server to be created after it.
 *
 * @param options - the tracer, by default the global one, and rules for servers and for clients
 * @returns stops tracing; requests under way are finished. While it is installed, by whichever copy of
 *   this package, installing it again does nothing.
 * @throws TypeError for an option of the wrong type
 * @example
 * ```ts
 * import { once } from 'node:events';
 * import { connect, createServer } from 'node:http2';
 * import type { AddressInfo } from 'node:net';
 * import { text } from 'node:stream/consumers';
 *
 * const tracer = new MockTracer(new AsyncLocalStorageScopeManager());
 * const stop = instrumentHttp2({ tracer });
 *
 * const server = createServer((_request, response) => void response.end('3 items'));
 * await once(server.listen(0, '127.0.0.1'), 'listening');
 * const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
 * console.log(await text(session.request({ ':path': '/basket' })));
 * session.close();
 * await new Promise((done) => server.close(done));
 *
 * stop();
 * console.log(tracer.finishedSpans().map(({ tags }) => tags['http.status_code']));
 * ```
 * ```text
 * 3 items
 * [ 200, 200 ]
 * ```
 */
export function instrumentHttp2(options: Http2TracingOptions = {}): () => void {
  const { servers, clients } = sidesOf('instrumentHttp2', 'http2', options);
  return installOnce('http2', () => {
    const stopServers = servers && instrumentServers(servers);
    const stopClients = clients && instrumentClients(clients);
    return () => {
      stopServers?.();
      stopClients?.();
    };
  });
}

/**
 * Traces the requests that are made over one session of a client of `node:http2`, as `instrumentHttp2`
 * does for all of them.
 *
 * @param session - what `connect` has returned, connected already or not
 * @param options - the tracer, by default the global one, and the rules
 * @returns `session`
 * @throws TypeError when `session` is none, and for an option of the wrong type
 * @example
 * ```ts
 * import { connect } from 'node:http2';
 *
 * const tracer = new MockTracer();
 * const session = traceSession(connect('http://127.0.0.1:1'), { tracer });
 * session.on('error', () => {});
 * await new Promise((done) => session.request({ ':path': '/basket' }).on('error', done));
 * console.log(tracer.getSpan('GET').tags.error);
 * ```
 * ```text
 * true
 * ```
 */
export function traceSession(
  session: ClientHttp2Session,
  options: RequestTracingOptions<Http2RequestHeaders, Http2ResponseHeaders> = {},
): ClientHttp2Session {
  checkMethod('The session is', session, 'request', 'pass what http2.connect has returned');
  traceRequestsOf(new RequestTracing('traceSession', 'http2', options), session, '');
  return session;
}

function instrumentServers(rules: RequestTracing<Http2Request, Http2Response>): () => void {
  // Those are what the requests of this tracing are: the members of HTTP/1 that are used, over a stream.
  const tracing = rules as unknown as ServerTracing;
  return publishesStreams(process.versions.node)
    ? subscribeToStreams(tracing)
    : stopping(
        tracing,
        wrapCreateServer((server) => traceStreamsOf(tracing, server)),
      );
}

function instrumentClients(tracing: Http2ClientTracing): () => void {
  return stopping(
    tracing,
    wrapConnect((session, authority) => traceRequestsOf(tracing, session, authority)),
  );
}

function stopping(tracing: { isStopped: boolean }, restore: () => void): () => void {
  return () => {
    tracing.isStopped = true;
    restore();
  };
}

/** Node has the channel from 22.17 on in its line 22, and from 24.2 on. */
function publishesStreams(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 2) || (major === 22 && minor >= 17);
}
