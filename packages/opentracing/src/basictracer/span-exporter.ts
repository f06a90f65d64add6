import type { BasicSpan } from './basic-span.js';

/** Sends finished spans somewhere. */
export interface SpanExporter {
  /**
   * Sends spans. Resolves when they were accepted, all of them.
   *
   * @param onProgress - may be called where the spans are sent in parts
   * @throws ExportError, as the rejection, when they were not; any other error counts as one that may
   *   pass
   */
  export(spans: readonly BasicSpan[], onProgress?: ExportProgress): Promise<void>;
  /**
   * Keeps spans where they outlive the program, to be sent later: what `export` cannot take now, or
   * what does not fit into memory. Returns when they are kept. An exporter without it has no such place.
   *
   * @throws Error when they cannot be kept; an ExportError may say how many are, as `accepted`
   */
  store?: ((spans: readonly BasicSpan[]) => void) | undefined;
  /**
   * Sends spans without the event loop, for the moment in which a program or a page ends: blocks until
   * they were accepted, or hands them to somebody who outlives it.
   *
   * @param deadlineMs - how long it may block, in milliseconds
   * @returns how many of them, from the first on, were accepted or taken for delivery
   * @throws ExportError that says why not all were; its `accepted` is how many were, and where it is
   *   `divisible` fewer of the others are tried
   */
  exportLast?: ((spans: readonly BasicSpan[], deadlineMs: number) => number) | undefined;
  /** Lets go of connections. */
  close?(): Promise<void>;
}

/**
 * Told by an exporter, after each part of a batch, how far it has come; then it may take as long again
 * for the next one.
 *
 * @param settled - so many spans from the beginning of the batch are not to be sent again
 * @param lost - so many of those were not accepted
 * @returns whether to go on; `false` when the batch was given up and is sent by somebody else
 */
export type ExportProgress = (settled: number, lost: number) => boolean;

/** What is known of spans that were not accepted. */
export interface ExportErrorOptions {
  /** Whether the same spans may be accepted later. */
  retryable: boolean;
  /** What happened underneath. */
  cause?: unknown;
  /** How long the collector asked to wait, in milliseconds. */
  retryAfterMs?: number | undefined;
  /** So many spans from the beginning of the batch were accepted all the same; by default 0. */
  accepted?: number | undefined;
  /**
   * The collector took the batch except for so many spans and does not say which, as OTLP's partial
   * success does; by default 0. They are lost, the others are not to be sent again. With `retryable` or
   * `divisible` it is so of the `accepted` spans alone.
   */
  rejected?: number | undefined;
  /**
   * Whether the whole was refused for one bad span or for its size, so that smaller batches may be
   * accepted; by default `false`.
   */
  divisible?: boolean | undefined;
  /**
   * Why nobody answered, where that is so: nobody was there, which says nothing of the spans, or the
   * answer did not come in time, which may be because they are too many. By default `undefined`.
   */
  noAnswer?: 'unreachable' | 'timeout' | undefined;
}

/** Spans were not accepted. */
export class ExportError extends Error {
  /** Whether the same spans may be accepted later. */
  readonly retryable: boolean;
  /** How long the collector asked to wait, in milliseconds; `undefined` when it did not. */
  readonly retryAfterMs: number | undefined;
  /** So many spans from the beginning of the batch were accepted all the same. */
  readonly accepted: number;
  /** So many spans of what was taken otherwise are lost. */
  readonly rejected: number;
  /** Whether smaller batches of the same spans may be accepted. */
  readonly divisible: boolean;
  /** Why nobody answered; `undefined` when somebody did, or it is not known. */
  readonly noAnswer: 'unreachable' | 'timeout' | undefined;

  constructor(message: string, options: ExportErrorOptions) {
    super(message, options);
    this.name = 'ExportError';
    this.retryable = options.retryable;
    this.retryAfterMs = options.retryAfterMs;
    this.accepted = options.accepted ?? 0;
    this.rejected = options.rejected ?? 0;
    this.divisible = options.divisible ?? false;
    this.noAnswer = options.noAnswer;
  }
}
