import { monotonicNow } from '../clock.js';
import type { BasicSpan } from './basic-span.js';
import { ClosedRecorderError, counted, QueueFullError } from './batch-recorder-errors.js';
import {
  BATCH_RECORDER_OPTIONS,
  type BatchRecorderOptions,
  checkBatchRecorderOptions,
} from './batch-recorder-options.js';
import { BatchSender, type Sending } from './batch-sender.js';
import { callLater, settledWithin } from './call-later.js';
import { unwatchEnd, watchEnd } from './end-of-program.js';
import { LastSpansError } from './last-spans-error.js';
import type { SpanRecorder } from './recorder.js';
import { errorReporter, tellMistyped } from './report-error.js';
import type { SpanExporter } from './span-exporter.js';
import { SpanRing } from './span-ring.js';
import { weightOf } from './span-weight.js';

/**
 * Counts of spans since the recorder was made; at every moment
 * `recorded = exported + spooled + dropped + queued`.
 */
export interface BatchRecorderStats {
  /** Handed to the recorder. */
  readonly recorded: number;
  /** Accepted by the exporter. */
  readonly exported: number;
  /**
   * Handed to the exporter's `store`, which keeps them until they can be sent; `undefined`, and so none,
   * where the exporter has no such place.
   */
  readonly spooled: number | undefined;
  /**
   * Lost: the queue was full, they were refused for good or could not be sent before the recorder was
   * closed, or came later.
   */
  readonly dropped: number;
  /** Sent again because sending had failed; counted each time. */
  readonly retried: number;
  /** Waiting now. */
  readonly queued: number;
}

/** How a flush is done. */
interface FlushOptions {
  /** Whether the collector is not left alone, though it asked for that. */
  isUrgent?: boolean;
  /** Whether the program is kept running meanwhile. */
  isHeld?: boolean;
  /** Whether there is no later time, so that a bad span is looked for at once. */
  isLast?: boolean;
}

const MAX_BACKOFF_MS = 30_000;

/**
 * Collects finished spans in a ring and sends them in batches, one batch at a time. A batch that
 * fails stays in the ring and is tried again, ever less often while the failure lasts; what then does
 * not fit is dropped and counted. Where the exporter can store spans, all of those go there instead.
 * A batch that is refused for one bad span is halved until that one is alone, and only that one is
 * dropped; where all of 32 parts are refused the whole batch is. A batch with which a collector that
 * answers fails again and again is halved, too: a span with which it fails alone comes last, and is
 * dropped at the third time if others were accepted at the first two. Where answers do not come in time
 * batches become smaller for a while. Its timers keep no program running.
 *
 * @example
 * ```ts
 * const exporter = { export: async (spans: readonly BasicSpan[]) => console.log(spans.length) };
 * const recorder = new BatchRecorder({ exporter, maxBatchSize: 2 });
 * const tracer = new BasicTracer({ recorder });
 * for (const name of ['soup', 'salad', 'cake']) tracer.startSpan(name).finish();
 * await tracer.close();
 * console.log(recorder.stats.exported, recorder.stats.dropped);
 * ```
 * ```text
 * 2
 * 1
 * 3 0
 * ```
 */
export class BatchRecorder implements SpanRecorder {
  /** Sends the batches; its own counts, such as those of a spool, are there. */
  readonly exporter: SpanExporter;
  /** @internal */
  _ring: SpanRing;
  /** @internal */
  _sender: BatchSender;
  /** @internal */
  _maxBatchSize: number;
  /** @internal */
  _maxQueueBytes: number;
  /** @internal */
  _flushIntervalMs: number;
  /** @internal */
  _isFlushedAtExit: boolean;
  /** @internal */
  _exitDeadlineMs: number;
  /** @internal */
  _onError: (error: unknown) => void;
  /** @internal */
  _recorded = 0;
  /** @internal Whether it was told that the queue is full: a busy program fills it again and again. */
  _isFullReported = false;
  /** @internal Whether it was told that spans come after the recorder was closed. */
  _isLateReported = false;
  /** @internal Takes back the sending that is planned. */
  _cancel: (() => void) | null = null;
  /** @internal Whether that is planned for at once. */
  _isDue = false;
  /** @internal */
  _closed: Promise<void> | null = null;
  /** @internal Whether nothing more is taken. */
  _isClosed = false;

