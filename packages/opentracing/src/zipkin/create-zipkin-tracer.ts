import type { BasicTracer } from '../basictracer/basic-tracer.js';
import type { BasicTracerOptions } from '../basictracer/basic-tracer-options.js';
import type { BatchRecorder, BatchRecorderOptions } from '../basictracer/batch-recorder.js';
import { exportingTracer } from '../basictracer/exporting-tracer.js';
import { checkServiceName } from '../exporters/exporter-options.js';
import { ZipkinExporter, type ZipkinExporterOptions } from '../exporters/zipkin-exporter.js';

/** How {@link createZipkinTracer} composes the tracer: the options of its parts. */
export interface ZipkinTracerOptions
  extends Omit<BasicTracerOptions, 'recorder'>,
    Omit<BatchRecorderOptions, 'exporter'>,
    ZipkinExporterOptions {}

/** What {@link createZipkinTracer} makes: a `BasicTracer` of which the parts are known. */
export interface ZipkinTracer extends BasicTracer {
  /** Collects the spans: has their counts as `stats`, and those of the spool as `exporter.spoolStats`. */
  readonly recorder: BatchRecorder & { readonly exporter: ZipkinExporter };
}

/**
 * A Zipkin-compatible tracer: a `BasicTracer` that sends to a Zipkin collector in batches.
 *
 * Where its defaults differ from those of `BasicTracer`: the active span is kept by
 * `AsyncLocalStorageScopeManager` where the runtime has what that needs, the propagation is
 * `['b3multi']`, and what waits is sent when the program ends (`flushAtExit`).
 *
 * @example
 * ```ts
 * const tracer = createZipkinTracer({ serviceName: 'orders' });
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
export function createZipkinTracer(options: ZipkinTracerOptions): ZipkinTracer {
  checkServiceName('createZipkinTracer', options?.serviceName);
  return exportingTracer(new ZipkinExporter(options), {
    ...options,
    propagation: options.propagation ?? ['b3multi'],
  });
}
