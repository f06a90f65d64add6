/**
 * OpenTracing and OpenTelemetry in one program and one trace. Needs `@opentelemetry/api`, an optional
 * peer, and nothing else of OpenTelemetry.
 *
 * @module
 */
export { OpenTracingContextManager } from './context-manager.js';
export { OpenTracingPropagator } from './propagator.js';
export { registerOpenTelemetry } from './register-opentelemetry.js';
export type { OpenTelemetryErrorOptions } from './report-once.js';
export { type OpenTracingBridgeOptions, OpenTracingTracerProvider } from './tracer-provider.js';
