import { ExportError } from '../basictracer/span-exporter.js';

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
 * @throws ExportError, as the rejection, that counts the spans of all bodies
 * @internal
 */
export async function sendInOrder(
  batches: Iterable<EncodedBatch>,
  send: (batch: EncodedBatch) => Promise<unknown>,
): Promise<void> {
  let settled = 0;
  let rejected = 0;
  let refusal: ExportError | null = null;
  for (const batch of batches) {
    try {
      await send(batch);
    } catch (error) {
      const failure = toExportError(error);
      if (failure.retryable || failure.divisible) {
        throw withCounts(failure, settled + failure.accepted, rejected + failure.rejected);
      }
      refusal ??= failure;
      rejected += failure.rejected > 0 ? failure.rejected : batch.spanCount - failure.accepted;
    }
    settled += batch.spanCount;
  }
  if (refusal !== null) {
    throw withCounts(refusal, 0, rejected);
  }
}

/** Any other error may pass. */
function toExportError(error: unknown): ExportError {
  return error instanceof ExportError
    ? error
    : new ExportError(error instanceof Error ? error.message : String(error), {
        retryable: true,
        cause: error,
      });
}

function withCounts(error: ExportError, accepted: number, rejected: number): ExportError {
  const { retryable, divisible, retryAfterMs, cause } = error;
  return new ExportError(error.message, {
    retryable,
    divisible,
    retryAfterMs,
    cause,
    accepted,
    rejected,
  });
}
