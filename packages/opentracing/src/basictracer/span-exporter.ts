import type { BasicSpan } from './basic-span.js';

/** Sends finished spans somewhere. */
export interface SpanExporter {
  /**
   * Sends spans. Resolves when they were accepted.
   *
   * @throws ExportError, as the rejection, when they were not; any other error counts as one that may
   *   pass
   */
  export(spans: readonly BasicSpan[]): Promise<void>;
  /** Lets go of connections. */
  close?(): Promise<void>;
}

/** Spans were not accepted. */
export class ExportError extends Error {
  /** Whether the same spans may be accepted later. */
  readonly retryable: boolean;

  constructor(message: string, options: { retryable: boolean; cause?: unknown }) {
    super(message, options);
    this.name = 'ExportError';
    this.retryable = options.retryable;
  }
}
