import type { BasicSpan } from '../basictracer/basic-span.js';
import type { SpanExporter } from '../basictracer/span-exporter.js';
import { type HttpTransportOptions, httpTransport } from './http-transport.js';
import { type EncodedBatch, sendInOrder } from './send-in-order.js';
import { lastSender } from './send-last.js';
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
  _transport: Transport;
  /** Where the transport can do that. */
  readonly exportLast: SpanExporter['exportLast'];

  /** @throws TypeError for a URL that is none */
  constructor(options: ZipkinExporterOptions) {
    this._serviceName = options.serviceName;
    this._transport =
      options.transport ??
      httpTransport({ takesPlainText: true, ...options, url: options.url ?? DEFAULT_ZIPKIN_URL });
    this.exportLast = lastSender(this._transport, (spans) => this._encode(spans));
  }

  export(spans: readonly BasicSpan[]): Promise<void> {
    return sendInOrder(this._encode(spans), ({ body, contentType }) =>
      this._transport(body, contentType),
    );
  }

  /** @internal The bodies of the requests for these spans, in their order. */
  _encode(spans: readonly BasicSpan[]): Iterable<EncodedBatch> {
    const body = encodeZipkinJson(spans, { serviceName: this._serviceName });
    return [{ body, contentType: 'application/json', spanCount: spans.length }];
  }

  async close(): Promise<void> {
    this._transport.close?.();
  }
}
