/** A request that cannot be taken as it stands: its message is the sentence that is answered. */
export class BadRequestError extends Error {
  override readonly name = 'BadRequestError';

  /**
   * @param message one sentence that says what is wrong and where
   * @param status HTTP status of the answer
   */
  constructor(
    message: string,
    readonly status: 400 | 413 | 415 = 400,
  ) {
    super(message);
  }
}

/**
 * A request with more than what is taken at once: 413.
 * @param what the beginning of the sentence, which says what is over which limit
 */
export function tooLarge(what: string): BadRequestError {
  return new BadRequestError(`${what}: send the spans in smaller batches`, 413);
}

/**
 * Something outside the program is in the way (a file, a port, a missing trace). The command line
 * prints the message as one sentence and exits with 1; a caller of `startCollector` catches it.
 */
export class ViewerError extends Error {
  override readonly name = 'ViewerError';
}

/** Something is larger than what one answer may hold: 400 over HTTP. */
export class TooLargeError extends ViewerError {}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The `code` of a Node or SQLite error (`ENOENT`, `SQLITE_BUSY`), if it has one. */
export function codeOf(thrown: unknown): string | undefined {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
