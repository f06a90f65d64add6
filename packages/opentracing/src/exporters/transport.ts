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
  /** Lets go of connections. */
  close?(): void;
}
