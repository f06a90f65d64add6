/**
 * OpenTracing and OpenTelemetry in one program and one trace. Needs `@opentelemetry/api`, an optional
 * peer, and nothing else of OpenTelemetry.
 *
 * @module
 */
export {};
