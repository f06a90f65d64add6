/**
 * The Zipkin-compatible tracer.
 *
 * @module
 */
export {
  createZipkinTracer,
  type ZipkinTracer,
  type ZipkinTracerOptions,
} from './create-zipkin-tracer.js';
