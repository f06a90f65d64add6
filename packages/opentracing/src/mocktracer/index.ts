/**
 * A tracer that keeps its finished spans in memory, for the tests of instrumented programs.
 *
 * @module
 */
export { MockSpan, type MockSpanLog } from './mock-span.js';
export { MockSpanContext } from './mock-span-context.js';
export { MockTracer } from './mock-tracer.js';
