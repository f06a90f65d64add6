import { validateHeaderName, validateHeaderValue } from 'node:http';
import type {
  ClientHttp2Session,
  ClientHttp2Stream,
  IncomingHttpHeaders,
  IncomingHttpStatusHeader,
  OutgoingHttpHeaders,
} from 'node:http2';
import { readCarrier, writeCarrier } from '../../carriers.js';
import { Tags } from '../../tags.js';
import type { Tracer } from '../../tracer.js';
import { isSuppressed } from '../http-tags.js';
import { type EmitArguments, overrideEmit } from '../override-emit.js';
import type { RequestTracing } from '../request-tracing.js';
import { urlTag } from '../url-tag.js';
import { resetReason } from './http2-reset.js';
import { OutboundRequest } from './outbound-request.js';

/** The headers of a request of HTTP/2 that is about to be made, with pseudo-headers such as `:path`. */
export type Http2RequestHeaders = OutgoingHttpHeaders | readonly string[];

/** The headers of a response of HTTP/2, with the pseudo-header `:status`. */
export type Http2ResponseHeaders = IncomingHttpHeaders & IncomingHttpStatusHeader;

/** @internal What a client of HTTP/2 makes of its options. */
export type Http2ClientTracing = RequestTracing<Http2RequestHeaders, Http2ResponseHeaders>;

// biome-ignore lint/suspicious/noExplicitAny: the arguments of request are the runtime's business
type RequestFunction = (headers?: any, ...rest: any[]) => ClientHttp2Stream;

// Of the runtime's registry, so that a request has one span, whichever copy of this package sees it too.
const SLOT = Symbol.for('opentracing-ts/v1/http2-session');

interface Marked {
  [SLOT]?: Pick<Http2ClientTracing, 'isStopped'>;
}

/** Those that belong to one connection, and are refused. Source: RFC 9113, section 8.2.2. */
const OF_CONNECTION = new Set([
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Traces the requests that are made over a session. Does nothing for one that is traced already.
 *
 * @param authority - of the address that it connects to, such as `https://shop.test`
 * @internal
 */
export function traceRequestsOf(
  tracing: Http2ClientTracing,
  session: ClientHttp2Session,
  authority: string,
): void {
  const earlier = (session as Marked)[SLOT];
  if (earlier !== undefined && !earlier.isStopped) {
    return;
  }
  const original = session.request as RequestFunction;
  const request: RequestFunction = function (this: unknown, ...args) {
    const [given, ...rest] = args;
    const tracer = tracing.tracer();
    const traced = tracer && tracing.attempt(start, tracing, tracer, { given, authority });
    if (!traced) {
      return Reflect.apply(original, this, args);
    }
    let stream: ClientHttp2Stream | undefined;
    try {
      stream = Reflect.apply(original, this, [traced.headers, ...rest]);
      return stream;
    } finally {
      tracing.attempt(watch, tracing, traced.outbound, stream);
    }
  };
  Object.defineProperty(session, SLOT, { value: tracing, configurable: true });
  Object.defineProperty(session, 'request', {
    value: request,
    configurable: true,
    writable: true,
  });
}

function start(
  tracing: Http2ClientTracing,
  tracer: Tracer,
  { given, authority }: { given: Http2RequestHeaders | undefined | null; authority: string },
): { outbound: OutboundRequest; headers: Http2RequestHeaders } | null {
  if (given && typeof given !== 'object') {
    return null;
  }
  // The program's own object stays as it is; symbols in it say which headers are sensitive.
  const headers: Http2RequestHeaders = Object.assign(Array.isArray(given) ? [] : {}, given);
  if (isSuppressed(readCarrier(headers, 'b3')) || tracing.ignores(headers)) {
    return null;
  }
  const [scheme = '', host = ''] = authority.split('://');
  const outbound = new OutboundRequest(tracer, readCarrier(headers, ':method') ?? 'GET', {
    [Tags.COMPONENT]: tracing.component,
    ...addressTags(tracing, headers, scheme, host),
  });
  tracing.onRequest(outbound.span, headers, (all) => all);
  tracing.attempt(addContext, tracing, outbound, headers);
  return { outbound, headers };
}

function addContext(
  tracing: Http2ClientTracing,
  outbound: OutboundRequest,
  headers: Http2RequestHeaders,
): void {
  for (const [name, value] of Object.entries(outbound.headers())) {
    tracing.attempt(addHeader, headers, name, value);
  }
}

/** Unless the runtime would refuse the request for it. */
function addHeader(headers: Http2RequestHeaders, name: string, value: string): void {
  validateHeaderName(name);
  validateHeaderValue(name, value);
  if (OF_CONNECTION.has(name.toLowerCase())) {
    throw new Error(`HTTP/2 has no header '${name}', so that the tracer's was not sent.`);
  }
  writeCarrier(headers, name, value);
}

/** The tags of where a request goes to, by its headers or else by the address of the session. */
function addressTags(
  tracing: Http2ClientTracing,
  headers: Http2RequestHeaders,
  sessionScheme: string,
  sessionHost: string,
): Record<string, string> {
  const scheme = readCarrier(headers, ':scheme') ?? sessionScheme;
  const host = readCarrier(headers, ':authority') ?? readCarrier(headers, 'host') ?? sessionHost;
  if (host === '') {
    return {};
  }
  return {
    [Tags.HTTP_URL]: urlTag(
      `${scheme}://${host}`,
      readCarrier(headers, ':path') ?? '/',
      tracing.captureQuery,
    ),
    [Tags.PEER_HOSTNAME]: host.replace(/:\d+$/, ''),
  };
}

/** Without a stream where the runtime has refused the request. */
function watch(
  tracing: Http2ClientTracing,
  outbound: OutboundRequest,
  stream: ClientHttp2Stream | undefined,
): void {
  if (stream === undefined) {
    outbound.onAborted('the request was refused before anything was sent');
    return;
  }
  if (stream.sentHeaders !== undefined) {
    // With what the session has added where it was not known before.
    outbound.span.addTags(addressTags(tracing, stream.sentHeaders, '', ''));
  }
  overrideEmit(stream, (emit) => {
    return function (...args) {
      tracing.attempt(onEvent, tracing, { outbound, stream }, args);
      return outbound.emit(this, emit, args);
    };
  });
}

function onEvent(
  tracing: Http2ClientTracing,
  { outbound, stream }: { outbound: OutboundRequest; stream: ClientHttp2Stream },
  [event, argument]: EmitArguments,
): void {
  switch (event) {
    case 'response':
      outbound.onStatus((argument as Http2ResponseHeaders)[':status'] ?? 0);
      outbound.onPeer(stream.session?.destroyed ? null : stream.session?.socket);
      tracing.onResponse(outbound.span, argument as Http2ResponseHeaders, (headers) => headers);
      break;
    case 'end':
      // One that is destroyed with its session comes to an end too.
      if (!stream.rstCode && !stream.destroyed) {
        outbound.finish();
      }
      break;
    case 'timeout':
      outbound.onTimeout();
      break;
    case 'error':
      outbound.onError(argument);
      break;
    case 'close':
      onClose(outbound, stream);
      break;
  }
}

function onClose(outbound: OutboundRequest, stream: ClientHttp2Stream): void {
  const reason = resetReason(stream.rstCode) ?? 'the session closed';
  outbound.onAborted(`${reason} before the response was complete`);
}
