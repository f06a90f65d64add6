import type { BasicSpan } from '../basictracer/basic-span.js';
import { callLater, settledWithin } from '../basictracer/call-later.js';
import { exportFailure } from '../basictracer/export-failure.js';
import { errorReporter, tellMistyped } from '../basictracer/report-error.js';
import { ExportError } from '../basictracer/span-exporter.js';
import { monotonicNow } from '../clock.js';
import type { EncodedBatch } from './send-in-order.js';
import { diskOfRuntime, SpoolError } from './spool-disk.js';
import { SpoolFolder } from './spool-folder.js';
import {
  checkSpoolOptions,
  SPOOL_OPTIONS,
  type SpoolOptions,
  type SpoolStats,
} from './spool-options.js';
import { HEARTBEAT_MS } from './spool-owners.js';
import { encodeRecord } from './spool-record.js';
import type { SpooledBatch } from './spool-segment.js';
import { Suspects } from './spool-suspects.js';

const MAX_BACKOFF_MS = 30_000;
/** How long what is being sent may hold up the end of a program. */
const CLOSE_MS = 5_000;
const RECORD_SPANS = 100;

/**
 * Stands between an exporter and its transport: keeps encoded batches in files while the collector is
 * away, leaves it alone for a while then, and sends them when it is back, the oldest first.
 */
export class Spool {
  folder: SpoolFolder;
  suspects: Suspects;
  post: (batch: EncodedBatch) => Promise<unknown>;
  onError: (error: unknown) => void;
  retryMs: number;
  failures = 0;
  /** The collector is left alone until then: on the monotonic clock. */
  notBefore = Number.NEGATIVE_INFINITY;
  lastError: ExportError | null = null;
  /** What has been told of. */
  told = new Set<string>();
  replaying: Promise<void> | null = null;
  /** When it is planned, on the monotonic clock, and what takes that back. */
  replayAt = Number.POSITIVE_INFINITY;
  cancelReplay: (() => void) | null = null;
  isClosed = false;
  heartbeat: ReturnType<typeof setInterval>;

  /**
   * @param kind - names what the batches are encoded for
   * @param post - sends one batch, or fails with an ExportError
   * @throws TypeError for a directory that is none, RangeError for a number that is out of range
   * @throws SpoolError where there are no files, or the directory cannot be written
   */
  constructor(
    options: SpoolOptions,
    kind: string,
    post: (batch: EncodedBatch) => Promise<unknown>,
    onError?: (error: Error) => void,
  ) {
    const { dir, maxBytes, retryMs } = checkSpoolOptions(options);
    tellMistyped(onError, 'spool', options, SPOOL_OPTIONS);
    this.folder = new SpoolFolder(diskOfRuntime(), dir, maxBytes, kind);
    this.suspects = new Suspects(this.folder, retryMs);
    this.post = post;
    this.onError = errorReporter(onError);
    this.retryMs = retryMs;
    this.heartbeat = setInterval(() => this.beat(), HEARTBEAT_MS);
    this.heartbeat.unref?.();
    this.planReplay(0);
  }

  get stats(): SpoolStats {
    const { counts, waiting, bytes } = this.folder;
    return { ...counts, waiting, bytes };
  }

  /**
   * Sends a batch, unless the collector is left alone.
   *
   * @throws ExportError, as the rejection
   */
  async send(batch: EncodedBatch): Promise<void> {
    const { lastError } = this;
    if (lastError !== null && this.isIdle) {
      throw new ExportError(lastError.message, { retryable: true, cause: lastError });
    }
    await this.attempt(batch);
    if (this.folder.waiting > 0) {
      this.planReplay(0);
    }
  }

  /** Whether the collector is left alone now. */
  get isIdle(): boolean {
    return monotonicNow() < this.notBefore;
  }

