import { exportFailure } from '../basictracer/export-failure.js';
import { monotonicNow } from '../clock.js';
import type { SpoolFolder } from './spool-folder.js';
import type { Segment, SetAside, SpooledBatch } from './spool-segment.js';

/*
 * A record that fails may say that the collector is away, or that something is wrong with the record. The
 * others tell: after some failures of the oldest one those behind it are tried, and when one of them is
 * accepted the first is tried again; if it fails then, it is suspect. A suspect does not say that the
 * collector is away, is tried ever more seldom, and is given up when it has failed so often while others were
 * accepted.
 */
const FAILURES_OF_OLDEST = 3;
const MAX_STRIKES = 10;
const MAX_WAIT_MS = 30_000;

/** What a failure of a record says. */
type Verdict = 'away' | 'suspect' | 'given up';

/** Which records keep failing while others are accepted. */
export class Suspects {
  folder: SpoolFolder;
  retryMs: number;
  /** How many batches have been accepted, of the spool or not. */
  accepted = 0;
  /** How often in a row records have failed. */
  failures = 0;

  constructor(folder: SpoolFolder, retryMs: number) {
    this.folder = folder;
    this.retryMs = retryMs;
  }

  /** Takes out that one of the records set aside that has waited the longest, if its time has come. */
  take(): SpooledBatch | null {
    let longest: { segment: Segment; aside: SetAside } | null = null;
    for (const segment of this.folder.segments) {
      for (const aside of segment.aside) {
        if (longest === null || aside.notBefore < longest.aside.notBefore) {
          longest = { segment, aside };
        }
      }
    }
    return longest !== null && longest.aside.notBefore <= monotonicNow()
      ? this.folder.takeAside(longest.segment, longest.aside)
      : null;
  }

  /** Gives back what was taken out and may be accepted later, unless it has failed too often. */
  judge(batch: SpooledBatch, error: unknown): Verdict {
    const { accepted, folder } = this;
    const before = folder.taken?.aside ?? null;
    const isAnswer = isAboutTheBatch(error);
    const isStrike = before !== null && isAnswer && accepted > before.acceptedThen;
    const strikes = (before?.strikes ?? 0) + (isStrike ? 1 : 0);
    this.failures++;
    if (strikes >= MAX_STRIKES) {
      folder.done(batch.spanCount);
      return 'given up';
    }
    const isSuspect = isAnswer && strikes > 0;
    if (before === null && !(isAnswer && this.failures >= FAILURES_OF_OLDEST)) {
      folder.putBack();
      return 'away';
    }
    const failures = (before?.failures ?? 0) + 1;
    const wait = isSuspect ? Math.min(this.retryMs * 2 ** failures, MAX_WAIT_MS) : 0;
    const { at, state, spanCount } = batch;
    const notBefore = monotonicNow() + wait;
    folder.setAside({ at, state, spanCount, failures, strikes, acceptedThen: accepted, notBefore });
    return isSuspect ? 'suspect' : 'away';
  }
}

/**
 * Whether it may be for what the batch is. What lies below a failure that has a cause is the connection, and
 * a collector that says when to come back is busy.
 */
function isAboutTheBatch(error: unknown): boolean {
  const { cause } = (error ?? {}) as { cause?: unknown };
  return cause === undefined && exportFailure(error, 0).retryAfterMs === 0;
}
