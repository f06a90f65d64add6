import { describeValue } from '../describe-value.js';

/** Where spans wait that cannot be sent. */
export interface SpoolOptions {
  /**
   * A directory for the spool alone; it is made where there is none. Several processes may share it,
   * best those that send to the same collector: each sends what it finds of others that have ended. What
   * is meant for the other kind of collector, Zipkin or OTLP, stays there, and is told of.
   */
  dir: string;
  /**
   * How large the files in the directory may become, in bytes; then the oldest are deleted, and their
   * spans counted. With several processes it can be a sixteenth more for each. By default 64 MiB.
   */
  maxBytes?: number | undefined;
  /**
   * How long a collector that is away is left alone at first, in milliseconds: twice as long after each
   * failure, up to 30,000. By default 1,000.
   */
  retryMs?: number | undefined;
}

/**
 * Counts of the spans in a spool since it was made; at every moment
 * `found + stored = delivered + dropped + vanished + handedOver + waiting`.
 */
export interface SpoolStats {
  /**
   * Left by other processes, or by earlier runs of this one, but for what turns out to have been sent by
   * them after all.
   */
  readonly found: number;
  /** Written by this one. */
  readonly stored: number;
  /** Accepted by the collector. */
  readonly delivered: number;
  /** Lost: the spool was full, the collector refused them for good, or the file was damaged. */
  readonly dropped: number;
  /** Lost: somebody else deleted the files; counted when that is noticed. */
  readonly vanished: number;
  /** In files that another process has taken over, to make room or because this one showed no life. */
  readonly handedOver: number;
  /** To be sent. */
  readonly waiting: number;
  /**
   * Of those found, how many were being sent at the moment in which their process ended: they may arrive
   * twice.
   */
  readonly doubtful: number;
  /** How large the files are. */
  readonly bytes: number;
}

export const SPOOL_OPTIONS: Readonly<Record<keyof SpoolOptions, true>> = {
  dir: true,
  maxBytes: true,
  retryMs: true,
};

const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;

/**
 * The options with their defaults.
 *
 * @throws TypeError for a directory that is none, RangeError for a number that is out of range
 */
export function checkSpoolOptions(options: SpoolOptions) {
  if (typeof options !== 'object') {
    const given = describeValue(options);
    throw new TypeError(
      `The spool is ${given}; give its directory as { spool: { dir: ${typeof options === 'string' ? given : "'spans'"} } }.`,
    );
  }
  const { dir, maxBytes = DEFAULT_MAX_BYTES, retryMs = 1_000 } = options;
  if (typeof dir !== 'string' || dir === '') {
    throw new TypeError(
      `The directory of the spool is ${describeValue(dir)}; pass one as { spool: { dir } }.`,
    );
  }
  checkNumber('spool.maxBytes', maxBytes, 'bytes');
  checkNumber('spool.retryMs', retryMs, 'milliseconds');
  return { dir, maxBytes, retryMs };
}

function checkNumber(name: string, value: number, unit: string): void {
  if (!(value > 0)) {
    throw new RangeError(
      `${name} is ${describeValue(value)}; it has to be a number of ${unit} above 0.`,
    );
  }
}