  /**
   * Writes batches to the disk.
   *
   * @throws ExportError that counts as accepted what was written
   */
  store(batches: Iterable<EncodedBatch>): void {
    let accepted = 0;
    try {
      let records: Uint8Array[] = [];
      let spanCount = 0;
      let length = 0;
      const write = () => {
        if (length === 0) {
          return;
        }
        this.folder.write(records, spanCount);
        accepted += spanCount;
        records = [];
        spanCount = 0;
        length = 0;
      };
      for (const batch of batches) {
        const record = encodeRecord(this.folder.disk, batch);
        if (record.length > this.folder.maxBytes) {
          write();
          this.dropTooLarge(record.length, batch.spanCount);
          accepted += batch.spanCount;
          continue;
        }
        if (length + record.length > this.folder.segmentBytes) {
          write();
        }
        records.push(record);
        spanCount += batch.spanCount;
        length += record.length;
      }
      write();
    } catch (cause) {
      const message = `Spans cannot be spooled: ${(cause as Error).message}`;
      throw new ExportError(message, { retryable: true, accepted, cause });
    } finally {
      this.tellOfLosses();
      this.planReplay(this.retryMs);
    }
  }

  tellOfLosses(): void {
    const { counts, dir, isFull, maxBytes } = this.folder;
    if (isFull) {
      const message = `The spool '${dir}' has come to its ${maxBytes} bytes, so the oldest spans in it are deleted.`;
      this.tell('full', new SpoolError(message));
    }
    if (counts.vanished > 0) {
      const spans = counts.vanished === 1 ? '1 span' : `${counts.vanished} spans`;
      const message = `Files of the spool '${dir}' were deleted by somebody else, and with them ${spans}.`;
      this.tell('vanished', new SpoolError(message));
    }
  }

  /** What can never be stored would keep all behind it from being stored. */
  dropTooLarge(length: number, spanCount: number): void {
    const { counts, maxBytes } = this.folder;
    counts.stored += spanCount;
    counts.dropped += spanCount;
    const message =
      `A record of ${length} bytes does not fit into the spool of ${maxBytes} bytes, so its spans are dropped; ` +
      'raise spool.maxBytes.';
    this.tell('large', new SpoolError(message));
  }

  /** Lets what is being sent come to its end, and leaves the rest to the next process. */
  async close(): Promise<void> {
    this.isClosed = true;
    clearInterval(this.heartbeat);
    this.cancelReplay?.();
    if (this.replaying !== null) {
      await settledWithin(this.replaying, CLOSE_MS);
    }
    this.folder.close();
  }

  /** Sends a batch; a collector that is away is then left alone for a while. */
  async attempt(batch: EncodedBatch): Promise<void> {
    try {
      await this.post(batch);
      this.suspects.accepted++;
      this.goOn();
    } catch (error) {
      const { retryable, retryAfterMs } = exportFailure(error, batch.spanCount);
      if (retryable) {
        this.backOff(error, retryAfterMs);
      } else {
        this.goOn();
      }
      throw error;
    }
  }

  /** The collector is there. */
  goOn(): void {
    this.failures = 0;
    this.lastError = null;
    this.notBefore = Number.NEGATIVE_INFINITY;
  }

  /** The collector is away. */
  backOff(error: unknown, retryAfterMs: number): void {
    const backoff = Math.min(this.retryMs * 2 ** this.failures, MAX_BACKOFF_MS);
    const delay = Math.max(backoff * (1 - Math.random() / 2), retryAfterMs);
    this.failures++;
    this.lastError = error as ExportError;
    this.notBefore = monotonicNow() + delay;
    this.planReplay(delay);
  }

  /** Not later than one that is planned, and not while it goes on: its end plans the next. */
  planReplay(delayMs: number): void {
    const at = Math.max(monotonicNow() + delayMs, this.notBefore);
    if (this.replaying === null && !this.isClosed && at < this.replayAt) {
      this.cancelReplay?.();
      this.replayAt = at;
      const delay = Math.max(at - monotonicNow(), 0);
      this.cancelReplay = callLater(delay, () => this.startReplay());
    }
  }

