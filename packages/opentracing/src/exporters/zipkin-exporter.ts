import type { BasicSpan } from '../basictracer/basic-span.js';
import { tellMistyped } from '../basictracer/report-error.js';
import type { ExportProgress, SpanExporter } from '../basictracer/span-exporter.js';
import { pickOptions } from '../pick-options.js';
import { Delivery } from './delivery.js';
import { encodeWithin } from './encode-within.js';
import {
  checkEncoding,
  checkExporterOptions,
  checkMaxBodyBytes,
  collectorUrl,
  EXPORTER_OPTIONS,
  type ExporterOptions,
} from './exporter-options.js';
import {
  HTTP_TRANSPORT_OPTIONS,
  type HttpTransportOptions,
  httpTransport,
} from './http-transport.js';
import type { EncodedBatch } from './send-in-order.js';
import type { SpoolStats } from './spool.js';
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
  _serviceName: string;
  /** @internal */
  _encoding: 'json' | 'proto3';
  /** @internal */
  _maxBodyBytes: number;
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
    this._encoding = checkEncoding(['json', 'proto3'], options.encoding);
    this._maxBodyBytes = checkMaxBodyBytes(options.maxBodyBytes);
    const { onError, spool } = options;
    const url = collectorUrl(options.url, DEFAULT_ZIPKIN_URL);
    tellMistyped(onError, 'ZipkinExporter', options, ZIPKIN_EXPORTER_OPTIONS);
    const http = pickOptions({ ...options, url }, HTTP_TRANSPORT_OPTIONS);
    this._serviceName = options.serviceName;
    this._delivery = new Delivery({
      kind: 'zipkin',
      encode: (spans) => this._encode(spans),
      transport:
        options.transport ?? httpTransport({ takesPlainText: this._encoding === 'json', ...http }),
      spool,
      onError,
    });
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

  /** @internal The bodies of the requests for these spans, in their order. */
  _encode(spans: readonly BasicSpan[]): Iterable<EncodedBatch> {
    const options = { serviceName: this._serviceName };
    return this._encoding === 'json'
      ? encodeWithin(
          spans,
          (part) => encodeZipkinJson(part, options),
          'application/json',
          this._maxBodyBytes,
        )
      : encodeWithin(
          spans,
          (part) => encodeZipkinProto(part, options),
          'application/x-protobuf',
          this._maxBodyBytes,
        );
  }

  close(): Promise<void> {
    return this._delivery.close();
  }
}
