/**
 * The local collector, to be started by a program, and a trace as text.
 *
 * @module
 */
export type { Collector, CollectorOptions } from './collector/start.js';
export { startCollector } from './collector/start.js';
export { ViewerError } from './errors.js';
export type { Annotation, Endpoint, Span, SpanKind } from './model/span.js';
export type { Added } from './store/store.js';
export type { RenderOptions } from './terminal/render-trace.js';
export { renderTrace } from './terminal/render-trace.js';