  startReplay(): void {
    this.cancelReplay = null;
    this.replayAt = Number.POSITIVE_INFINITY;
    this.replaying = this.replay().finally(() => {
      this.replaying = null;
      if (this.folder.waiting > 0) {
        this.planReplay(this.retryMs);
      }
    });
  }

  /** Sends what is in the files, the oldest first, as long as the collector takes it. */
  async replay(): Promise<void> {
    this.scan();
    while (!this.isClosed && !this.isIdle && (await this.replayOldest())) {
      // In between it is the program's turn.
      await new Promise<void>((resolve) => callLater(0, resolve));
    }
  }

  /** Whether there was something, and the collector is there. */
  async replayOldest(): Promise<boolean> {
    const batch = this.next();
    if (batch === null) {
      return false;
    }
    try {
      await this.post(batch);
    } catch (error) {
      return this.goOnAfter(error, batch);
    }
    this.suspects.accepted++;
    this.suspects.failures = 0;
    this.goOn();
    this.folder.done(0);
    return true;
  }

  /** Whether the collector is there all the same. */
  goOnAfter(error: unknown, batch: SpooledBatch): boolean {
    const { retryable, settled, lost, retryAfterMs } = exportFailure(error, batch.spanCount);
    if (!retryable) {
      this.goOn();
      this.tell('refused', error);
      this.folder.done(batch.spanCount - settled + lost);
      return true;
    }
    const verdict = this.suspects.judge(batch, error);
    if (verdict === 'away') {
      this.backOff(error, retryAfterMs);
      return false;
    }
    const outcome = verdict === 'suspect' ? 'wait behind the others' : 'are dropped';
    const message =
      `The collector takes other spans, but not ${batch.spanCount} of the spool, which ${outcome}: ` +
      (error instanceof Error ? error.message : String(error));
    this.tell(verdict, new SpoolError(message, { cause: error }));
    return true;
  }

  /** The oldest record first; while the collector is away, those that have not been tried. */
  next(): SpooledBatch | null {
    try {
      const aside = this.failures === 0 ? this.suspects.take() : null;
      const batch = aside ?? this.takeUntried() ?? this.suspects.take();
      this.tellOfLosses();
      return batch;
    } catch (cause) {
      const message = `The spool cannot be read: ${(cause as Error).message}`;
      this.tell('unreadable', new SpoolError(message, { cause }));
      return null;
    }
  }

  takeUntried(): SpooledBatch | null {
    return this.folder.take((segment, { lost }) => {
      const message = `A part of the spool cannot be read, with ${lost || 'some'} spans: ${segment.path} is damaged there.`;
      this.tell('damaged', new SpoolError(message));
    });
  }

  beat(): void {
    this.folder.beat();
    if (this.scan()) {
      this.planReplay(0);
    }
  }

  /** Whether there is something that others have left. */
  scan(): boolean {
    const isFound = this.folder.scan();
    const { dir, kind, others } = this.folder;
    const { strangeKind } = others;
    if (strangeKind !== null) {
      const message = `There are spans for ${strangeKind} in the spool '${dir}', which stay there, since this one is for ${kind}; give it another directory, and send them by an exporter for ${strangeKind}.`;
      this.tell('strange', new SpoolError(message));
    }
    return isFound;
  }

  /** Tells of each kind of trouble once. */
  tell(kind: string, error: unknown): void {
    if (!this.told.has(kind)) {
      this.told.add(kind);
      this.onError(error);
    }
  }
}

/**
 * Encodes spans in portions: what is spooled is sent again, and refused, and lost by damage, in portions.
 */
export function* inRecords(
  spans: readonly BasicSpan[],
  encode: (spans: readonly BasicSpan[]) => Iterable<EncodedBatch>,
): Generator<EncodedBatch> {
  for (let at = 0; at < spans.length; at += RECORD_SPANS) {
    yield* encode(spans.slice(at, at + RECORD_SPANS));
  }
}
