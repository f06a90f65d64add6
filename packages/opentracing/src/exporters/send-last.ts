import type { BasicSpan } from '../basictracer/basic-span.js';
import { exportFailure, isExportError } from '../basictracer/export-failure.js';
import { ExportError, type SpanExporter } from '../basictracer/span-exporter.js';
import type { EncodedBatch } from './send-in-order.js';
import type { Transport } from './transport.js';

// About 40 kB: what a browser takes of a page that ends is 64 KiB.
const SPANS_IN_A_BODY = 100;
const UNKNOWN = { retryable: true, divisible: false };

/**
 * How an exporter hands spans to its transport without the event loop; `undefined` where the transport
 * cannot do that.
 *
 * @internal
 */
export function lastSender(
  transport: Transport,
  encode: (spans: readonly BasicSpan[]) => Iterable<EncodedBatch>,
): SpanExporter['exportLast'] {
  if (transport.sendLast === undefined) {
    return undefined;
  }
  return (spans, deadlineMs) => {
    const batches: EncodedBatch[] = [];
    for (let i = 0; i < spans.length; i += SPANS_IN_A_BODY) {
      for (const { body, ...batch } of encode(spans.slice(i, i + SPANS_IN_A_BODY))) {
        // A copy: the encoder may write the next one over it.
        batches.push({ ...batch, body: body.slice() });
      }
    }
    const spansIn = (count: number) =>
      batches.slice(0, count).reduce((sum, { spanCount }) => sum + spanCount, 0);
    try {
      return spansIn(transport.sendLast?.(batches, deadlineMs) ?? 0);
    } catch (cause) {
      const accepted = spansIn(exportFailure(cause, batches.length).settled);
      const message = cause instanceof Error ? cause.message : String(cause);
      const { retryable, divisible } = isExportError(cause) ? cause : UNKNOWN;
      throw new ExportError(message, { retryable, divisible, accepted, cause });
    }
  };
}
