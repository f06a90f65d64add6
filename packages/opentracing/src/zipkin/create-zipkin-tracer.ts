import type { BasicTracer } from '../basictracer/basic-tracer.js';
import type { BasicTracerOptions } from '../basictracer/basic-tracer-options.js';
import type { BatchRecorder } from '../basictracer/batch-recorder.js';
import type { BatchRecorderOptions } from '../basictracer/batch-recorder-options.js';
import { exportingTracer, tellMistypedOfAll } from '../basictracer/exporting-tracer.js';
import { checkExporterOptions } from '../exporters/exporter-options.js';
import {
  ZIPKIN_EXPORTER_OPTIONS,
  ZipkinExporter,
  type ZipkinExporterOptions,
} from '../exporters/zipkin-exporter.js';
import { pickOptions } from '../pick-options.js';
import type { PropagationFormat } from '../propagation/standard-propagators.js';
import type { ScopeManager } from '../scope-manager.js';

/** How {@link createZipkinTracer} composes the tracer: the options of its parts. */
export interface ZipkinTracerOptions
  extends Omit<BasicTracerOptions, 'recorder'>,
    Omit<BatchRecorderOptions, 'exporter'>,
    ZipkinExporterOptions {
  /**
   * The text formats, by their standard names: all are injected, extraction tries them in order. By
   * default `['b3multi']`.
   */
  propagation?: readonly PropagationFormat[] | undefined;
  /**
   * Keeps the active span; by default an `AsyncLocalStorageScopeManager` where the runtime has what that
   * needs, as Node has, and a `ThreadLocalScopeManager` elsewhere, as in browsers.
   */
  scopeManager?: ScopeManager | undefined;
  /**
   * Whether what waits is sent when the program ends: by itself, by `process.exit`, by an error that
   * nobody caught, or by SIGINT or SIGTERM; in a browser when the page is hidden or goes away. The exit
   * status and the program's own handlers are what they would be. By default `true`.
   */
  flushAtExit?: boolean | undefined;
  /**
   * Told of what fails inside tracing, spans that cannot be sent included, and of options whose names
   * look mistyped; it never reaches the program. By default it is written to the standard error stream.
   */
  onError?: ((error: Error) => void) | undefined;
}

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
 * @throws TypeError when `serviceName` is missing, for a URL that is none, or for a value of another type
 * @throws RangeError for an option that is out of range
 */
export function createZipkinTracer(options: ZipkinTracerOptions): ZipkinTracer {
  checkExporterOptions('createZipkinTracer', options);
  tellMistypedOfAll('createZipkinTracer', options, ZIPKIN_EXPORTER_OPTIONS);
  return exportingTracer(new ZipkinExporter(pickOptions(options, ZIPKIN_EXPORTER_OPTIONS)), {
    ...options,
    propagation: options.propagation ?? ['b3multi'],
  });
}
