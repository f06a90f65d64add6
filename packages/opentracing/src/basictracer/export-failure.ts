import type { ExportError } from './span-exporter.js';

/**
 * What the failure of one batch means for the recorder. An exporter is the program's: its counts may be
 * out of range, and its ExportError that of another copy of this package.
 *
 * @internal
 */
export interface ExportFailure {
  /** So many spans from the beginning of the batch are done with; the others are still to be sent. */
  settled: number;
  /** So many of those are lost. */
  lost: number;
  /** Whether the others may be accepted later. */
  retryable: boolean;
  /** Whether fewer of the others at a time may be accepted. */
  divisible: boolean;
  retryAfterMs: number;
  noAnswer: ExportError['noAnswer'];
}

/**
 * @param count - how many spans the batch has
 * @internal
 */
export function exportFailure(error: unknown, count: number): ExportFailure {
  const said: Partial<ExportError> = isExportError(error) ? error : { retryable: true };
  const retryable = said.retryable !== false;
  const divisible = !retryable && said.divisible === true;
  const rejected = within(said.rejected, count);
  const isPartialSuccess = !retryable && !divisible && rejected > 0;
  const settled = isPartialSuccess ? count : within(said.accepted, count);
  return {
    settled,
    lost: Math.min(rejected, settled),
    retryable,
    divisible,
    retryAfterMs: within(said.retryAfterMs, Number.MAX_SAFE_INTEGER),
    noAnswer: said.noAnswer,
  };
}

/** @internal Whether it is one of this copy of the package or of another. */
export function isExportError(error: unknown): error is ExportError {
  return error instanceof Error && error.name === 'ExportError';
}

/** @internal A count that somebody else gave, as a whole number from 0 to `max`. */
export function within(value: number | undefined, max: number): number {
  return value !== undefined && value > 0 ? Math.min(Math.floor(value), max) : 0;
}
