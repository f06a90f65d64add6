/**
 * OpenTracing and OpenTelemetry in one program and one trace. Needs `@opentelemetry/api`, an optional
 * peer, and nothing else of OpenTelemetry.
 *
 * @module
 */
export { OpenTracingContextManager } from './context-manager.js';
export { OpenTelemetryScopeManager } from './opentelemetry-scope-manager.js';
export { OpenTelemetrySpan } from './opentelemetry-span.js';
export { OpenTelemetrySpanContext } from './opentelemetry-span-context.js';
export {
  type OpenTelemetryPropagators,
  OpenTelemetryTracer,
  type OpenTelemetryTracerOptions,
} from './opentelemetry-tracer.js';
export { OpenTracingPropagator } from './propagator.js';
export { registerOpenTelemetry } from './register-opentelemetry.js';
export type { OpenTelemetryErrorOptions } from './report-once.js';
export { type OpenTelemetrySampler, SamplingPrioritySampler } from './sampling-priority-sampler.js';
export type { TextPropagator } from './text-propagation.js';
export { type OpenTracingBridgeOptions, OpenTracingTracerProvider } from './tracer-provider.js';
