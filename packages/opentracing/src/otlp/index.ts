/**
 * The tracer that sends by OTLP, the protocol of OpenTelemetry.
 *
 * @module
 */
export {
  createOtlpTracer,
  type OtlpTracer,
  type OtlpTracerOptions,
} from './create-otlp-tracer.js';
