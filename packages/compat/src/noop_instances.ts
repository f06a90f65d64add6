import type { Span } from './span.js';
import type { SpanContext } from './span_context.js';
import type { Tracer } from './tracer.js';

/**
 * The objects that do nothing. Each is put here by the module that has its class, so that those need
 * not import each other in a circle.
 */
export const noops = {} as { tracer: Tracer; span: Span; spanContext: SpanContext };
