/**
 * Delivers one encoded batch. One function, so that spans can go over anything: HTTP, a queue, a file.
 */
export interface Transport {
  /**
   * @param body - the encoded spans; not to be kept after the promise has settled
   * @param contentType - its media type, such as `application/json`
   * @returns a promise that resolves when the batch was accepted
   * @throws ExportError, as the rejection, when it was not
   */
  (body: Uint8Array, contentType: string): Promise<void>;
  /** Lets go of connections. */
  close?(): void;
}
