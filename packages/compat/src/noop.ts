import { noops } from './noop_instances.js';
import type { Span } from './span.js';
import type { SpanContext } from './span_context.js';
import type { Tracer } from './tracer.js';
import './tracer.js';

/** The tracer that does nothing. */
export const tracer: Tracer | null = noops.tracer;
/** The context without ids. */
export const spanContext: SpanContext | null = noops.spanContext;
/** The span that records nothing. */
export const span: Span | null = noops.span;

/** Does nothing: what does nothing is there from the start. */
export function initialize(): void {}
