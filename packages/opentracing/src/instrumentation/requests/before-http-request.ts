import { describeValue } from '../../describe-value.js';
import { FORMAT_HTTP_HEADERS } from '../../propagation.js';
import type { Span } from '../../span.js';
import type { SpanContext } from '../../span-context.js';
import { startChildSpan } from '../../start-child-span.js';
import { Tags } from '../../tags.js';
import { urlTag } from '../url-tag.js';
import { addPeerTags } from './peer-tags.js';

/**
 * A request that is about to be made: Node's, one of the web platform, or what you know of it.
 *
 * Source: the description of the platform API, "Outbound request", whose names are in Python's case.
 */
export interface OutboundHttpRequest {
  /** Such as `GET`, which is the default. */
  readonly method?: string | null | undefined;
  /** The whole address; the tag `http.url` leaves the query, user name and password out. */
  readonly url?: string | URL | null | undefined;
  /**
   * A plain object, a `Headers`, a `Map`, or an array of names and values in turn, which the context is
   * written into. May be left out where there is `setHeader`.
   */
  readonly headers?: object | undefined;
  /** Of Node's requests: sets a header, where there are no `headers`. */
  setHeader?(name: string, value: string): unknown;
  /** The name of the span, of few different ones. By default the method. */
  readonly operation?: string | null | undefined;
  /** The name of the service that is called. */
  readonly serviceName?: string | null | undefined;
  /** The IP address or name of the other end. By default that of the address. */
  readonly host?: string | null | undefined;
  /** The port of the other end. By default that of the address. */
  readonly port?: number | null | undefined;
  /** Of Node's requests, which have no `url`: `https:`. */
  readonly protocol?: string | null | undefined;
  /** Of Node's requests, which have no `url`: the path with its query. */
  readonly path?: string | null | undefined;
}

/**
 * Starts the span of a request that is about to be made, a child of the current one, and writes its
 * context into the headers of the request. The tags say the kind, the method, the address and who is
 * called. The tracer is that of the current span; where there is none, `globalTracer()`.
 *
 * Making the request, and finishing the span, is the next step: see the example.
 *
 * Source: the description of the platform API, "Outbound request" (`before_http_request`).
 *
 * @param request - gets the headers
 * @param currentSpan - the parent: a span or a context, or what returns it, such as
 *   `() => tracer.activeSpan`. With `null`, as without one, the active span is the parent, if there is one
 * @returns the span, which is not active
 * @throws TypeError when `request` can take no headers; `InvalidCarrierError` when its headers are frozen
 * @example
 * ```ts
 * const tracer = new MockTracer();
 * setGlobalTracer(tracer);
 * const page = tracer.startSpan('page');
 *
 * const request = { method: 'GET', url: 'https://shop.test:8443/basket?user=ada', headers: {} };
 * const span = beforeHttpRequest(request, page);
 * try {
 *   // the actual call
 * } catch (error) {
 *   span.logError(error);
 * } finally {
 *   span.finish();
 * }
 * console.log(Object.keys(request.headers), tracer.getSpan('GET').tags['http.url']);
 * ```
 * ```text
 * [ 'mockpfx-ids-traceid', 'mockpfx-ids-spanid' ] https://shop.test:8443/basket
 * ```
 */
export function beforeHttpRequest(
  request: OutboundHttpRequest,
  currentSpan?: Span | SpanContext | null | (() => Span | SpanContext | null | undefined),
): Span {
  checkRequest(request);
  const { operation, serviceName } = request;
  const method = request.method || 'GET';
  const target = targetOf(request);
  const tags: Record<string, unknown> = {
    [Tags.SPAN_KIND]: Tags.SPAN_KIND_RPC_CLIENT,
    [Tags.HTTP_METHOD]: method,
  };
  if (target !== '') {
    tags[Tags.HTTP_URL] = urlTag('', target);
  }
  const url = parsed(target);
  addPeerTags(
    tags,
    serviceName,
    request.host || url?.hostname,
    request.port || url?.port || (url && defaultPortOf(url)),
  );
  const parent = typeof currentSpan === 'function' ? currentSpan() : currentSpan;
  const span = startChildSpan(parent, operation || method, { tags });
  try {
    sendContext(span, request);
  } catch (error) {
    span.logError(error).finish();
    throw error;
  }
  return span;
}

function checkRequest(request: OutboundHttpRequest): void {
  const { headers, setHeader } = (request ?? {}) as Partial<OutboundHttpRequest>;
  const canTakeHeaders = typeof headers === 'object' && headers !== null;
  if (!canTakeHeaders && typeof setHeader !== 'function') {
    throw new TypeError(
      `The headers of the request are ${describeValue(headers)}; ` +
        'pass a request with headers that the context can be written into, {} if there are none yet.',
    );
  }
}

function sendContext(span: Span, request: OutboundHttpRequest): void {
  const tracer = span.tracer();
  if (typeof request.setHeader !== 'function') {
    tracer.inject(span, FORMAT_HTTP_HEADERS, request.headers);
    return;
  }
  const headers: Record<string, string> = {};
  tracer.inject(span, FORMAT_HTTP_HEADERS, headers);
  for (const name of Object.keys(headers)) {
    request.setHeader(name, headers[name] as string);
  }
}

function targetOf({ url, protocol, host, path }: OutboundHttpRequest): string {
  if (url) {
    return String(url);
  }
  return protocol && host ? `${protocol}//${host}${path ?? '/'}` : '';
}

function parsed(url: string): URL | null {
  try {
    return new URL(url);
  } catch {
    return null;
  }
}

function defaultPortOf({ protocol }: URL): number | null {
  return protocol === 'https:' ? 443 : protocol === 'http:' ? 80 : null;
}
