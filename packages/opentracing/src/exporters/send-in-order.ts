import { exportFailure, isExportError } from '../basictracer/export-failure.js';
import { ExportError, type ExportProgress } from '../basictracer/span-exporter.js';

/** Finished spans in the body of one request, as a collector takes them. */
export interface EncodedBatch {
  body: Uint8Array;
  contentType: string;
  /** How many spans the body has. */
  spanCount: number;
}

/**
 * Sends the bodies into which an exporter has encoded one batch of spans, one after the other and in
 * the order of the spans. What is refused for good does not keep the others from being sent.
 *
 * @param send - sends one body; its ExportError counts the spans of that body
 * @param onProgress - called after each body; returns whether to go on
 * @throws ExportError, as the rejection, that counts the spans of all bodies
 * @internal
 */
export async function sendInOrder(
  batches: Iterable<EncodedBatch>,
  send: (batch: EncodedBatch) => Promise<unknown>,
  onProgress: ExportProgress = () => true,
): Promise<void> {
  let settled = 0;
  let rejected = 0;
  let refusal: unknown = null;
  for (const batch of batches) {
    const { spanCount } = batch;
    try {
      await send(batch);
    } catch (error) {
      const failure = exportFailure(error, spanCount);
      if (failure.retryable || failure.divisible) {
        throw withCounts(error, settled + failure.settled, rejected + failure.lost);
      }
      refusal ??= error;
      rejected += failure.lost + spanCount - failure.settled;
    }
    settled += spanCount;
    if (!onProgress(settled, rejected)) {
      break;
    }
  }
  if (refusal !== null) {
    throw withCounts(refusal, 0, rejected);
  }
}

/** Any error that is no ExportError may pass. */
function withCounts(error: unknown, accepted: number, rejected: number): ExportError {
  if (!isExportError(error)) {
    const message = error instanceof Error ? error.message : String(error);
    return new ExportError(message, { retryable: true, cause: error, accepted, rejected });
  }
  const { retryable, divisible, retryAfterMs, noAnswer, cause } = error;
  return new ExportError(error.message, {
    retryable,
    divisible,
    retryAfterMs,
    noAnswer,
    cause,
    accepted,
    rejected,
  });
}
