import type { BasicTracer } from '../basictracer/basic-tracer.js';
import type { BasicTracerOptions } from '../basictracer/basic-tracer-options.js';
import type { BatchRecorder, BatchRecorderOptions } from '../basictracer/batch-recorder.js';
import { exportingTracer } from '../basictracer/exporting-tracer.js';
import { checkServiceName } from '../exporters/exporter-options.js';
import { OtlpExporter, type OtlpExporterOptions } from '../exporters/otlp-exporter.js';

/** How {@link createOtlpTracer} composes the tracer: the options of its parts. */
export interface OtlpTracerOptions
  extends Omit<BasicTracerOptions, 'recorder'>,
    Omit<BatchRecorderOptions, 'exporter'>,
    OtlpExporterOptions {}

/** What {@link createOtlpTracer} makes: a `BasicTracer` of which the parts are known. */
export interface OtlpTracer extends BasicTracer {
  /** Collects the spans: has their counts as `stats`, and those of the spool as `exporter.spoolStats`. */
  readonly recorder: BatchRecorder & { readonly exporter: OtlpExporter };
}

/**
 * A tracer for what speaks OpenTelemetry: a `BasicTracer` that sends by OTLP over HTTP, in batches, to an
 * OpenTelemetry Collector, to Jaeger, or to a vendor.
 *
 * Where its defaults differ from those of `BasicTracer`: the active span is kept by
 * `AsyncLocalStorageScopeManager` where the runtime has what that needs, the propagation is
 * `['tracecontext', 'baggage']` and the trace ids have 128 bits, as OpenTelemetry's, and what waits is
 * sent when the program ends (`flushAtExit`).
 *
 * @example
 * ```ts
 * const tracer = createOtlpTracer({
 *   serviceName: 'orders',
 *   resource: { 'service.version': '1.2.0' },
 * });
 * await tracer.withActiveSpan('work', async (span) => span.setTag('answer', 42));
 * await tracer.close();
 * console.log(tracer.recorder.stats.recorded);
 * ```
 * ```text
 * 1
 * ```
 * @throws TypeError when `serviceName` is missing, or for a URL that is none
 * @throws RangeError for an option that is out of range
 */
export function createOtlpTracer(options: OtlpTracerOptions): OtlpTracer {
  checkServiceName('createOtlpTracer', options?.serviceName);
  return exportingTracer(new OtlpExporter(options), {
    ...options,
    propagation: options.propagation ?? ['tracecontext', 'baggage'],
    traceId128: options.traceId128 ?? true,
  });
}
