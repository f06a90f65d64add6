import type { BasicSpan } from '../basictracer/basic-span.js';
import type { ExportProgress, SpanExporter } from '../basictracer/span-exporter.js';
import { type EncodedBatch, sendInOrder } from './send-in-order.js';
import { lastSender } from './send-last.js';
import { inRecords, Spool } from './spool.js';
import type { SpoolOptions } from './spool-options.js';
import type { Transport } from './transport.js';

/** What an exporter delivers with. */
export interface DeliveryOptions {
  /** For what kind of collector the bodies are. */
  kind: 'zipkin' | 'otlp';
  /** The bodies of the requests for spans, in their order. */
  encode(spans: readonly BasicSpan[]): Iterable<EncodedBatch>;
  transport: Transport;
  /** Sends one body over the transport; by default does not look at the answer. */
  post?(batch: EncodedBatch): Promise<unknown>;
  spool: SpoolOptions | undefined;
  onError: ((error: Error) => void) | undefined;
}

/** What an exporter does with its spans when they are encoded: sends them, or spools them. */
export class Delivery {
  options: DeliveryOptions;
  send: (batch: EncodedBatch) => Promise<unknown>;
  spool: Spool | null = null;
  /** Where the transport can do that. */
  exportLast: SpanExporter['exportLast'];
  /** Where there is a spool. */
  store: ((spans: readonly BasicSpan[]) => void) | undefined;

  constructor(options: DeliveryOptions) {
    const { encode, onError, transport } = options;
    const { post = ({ body, contentType }) => transport(body, contentType) } = options;
    this.options = options;
    this.send = post;
    this.exportLast = lastSender(transport, encode);
    if (options.spool !== undefined && options.spool !== null) {
      this.spoolTo(new Spool(options.spool, options.kind, post, onError));
    }
  }

  spoolTo(spool: Spool): void {
    const { exportLast } = this;
    this.spool = spool;
    this.send = (batch) => spool.send(batch);
    this.store = (spans) => spool.store(inRecords(spans, this.options.encode));
    this.exportLast =
      exportLast && ((spans, deadlineMs) => (spool.isIdle ? 0 : exportLast(spans, deadlineMs)));
  }

  export(spans: readonly BasicSpan[], onProgress?: ExportProgress): Promise<void> {
    return sendInOrder(this.options.encode(spans), this.send, onProgress);
  }

  async close(): Promise<void> {
    await this.spool?.close();
    this.options.transport.close?.();
  }
}
