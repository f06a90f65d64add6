import type { BasicSpan } from '../basictracer/basic-span.js';
import { errorReporterOnce } from '../basictracer/report-error.js';
import type { ExportProgress, SpanExporter } from '../basictracer/span-exporter.js';
import { describeValue } from '../describe-value.js';
import { deliveryTo } from './collector-delivery.js';
import type { Delivery } from './delivery.js';
import {
  checkEncoding,
  checkExporterOptions,
  EXPORTER_OPTIONS,
  type ExporterOptions,
} from './exporter-options.js';
import type { HttpTransportOptions } from './http-transport.js';
import { encodeOtlpJson } from './otlp-json.js';
import { encodeOtlp } from './otlp-proto.js';
import type { OtlpEncodeOptions } from './otlp-span.js';
import { checkAnswer } from './partial-success.js';
import type { SpoolStats } from './spool-options.js';

/** How an {@link OtlpExporter} sends. */
export interface OtlpExporterOptions extends ExporterOptions, OtlpEncodeOptions {
  /**
   * The collector's whole address for spans; by default `http://127.0.0.1:4318/v1/traces`. One without a
   * path, such as `http://collector:4318`, gets `/v1/traces`.
   */
  url?: HttpTransportOptions['url'] | undefined;
  /** The form of the spans; by default `'protobuf'`, which every collector takes that knows OTLP. */
  encoding?: 'protobuf' | 'json' | undefined;
}

/** @internal */
export const OTLP_EXPORTER_OPTIONS: Readonly<Record<keyof OtlpExporterOptions, true>> = {
  ...EXPORTER_OPTIONS,
  resource: true,
};

/** Where a collector listens for OTLP over HTTP by default. */
export const DEFAULT_OTLP_URL = 'http://127.0.0.1:4318/v1/traces';

// Source: OTLP 1.x, "OTLP/HTTP Response", "Retryable Response Codes".
const RETRY_STATUSES = [429, 502, 503, 504];

/**
 * Sends spans by OTLP over HTTP: to an OpenTelemetry Collector, to Jaeger, and to most vendors.
 *
 * Where the collector takes a batch except for some spans, those are counted as lost and its message is
 * told. What it says of a batch that it takes as a whole goes to `onError` once.
 *
 * @example
 * ```ts
 * const exporter = new OtlpExporter({
 *   serviceName: 'bakery',
 *   resource: { 'deployment.environment.name': 'test' },
 *   transport: async (body, contentType) => console.log(contentType, body.byteLength > 100),
 * });
 * const tracer = new BasicTracer({ recorder: new BatchRecorder({ exporter }), traceId128: true });
 * tracer.startSpan('bake').finish();
 * await tracer.close();
 * ```
 * ```text
 * application/x-protobuf true
 * ```
 */
export class OtlpExporter implements SpanExporter {
  /** @internal */
  _delivery: Delivery;
  /** Where the transport can do that. */
  readonly exportLast: SpanExporter['exportLast'];
  /** Writes spans to the spool, where there is one. */
  readonly store: SpanExporter['store'];

  /**
   * @throws TypeError without a `serviceName`, for a URL that is none, or for a value of another type
   * @throws RangeError for an option that is out of range
   * @throws SpoolError for a spool on a runtime without files, or in a directory that cannot be written
   */
  constructor(options: OtlpExporterOptions) {
    checkExporterOptions('new OtlpExporter', options);
    checkResource(options.resource);
    const { serviceName, resource } = options;
    const encoding = checkEncoding(['protobuf', 'json'], options.encoding);
    const isJson = encoding === 'json';
    const encode = isJson ? encodeOtlpJson : encodeOtlp;
    const warn = errorReporterOnce(options.onError);
    this._delivery = deliveryTo(
      {
        kind: 'otlp',
        name: 'OtlpExporter',
        known: OTLP_EXPORTER_OPTIONS,
        url: DEFAULT_OTLP_URL,
        contentType: isJson ? 'application/json' : 'application/x-protobuf',
        encode: (spans) => encode(spans, { serviceName, resource }),
        http: { retryStatuses: RETRY_STATUSES },
        checkAnswer: (answer) =>
          checkAnswer(answer, encoding, (warning) => warn(warning, 'warning')),
      },
      options,
    );
    this.exportLast = this._delivery.exportLast;
    this.store = this._delivery.store;
  }

  export(spans: readonly BasicSpan[], onProgress?: ExportProgress): Promise<void> {
    return this._delivery.export(spans, onProgress);
  }

  /** What the spool holds and has held; `null` without one. */
  get spoolStats(): SpoolStats | null {
    return this._delivery.spool?.stats ?? null;
  }

  close(): Promise<void> {
    return this._delivery.close();
  }
}

function checkResource(resource: unknown): void {
  if (resource !== undefined && (typeof resource !== 'object' || Array.isArray(resource))) {
    throw new TypeError(
      `The resource is ${describeValue(resource)}; ` +
        "give an object such as { 'service.version': '1.2.0' }.",
    );
  }
}
