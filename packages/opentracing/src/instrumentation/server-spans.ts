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
  /** The options whose hooks and headers have been added. */
  tracings?: object[];
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

// Of the runtime's registry: two copies of this package find each other's. On the request rather than in
// a WeakMap, which costs the garbage collector as much as all else that is done for a request.
const SLOT = Symbol.for('opentracing-ts/v1/server-span');

interface Marked {
  [SLOT]?: ServerSpan | null;
  /** Of HTTP/2, where the handlers' request is made of a stream. */
  stream?: Marked | null;
}

/**
 * The span that an instrumentation has started for a request.
 *
 * @param request - the request of the runtime: Node's, or the web's
 * @returns `null` for a request that is not to be traced, `undefined` where none has seen it
 * @internal
 */
export function serverSpanOf(request: object): ServerSpan | null | undefined {
  const marked: Marked = request;
  return marked[SLOT] === undefined ? marked.stream?.[SLOT] : marked[SLOT];
}

/** @internal Keeps the span of a request for those who come later; `null` where there is to be none. */
export function keepServerSpan(request: object, span: ServerSpan | null): void {
  Object.defineProperty(request, SLOT, { value: span, configurable: true });
}
