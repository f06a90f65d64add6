import type { BasicSpan } from '../basictracer/basic-span.js';
import type { ExportProgress, SpanExporter } from '../basictracer/span-exporter.js';
import { deliveryTo } from './collector-delivery.js';
import type { Delivery } from './delivery.js';
import {
  checkEncoding,
  checkExporterOptions,
  EXPORTER_OPTIONS,
  type ExporterOptions,
} from './exporter-options.js';
import type { HttpTransportOptions } from './http-transport.js';
import type { SpoolStats } from './spool-options.js';
import { encodeZipkinJson } from './zipkin-json.js';
import { encodeZipkinProto } from './zipkin-proto.js';

/** How a {@link ZipkinExporter} sends. */
export interface ZipkinExporterOptions extends ExporterOptions {
  /**
   * The collector's whole address for spans; by default `http://127.0.0.1:9411/api/v2/spans`. One without
   * a path, such as `http://zipkin:9411`, gets `/api/v2/spans`.
   */
  url?: HttpTransportOptions['url'] | undefined;
  /**
   * The form of the spans. By default `'json'`, which every collector takes that knows Zipkin;
   * `'proto3'` says the same in about half of the bytes.
   */
  encoding?: 'json' | 'proto3' | undefined;
}

/** @internal */
export const ZIPKIN_EXPORTER_OPTIONS: Readonly<Record<keyof ZipkinExporterOptions, true>> =
  EXPORTER_OPTIONS;

/** Where a Zipkin collector listens by default. */
export const DEFAULT_ZIPKIN_URL = 'http://127.0.0.1:9411/api/v2/spans';

/**
 * Sends spans to a Zipkin collector, or to anything that takes Zipkin's format.
 *
 * @example
 * ```ts
 * const exporter = new ZipkinExporter({
 *   serviceName: 'bakery',
 *   transport: async (body, contentType) => console.log(contentType, body.byteLength > 100),
 * });
 * const tracer = new BasicTracer({ recorder: new BatchRecorder({ exporter }) });
 * tracer.startSpan('bake').finish();
 * await tracer.close();
 * ```
 * ```text
 * application/json true
 * ```
 */
export class ZipkinExporter implements SpanExporter {
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
  constructor(options: ZipkinExporterOptions) {
    checkExporterOptions('new ZipkinExporter', options);
    const { serviceName } = options;
    const isJson = checkEncoding(['json', 'proto3'], options.encoding) === 'json';
    const encode = isJson ? encodeZipkinJson : encodeZipkinProto;
    this._delivery = deliveryTo(
      {
        kind: 'zipkin',
        name: 'ZipkinExporter',
        known: ZIPKIN_EXPORTER_OPTIONS,
        url: DEFAULT_ZIPKIN_URL,
        contentType: isJson ? 'application/json' : 'application/x-protobuf',
        encode: (spans) => encode(spans, { serviceName }),
        http: { takesPlainText: isJson },
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
