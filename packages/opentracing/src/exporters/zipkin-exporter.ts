import type { BasicSpan } from '../basictracer/basic-span.js';
import type { SpanExporter } from '../basictracer/span-exporter.js';
import { Delivery } from './delivery.js';
import { type HttpTransportOptions, httpTransport } from './http-transport.js';
import type { EncodedBatch } from './send-in-order.js';
import type { SpoolOptions, SpoolStats } from './spool.js';
import type { Transport } from './transport.js';
import { encodeZipkinJson } from './zipkin-json.js';

/** How a {@link ZipkinExporter} sends. */
export interface ZipkinExporterOptions extends Omit<HttpTransportOptions, 'url'> {
  /** The name of the service that the spans belong to. */
  serviceName: string;
  /** The collector's address for spans; by default `http://127.0.0.1:9411/api/v2/spans`. */
  url?: string | undefined;
  /** Delivers the encoded batches in another way than by HTTP; `url` is then not used. */
  transport?: Transport | undefined;
  /** Where spans wait that cannot be sent, so that they outlive the program; by default nowhere. */
  spool?: SpoolOptions | undefined;
  /**
   * Told once of each kind of trouble with the spool. By default it is written to the standard error
   * stream.
   */
  onError?: ((error: Error) => void) | undefined;
}

/** Where a Zipkin collector listens by default. */
export const DEFAULT_ZIPKIN_URL = 'http://127.0.0.1:9411/api/v2/spans';

/**
 * Sends spans to a Zipkin collector, or to anything that takes Zipkin's v2 JSON.
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
  _delivery: Delivery;
  /** Where the transport can do that. */
  readonly exportLast: SpanExporter['exportLast'];
  /** Writes spans to the spool, where there is one. */
  readonly store: SpanExporter['store'];

  /**
   * @throws TypeError for a URL that is none
   * @throws SpoolError for a spool on a runtime without files, or in a directory that cannot be written
   */
  constructor(options: ZipkinExporterOptions) {
    const { onError, spool, url = DEFAULT_ZIPKIN_URL } = options;
    this._serviceName = options.serviceName;
    this._delivery = new Delivery({
      encode: (spans) => this._encode(spans),
      transport: options.transport ?? httpTransport({ takesPlainText: true, ...options, url }),
      spool,
      onError,
    });
    this.exportLast = this._delivery.exportLast;
    this.store = this._delivery.store;
  }

  export(spans: readonly BasicSpan[]): Promise<void> {
    return this._delivery.export(spans);
  }

  /** What the spool holds and has held; `null` without one. */
  get spoolStats(): SpoolStats | null {
    return this._delivery.spool?.stats ?? null;
  }

  /** @internal The bodies of the requests for these spans, in their order. */
  _encode(spans: readonly BasicSpan[]): Iterable<EncodedBatch> {
    const body = encodeZipkinJson(spans, { serviceName: this._serviceName });
    return [{ body, contentType: 'application/json', spanCount: spans.length }];
  }

  close(): Promise<void> {
    return this._delivery.close();
  }
}
