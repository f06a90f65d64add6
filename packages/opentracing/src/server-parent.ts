import type { Span } from './span.js';

/**
 * A method of a span that stands for a request which the program answers: the id of the caller's span,
 * `''` where the trace begins here, `undefined` for a span of another kind and for one that has ended.
 * OpenTracing cannot be asked for it, so the bridges to OpenTelemetry say it.
 *
 * Of the runtime's registry: the bridge and the instrumentation may be of two copies of this package.
 *
 * @internal
 */
export const SERVER_PARENT: unique symbol = Symbol.for('opentracing-ts/v1/server-parent') as never;

interface ServerParent {
  [SERVER_PARENT]?(): string | undefined;
}

/** @internal Adds that method to a span of a tracer that knows nothing of it. */
export function setServerParent(span: Span, serverParent: () => string | undefined): void {
  // A span may be frozen, and is then none of which that is known.
  Reflect.defineProperty(span, SERVER_PARENT, { value: serverParent });
}

/**
 * Whether another instrumentation, by way of OpenTelemetry, has started a span for a request.
 *
 * @param span - that is active where the request is handled
 * @param callerId - asked for the id of the span that the request names; `''` where it names none
 * @internal
 */
export function answers(span: Span | null, callerId: () => string): boolean {
  const parentId = (span as ServerParent | null)?.[SERVER_PARENT]?.();
  return parentId !== undefined && padded(parentId) === padded(callerId());
}

/** Ids of tracers that write them without leading zeros are the same in OpenTelemetry, with them. */
function padded(id: string): string {
  return id.toLowerCase().padStart(16, '0');
}
