/**
 * A tracer that keeps its spans in memory, for the tests of instrumented programs.
 *
 * @module
 */
export { MockSpan, type MockSpanLog } from './mock-span.js';
export { MockSpanContext } from './mock-span-context.js';
export { MockTracer } from './mock-tracer.js';
export type { MockTracerOptions } from './mock-tracer-options.js';
export type { SpanTree } from './span-tree.js';
