import type { Span } from '../span.js';
import type { Tracer } from '../tracer.js';

/**
 * The span of a request that this program answers. Two copies of the package find each other's, so this
 * changes by addition only.
 *
 * @internal
 */
export interface ServerSpan {
  readonly span: Span;
  readonly tracer: Tracer;
  /** Runs `fn` with the span active, for where a framework has lost it. */
  run<R>(fn: () => R): R;
  /**
   * Names the span `GET /orders/:id` and sets the tag `http.route`.
   *
   * @param route - the pattern of the route
   */
  nameRoute(route: string): void;
  /** Calls `listener` right before the span finishes, with the status that was sent already set. */
  onEnd(listener: () => void): void;
}

// Shared by all copies of this package in one thread, so that a request has one span.
const SLOT = Symbol.for('opentracing-ts/v1/server-spans');
const slots = globalThis as { [SLOT]?: WeakMap<object, ServerSpan | null> };
slots[SLOT] ??= new WeakMap();
const spans = slots[SLOT];

/**
 * The span that an instrumentation has started for a request.
 *
 * @param request - the request of the runtime: Node's, or the web's
 * @returns `null` for a request that is not to be traced, `undefined` where none has seen it
 * @internal
 */
export function serverSpanOf(request: object): ServerSpan | null | undefined {
  return spans.get(request);
}

/** @internal Keeps the span of a request for those who come later; `null` where there is to be none. */
export function keepServerSpan(request: object, span: ServerSpan | null): void {
  spans.set(request, span);
}
