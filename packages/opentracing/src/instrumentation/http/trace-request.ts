import type { IncomingMessage, ServerResponse } from 'node:http';
import { borrowServerSpan } from '../borrowed-server-span.js';
import { type ServerSpan, serverSpanOf } from '../server-spans.js';
import { headersOf, type ServerTracing } from './inbound-request.js';
import { observeRequest } from './observe-request.js';
import { headersToSend } from './request-headers.js';

/**
 * Handles a request of Node with its server span active: the one that was started for it earlier, by
 * `instrumentHttp`, another framework or OpenTelemetry's instrumentation, to which the hooks and headers of
 * `tracing` are added, or a new one, which finishes when the response closes.
 *
 * For the explicit form of a framework: its outermost middleware or hook calls this.
 *
 * @param tracing - the options of the framework's instrumentation; one object for all requests
 * @param handle - goes on with the request; gets the span, `null` for a request that is not traced. What
 *   it throws is thrown on
 * @returns what `handle` returns
 * @internal
 */
export function traceServerRequest<R>(
  tracing: ServerTracing,
  request: IncomingMessage,
  response: ServerResponse,
  handle: (serverSpan: ServerSpan | null) => R,
): R {
  const known = serverSpanOf(request);
  if (known === undefined && tracing.tracer() === null) {
    return handle(null);
  }
  const earlier = known === undefined ? tracing.attempt(borrow, tracing, request, response) : known;
  if (earlier !== undefined) {
    joinServerSpan(tracing, request, response, earlier);
    return handle(earlier);
  }
  const inbound = tracing.attempt(observeRequest, tracing, request, response);
  return inbound ? inbound.runHandlers(() => handle(inbound)) : handle(null);
}

/** @internal Adds to a span that was started earlier, unless the same options have been. */
export function joinServerSpan(
  tracing: ServerTracing,
  request: IncomingMessage,
  response: ServerResponse,
  earlier: ServerSpan | null,
): void {
  if (earlier !== null && !earlier.tracings?.includes(tracing)) {
    earlier.tracings ??= [];
    earlier.tracings.push(tracing);
    tracing.attempt(join, tracing, { request, response }, earlier);
  }
}

function borrow(
  tracing: ServerTracing,
  request: IncomingMessage,
  response: ServerResponse,
): ServerSpan | null | undefined {
  return borrowServerSpan(tracing, request, { request, response });
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
}

/** Adds to a span that was started earlier. */
function join(tracing: ServerTracing, exchange: Exchange, earlier: ServerSpan): void {
  const { span } = earlier;
  tracing.onRequest(span, exchange.request, headersOf);
  // Most ask for nothing, and a listener is made for each request.
  if (tracing._responseHeaders ?? tracing._responseHook) {
    earlier.onEnd(() => tracing.onResponse(span, exchange.response, headersToSend));
  }
}
