/**
 * Delivers one encoded batch. One function, so that spans can go over anything: HTTP, a queue, a file.
 */
export interface Transport {
  /**
   * @param body - the encoded spans; not to be kept after the promise has settled
   * @param contentType - its media type, such as `application/json`
   * @returns a promise that resolves when the batch was accepted: with the body of the answer where
   *   there is one, such as that of OTLP, which says how many spans were rejected all the same
   * @throws ExportError, as the rejection, when it was not
   */
  (body: Uint8Array, contentType: string): Promise<Uint8Array | undefined> | Promise<void>;
  /**
   * Sends batches without the event loop, for the moment in which a program or a page ends: blocks until
   * they were accepted, or hands them to somebody who outlives it.
   *
   * @param batches - in their order, each with its media type
   * @param deadlineMs - how long it may block, in milliseconds
   * @returns how many of them, from the first on, were accepted or taken for delivery
   * @throws ExportError that says why not all were; its `accepted` is how many batches were, and where it
   *   is `divisible` smaller batches are tried
   */
  sendLast?(
    batches: readonly { readonly body: Uint8Array; readonly contentType: string }[],
    deadlineMs: number,
  ): number;
  /** Lets go of connections. */
  close?(): void;
}
