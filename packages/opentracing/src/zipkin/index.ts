/**
 * The Zipkin-compatible tracer.
 *
 * @module
 */
export { createZipkinTracer, type ZipkinTracerOptions } from './create-zipkin-tracer.js';
