import type { BasicTracer } from '../basictracer/basic-tracer.js';
import type { BasicTracerOptions } from '../basictracer/basic-tracer-options.js';
import type { BatchRecorder } from '../basictracer/batch-recorder.js';
import type { BatchRecorderOptions } from '../basictracer/batch-recorder-options.js';
import { exportingTracer, tellMistypedOfAll } from '../basictracer/exporting-tracer.js';
import { checkExporterOptions } from '../exporters/exporter-options.js';
import {
  OTLP_EXPORTER_OPTIONS,
  OtlpExporter,
  type OtlpExporterOptions,
} from '../exporters/otlp-exporter.js';
import { pickOptions } from '../pick-options.js';
import type { PropagationFormat } from '../propagation/standard-propagators.js';
import type { ScopeManager } from '../scope-manager.js';

/** @internal What it propagates by where nothing is said. */
export const OTLP_PROPAGATION: readonly PropagationFormat[] = ['tracecontext', 'baggage'];

/** How {@link createOtlpTracer} composes the tracer: the options of its parts. */
export interface OtlpTracerOptions
  extends Omit<BasicTracerOptions, 'recorder'>,
    Omit<BatchRecorderOptions, 'exporter'>,
    OtlpExporterOptions {
  /**
   * The text formats, by their standard names: all are injected, extraction tries them in order. By
   * default `['tracecontext', 'baggage']`.
   */
  propagation?: readonly PropagationFormat[] | undefined;
  /** Whether new trace ids have 128 bits, as OpenTelemetry's, rather than 64; by default `true`. */
  traceId128?: boolean | undefined;
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
 * @throws TypeError when `serviceName` is missing, for a URL that is none, or for a value of another type
 * @throws RangeError for an option that is out of range
 */
export function createOtlpTracer(options: OtlpTracerOptions): OtlpTracer {
  checkExporterOptions('createOtlpTracer', options);
  tellMistypedOfAll('createOtlpTracer', options, OTLP_EXPORTER_OPTIONS);
  return exportingTracer(new OtlpExporter(pickOptions(options, OTLP_EXPORTER_OPTIONS)), {
    ...options,
    propagation: options.propagation ?? OTLP_PROPAGATION,
    traceId128: options.traceId128 ?? true,
  });
}
