import type { IncomingMessage, ServerResponse } from 'node:http';
import { FORMAT_HTTP_HEADERS } from '../propagation.js';
import { answers } from '../server-parent.js';
import type { Span } from '../span.js';
import type { Tracer } from '../tracer.js';
import type { Guard } from './guard.js';
import type { RequestTracing } from './request-tracing.js';
import { runInScope } from './run-in-scope.js';
import { keepServerSpan, type ServerSpan } from './server-spans.js';

/** A request of Node and its response, as far as they are used here. */
export interface NodeExchange {
  request: Pick<IncomingMessage, 'method' | 'headers'>;
  response: Pick<ServerResponse, 'prependOnceListener'>;
}

/** The span of a request that OpenTelemetry's instrumentation has started, and will finish. */
class BorrowedServerSpan implements ServerSpan {
  span: Span;
  tracer: Tracer;
  tracings: object[] = [];
  guard: Guard;
  exchange: NodeExchange;

  constructor(guard: Guard, tracer: Tracer, span: Span, exchange: NodeExchange) {
    this.guard = guard;
    this.tracer = tracer;
    this.span = span;
    this.exchange = exchange;
  }

  run<R>(fn: () => R): R {
    return runInScope(this.tracer, this.span, fn);
  }

  nameRoute(route: string): void {
    const { method } = this.exchange.request;
    this.span.setOperationName(`${method} ${route}`).setTag('http.route', route);
  }

  onEnd(listener: () => void): void {
    // Before those who finish the span then.
    this.exchange.response.prependOnceListener('close', this.guard(listener));
  }
}

/**
 * The span of a request that OpenTelemetry's instrumentation of `node:http` has started: the active one,
 * where it is of a server and has the parent that the request names.
 *
 * @param handled - the request as the options' `ignore` knows it, and as others ask for its span
 * @returns `null` for a request that is not to be traced, `undefined` where there is no such span
 * @internal
 */
export function borrowServerSpan<Handled extends object>(
  tracing: Pick<RequestTracing<Handled, object>, 'tracer' | 'ignores' | 'guard'>,
  handled: Handled,
  exchange: NodeExchange,
): ServerSpan | null | undefined {
  const tracer = tracing.tracer();
  const span = tracer?.activeSpan ?? null;
  if (tracer === null || span === null || !answers(span, () => callerId(tracer, exchange))) {
    return undefined;
  }
  const borrowed = tracing.ignores(handled)
    ? null
    : new BorrowedServerSpan(tracing.guard, tracer, span, exchange);
  keepServerSpan(handled, borrowed);
  return borrowed;
}

function callerId(tracer: Tracer, { request }: NodeExchange): string {
  try {
    return tracer.extract(FORMAT_HTTP_HEADERS, request.headers)?.toSpanId() ?? '';
  } catch {
    return '';
  }
}