  /**
   * @throws RangeError for a limit that is not a whole number above 0, or a negative time
   * @throws TypeError for an exporter without `export`, for one in the place of the options, and for a
   *   value of another type
   */
  constructor(options: BatchRecorderOptions) {
    const checked = checkBatchRecorderOptions(options);
    const { exporter, maxQueueSize, maxBatchSize, exportTimeoutMs } = checked;
    this.exporter = exporter;
    this._ring = new SpanRing(maxQueueSize);
    this._maxBatchSize = maxBatchSize;
    this._maxQueueBytes = checked.maxQueueBytes;
    this._flushIntervalMs = checked.flushIntervalMs;
    this._isFlushedAtExit = checked.flushAtExit;
    this._exitDeadlineMs = checked.exitDeadlineMs;
    this._onError = errorReporter(options.onError);
    tellMistyped(options.onError, 'BatchRecorder', options, BATCH_RECORDER_OPTIONS);
    this._sender = new BatchSender(this._ring, {
      exporter,
      maxBatchSize,
      exportTimeoutMs,
      onError: this._onError,
    });
  }

  /** The counts at this moment. */
  get stats(): BatchRecorderStats {
    const { exported, spooled, dropped, retried } = this._sender;
    return {
      recorded: this._recorded,
      exported,
      spooled: this.exporter.store === undefined ? undefined : spooled,
      dropped,
      retried,
      queued: this._ring.size,
    };
  }

  recordSpan(span: BasicSpan): void {
    this._recorded++;
    const ring = this._ring;
    if (ring.size >= this._maxBatchSize || this._isClosed) {
      this._recordBehindBatch(span);
      return;
    }
    ring.push(span);
    if (this._cancel === null || (ring.size >= this._maxBatchSize && !this._isDue)) {
      this._scheduleNext();
    }
  }

  /** @internal Where a whole batch waits already. */
  _recordBehindBatch(span: BasicSpan): void {
    const ring = this._ring;
    const hasPlace = ring.size < ring.places.length && !this._isClosed;
    const weight = hasPlace ? weightOf(span) : 0;
    if (!hasPlace || ring.weight + weight > this._maxQueueBytes) {
      this._overflow(span);
      return;
    }
    ring.pushWeighed(span, weight);
    if (this._cancel === null || !this._isDue) {
      this._scheduleNext();
    }
  }

  /** @internal A span that does not fit. */
  _overflow(span: BasicSpan): void {
    const isClosed = this._isClosed;
    if (isClosed || !this._sender.storeOverflow(span)) {
      this._sender.dropped++;
      if (isClosed) {
        this._tellLate();
      } else if (!this._isFullReported) {
        this._isFullReported = true;
        this._sender.report(new QueueFullError(this._ring));
      }
    }
  }

  /** @internal */
  _tellLate(): void {
    if (!this._isLateReported) {
      this._isLateReported = true;
      this._onError(new ClosedRecorderError('a span finished afterwards'));
    }
  }

  /**
   * @internal Plans the next sending, unless one is to be tried again, which sees to more; so does one
   * that is under way, if it ever comes to its end.
   */
  _scheduleNext(): void {
    const { sending, failures } = this._sender;
    if (sending !== null) {
      if (this._cancel === null) {
        this._schedule(Math.max(this._sender.timeLeft(sending), 1));
      }
    } else if (failures === 0 || this._cancel === null) {
      this._schedule(this._nextDelayMs());
    }
  }

  /**
   * @internal A full batch goes at once. What failed waits ever longer, by chance more or less, so that
   * programs which failed at one moment do not come again at one moment.
   */
  _nextDelayMs(): number {
    const { failures, notBefore } = this._sender;
    if (failures === 0) {
      return this._ring.size >= this._maxBatchSize ? 0 : this._flushIntervalMs;
    }
    const backoff = Math.min(Math.max(this._flushIntervalMs, 1) * 2 ** failures, MAX_BACKOFF_MS);
    return Math.max(backoff * (1 - Math.random() / 2), notBefore - monotonicNow());
  }

  /**
   * Sends what was recorded before the call. Resolves when all of it was accepted or stored, or, where
   * the exporter can not store it, when sending failed: what may be accepted later then stays in the
   * queue. Nothing is sent while the time lasts for which the collector asked to be left alone.
   * Never rejects.
   */
  async flush(): Promise<void> {
    await this._flush({ isHeld: true });
  }

