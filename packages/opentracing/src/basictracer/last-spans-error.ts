/**
 * What has become of the spans with which a program ends, as far as they were not sent.
 *
 * @internal
 */
export interface LastSpans {
  /** How many nobody took, as far as that was not known before. */
  lost: number;
  /** How many were stored for the next run instead. */
  stored: number;
  /** Why they were not sent, where something was tried. */
  failure: unknown;
  /** Whether there was no way to send them without the event loop. */
  isUnable: boolean;
}

/**
 * Says that spans were not sent before the end, and why.
 *
 * @internal
 */
export class LastSpansError extends Error {
  constructor({ lost, stored, failure, isUnable }: LastSpans) {
    super(
      lost > 0
        ? `The program ended before the collector took the last spans (${lost})${whyLost(failure, isUnable)}`
        : `The last spans (${stored}) are stored and sent by the next run: ${messageOf(failure)}`,
      failure === null ? {} : { cause: failure },
    );
    this.name = 'LastSpansError';
  }
}

function whyLost(failure: unknown, isUnable: boolean): string {
  if (failure !== null) {
    return `: ${messageOf(failure)}`;
  }
  return isUnable
    ? ', which their transport cannot send without the event loop; call `await tracer.close()` before ' +
        'process.exit.'
    : '; is it slow or away, or exitDeadlineMs too short?';
}

function messageOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}
