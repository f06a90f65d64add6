/**
 * The reference tracer and what goes with it.
 *
 * @module
 */
export { BasicSpanContext } from '../propagation/basic-span-context.js';
export { BasicSpan, type LogEntry } from './basic-span.js';
export { BasicTracer } from './basic-tracer.js';
export type { BasicTracerOptions } from './basic-tracer-options.js';
export { BatchRecorder, type BatchRecorderStats } from './batch-recorder.js';
export type { BatchRecorderOptions } from './batch-recorder-options.js';
export { tagCallSites } from './call-sites.js';
export { ConsoleRecorder, type ConsoleRecorderOptions } from './console-recorder.js';
export type { IdGenerator } from './id-generator.js';
export type { UnfinishedSpan } from './open-spans.js';
export { ParentBasedSampler, type ParentBasedSamplerOptions } from './parent-based-sampler.js';
export { InMemoryRecorder, type SpanRecorder } from './recorder.js';
export {
  type OpenSpanReport,
  type OpenSpanReportOptions,
  reportOpenSpans,
} from './report-open-spans.js';
export { RuleSampler, type SamplingRule } from './rule-sampler.js';
export { ConstSampler, ProbabilitySampler, RateLimitingSampler, type Sampler } from './samplers.js';
export {
  ExportError,
  type ExportErrorOptions,
  type ExportProgress,
  type SpanExporter,
} from './span-exporter.js';
export type { SpanCuts, SpanLimits } from './span-limits.js';