  /**
   * Flushes, even if the collector asked to be left alone, drops and counts what could neither be sent
   * nor stored, and closes the exporter. An answer that does not come is waited for once. Never rejects.
   */
  close(): Promise<void> {
    this._closed ??= this._close();
    return this._closed;
  }

  /** @internal What finishes while the first of the flushes goes on is sent by the second one. */
  async _close(): Promise<void> {
    const isLate = await this._flush({ isHeld: true });
    this._isClosed = true;
    if (isLate) {
      this._sender.giveUpAll();
    } else {
      await this._flush({ isUrgent: true, isHeld: true, isLast: true });
    }
    this._cancel?.();
    unwatchEnd(this);
    const lost = this._ring.size;
    this._sender.drop(lost);
    if (lost > 0) {
      this._onError(new ClosedRecorderError(`${counted(lost)} could not be sent`));
    }
    try {
      await this.exporter.close?.();
    } catch (error) {
      this._onError(error);
    }
  }

  /** @internal */
  async _flushUnheld(isLast: boolean): Promise<void> {
    await this._flush({ isUrgent: true, isLast });
  }

  /** @internal */
  _sendWithoutLoop(deadlineMs: number, isOver: boolean): void {
    const last = this._sender.sendWithoutLoop(deadlineMs, isOver);
    if (this._sender.sending === null) {
      this._planNext();
    }
    const { lost, stored, failure } = last;
    if (isOver && (lost > 0 || (stored > 0 && failure !== null))) {
      this._sender.report(new LastSpansError(last));
    } else if (failure !== null) {
      this._sender.report(failure);
    }
  }

  /**
   * @internal
   * @returns whether an answer that was waited for did not come in time
   */
  async _flush({ isUrgent, isHeld = false, isLast }: FlushOptions): Promise<boolean> {
    const { _ring: ring, _sender: sender } = this;
    const last = ring.end;
    this._giveUpLate();
    while (sender.sending !== null) {
      if (await this._wait(sender.sending, isHeld)) {
        // Another answer would be waited for as long.
        if (sender.sending === null) {
          sender.storeUntil(last);
        }
        return true;
      }
    }
    const mayBeSent = isUrgent || monotonicNow() >= sender.notBefore;
    if (mayBeSent && ring.size > 0 && ring.left < last) {
      const sending = this._send(last, isLast ? monotonicNow() + this._exitDeadlineMs : null);
      while (sender.sending === sending) {
        await this._wait(sending, isHeld);
      }
      return sending.isLate;
    }
    return false;
  }

  /**
   * @internal Until a sending is over, or its batch may have got stuck. A connection does not keep the
   * program running, so that it can end while the collector hangs; whoever waits for a flush does not
   * want it to end.
   *
   * @returns whether it is over because an answer did not come in time
   */
  async _wait(sending: Sending, isHeld: boolean): Promise<boolean> {
    await settledWithin(sending.done, this._sender.timeLeft(sending), isHeld);
    this._giveUpLate();
    return sending.isLate;
  }

  /** @internal */
  _giveUpLate(): void {
    if (this._sender.giveUpLate()) {
      this._planNext();
    }
  }

  /** @internal Sends after so many milliseconds, in the place of a sending that was planned. */
  _schedule(delayMs: number): void {
    this._cancel?.();
    if (this._isFlushedAtExit) {
      watchEnd(this);
    }
    this._isDue = delayMs === 0;
    this._cancel = callLater(delayMs, () => {
      this._cancel = null;
      this._isDue = false;
      if (this._sender.sending === null) {
        this._send(this._ring.end, null);
      } else {
        this._giveUpLate();
      }
    });
  }

  /** @internal */
  _send(last: number, searchUntil: number | null): Sending {
    return this._sender.send(last, searchUntil, () => this._planNext());
  }

  /** @internal When a sending is over. */
  _planNext(): void {
    this._cancel?.();
    this._cancel = null;
    this._isDue = false;
    if (this._ring.size === 0) {
      unwatchEnd(this);
    } else if (!this._isClosed) {
      this._schedule(this._nextDelayMs());
    }
  }
}
