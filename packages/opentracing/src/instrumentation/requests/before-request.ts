import { readCarrier } from '../../carriers.js';
import { checkMethod } from '../../check-method.js';
import { describeValue } from '../../describe-value.js';
import { FORMAT_HTTP_HEADERS } from '../../propagation.js';
import type { Span } from '../../span.js';
import type { SpanContext } from '../../span-context.js';
import { Tags } from '../../tags.js';
import type { Tracer } from '../../tracer.js';
import { urlTag } from '../url-tag.js';
import { addPeerTags } from './peer-tags.js';

/**
 * A request that a server has received: Node's, one of the web platform, or what you know of it.
 *
 * Source: the description of the platform API, "Inbound request", whose names are in Python's case.
 */
export interface InboundHttpRequest {
  /** Such as `GET`. */
  readonly method?: string | null | undefined;
  /** The whole address, or the path with its query; the tag `http.url` leaves the query out. */
  readonly url?: string | null | undefined;
  /** A plain object, a `Headers`, a `Map`, or an array of names and values in turn. */
  readonly headers: object;
  /** The name of the span, of few different ones: `GET /orders/:id`. By default the method. */
  readonly operation?: string | null | undefined;
  /** The IP address of the caller. By default that of `socket`. */
  readonly remoteIp?: string | null | undefined;
  /** The port of the caller. By default that of `socket`. */
  readonly remotePort?: number | null | undefined;
  /** The name of the service that calls, where it says so. */
  readonly callerName?: string | null | undefined;
  /** The connection, as Node's requests have it. */
  readonly socket?:
    | {
        readonly remoteAddress?: string | undefined;
        readonly remotePort?: number | undefined;
        readonly encrypted?: unknown;
      }
    | null
    | undefined;
}

/**
 * Starts the span of a request that has come in: the child of the context in its headers, or the root of
 * a new trace where there is none or it cannot be read, whatever is active here. The tags say the kind,
 * the method, the address and who calls.
 *
 * Making it active, and finishing it, is the next step: see the example.
 *
 * Source: the description of the platform API, "Inbound request" (`before_request`).
 *
 * @param request - is read, not changed
 * @param tracer - `globalTracer()`, say
 * @returns the span, which is not active yet
 * @throws TypeError when `tracer` is none, or `request` has no headers
 * @example
 * ```ts
 * const tracer = new MockTracer(new AsyncLocalStorageScopeManager());
 *
 * async function handleRequest(request: Request): Promise<Response> {
 *   const span = beforeRequest(request, tracer);
 *   return tracer.scopeManager.withActive(span, () => handleRequestForReal(request), true);
 * }
 *
 * async function handleRequestForReal(request: Request): Promise<Response> {
 *   return new Response(tracer.activeSpan === null ? 'not traced' : `3 items by ${request.method}`);
 * }
 *
 * const response = await handleRequest(new Request('https://shop.test/basket?user=ada'));
 * console.log(await response.text(), tracer.getSpan('GET').tags['http.url']);
 * ```
 * ```text
 * 3 items by GET https://shop.test/basket
 * ```
 */
export function beforeRequest(request: InboundHttpRequest, tracer: Tracer): Span {
  checkMethod('The tracer is', tracer, 'startSpan', 'pass globalTracer()');
  checkHeaders(request);
  const { method, operation, callerName, socket } = request;
  const tags: Record<string, unknown> = { [Tags.SPAN_KIND]: Tags.SPAN_KIND_RPC_SERVER };
  if (method) {
    tags[Tags.HTTP_METHOD] = method;
  }
  const url = request.url ? urlTag(originOf(request), request.url) : '';
  if (url !== '') {
    tags[Tags.HTTP_URL] = url;
  }
  addPeerTags(
    tags,
    callerName,
    request.remoteIp ?? socket?.remoteAddress,
    request.remotePort ?? socket?.remotePort,
  );
  return tracer.startSpan(operation || method || 'HTTP', {
    childOf: contextOf(request, tracer),
    ignoreActiveSpan: true,
    tags,
  });
}

function checkHeaders(request: InboundHttpRequest): void {
  const headers: unknown = (request as Partial<InboundHttpRequest> | null | undefined)?.headers;
  if (typeof headers !== 'object' || headers === null) {
    throw new TypeError(
      `The headers of the request are ${describeValue(headers)}; pass a request with headers.`,
    );
  }
}

/** `null`, a new trace, where there is no context or it cannot be read. */
function contextOf({ headers }: InboundHttpRequest, tracer: Tracer): SpanContext | null {
  try {
    return tracer.extract(FORMAT_HTTP_HEADERS, headers);
  } catch {
    return null;
  }
}

/** What is missing of an address that is only a path. */
function originOf({ headers, socket }: InboundHttpRequest): string {
  // The name that HTTP/2 has for it is none that `Headers` could be asked for.
  const host = readCarrier(headers, 'host') ?? (headers as { ':authority'?: string })[':authority'];
  return host === undefined ? '' : `${socket?.encrypted ? 'https' : 'http'}://${host}`;
}
