import { checkMethod } from '../check-method.js';
import type { BasicSpan } from './basic-span.js';
import type { SpanRecorder } from './recorder.js';
import { errorReporter } from './report-error.js';
import { ExportError, type SpanExporter } from './span-exporter.js';

/** How a {@link BatchRecorder} works. */
export interface BatchRecorderOptions {
  /** Sends the batches. */
  exporter: SpanExporter;
  /** How many spans wait at most; later ones are dropped and counted. By default 10,000. */
  maxQueueSize?: number | undefined;
  /** How many spans are sent at once; so many waiting are sent at once. By default 1,000. */
  maxBatchSize?: number | undefined;
  /** How long a span waits at most before it is sent, in milliseconds. By default 1,000. */
  flushIntervalMs?: number | undefined;
  /**
   * Told once when spans cannot be sent or do not fit, and again only after sending has worked. By
   * default it is written to the standard error stream.
   */
  onError?: ((error: Error) => void) | undefined;
}

/** Counts of spans since the recorder was made; `recorded = exported + dropped + queued`. */
export interface BatchRecorderStats {
  /** Handed to the recorder. */
  readonly recorded: number;
  /** Accepted by the exporter. */
  readonly exported: number;
  /** Lost: the queue was full, the exporter refused them for good, or the recorder was closed. */
  readonly dropped: number;
  /** Sent again because sending had failed; counted each time. */
  readonly retried: number;
  /** Waiting now. */
  readonly queued: number;
}

const MAX_BACKOFF_MS = 30_000;
// Longer than a program lives: a timer that is only there to keep it running.
const FOR_EVER_MS = 2 ** 31 - 1;

/**
 * Collects finished spans in a ring and sends them in batches, one batch at a time. A batch that
 * fails stays in the ring and is tried again, ever less often while the failure lasts; what then does
 * not fit is dropped and counted. Its timers keep no program running.
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
  /** @internal */
  _exporter: SpanExporter;
  /** @internal */
  _ring: (BasicSpan | undefined)[];
  /** @internal */
  _maxBatchSize: number;
  /** @internal */
  _flushIntervalMs: number;
  /** @internal */
  _onError: (error: unknown) => void;
  /** @internal Where the oldest span is. */
  _start = 0;
  /** @internal */
  _queued = 0;
  /** @internal How many have left the ring. */
  _handled = 0;
  /** @internal */
  _recorded = 0;
  /** @internal */
  _exported = 0;
  /** @internal */
  _dropped = 0;
  /** @internal */
  _retried = 0;
  /** @internal How often sending has failed since it last worked. */
  _failures = 0;
  /** @internal Whether the trouble has been told of; until sending works again there is no more to say. */
  _isReported = false;
  /** @internal Whether it was told that the queue is full: a busy program fills it again and again. */
  _isFullReported = false;
  /** @internal Takes back the sending that is planned. */
  _cancel: (() => void) | null = null;
  /** @internal Whether that is planned for at once. */
  _isDue = false;
  /** @internal The sending that is under way. */
  _sending: Promise<void> | null = null;
  /** @internal */
  _closed: Promise<void> | null = null;

  /**
   * @throws RangeError for a limit that is not a whole number above 0, or a negative interval
   * @throws TypeError for an exporter without `export`
   */
  constructor(options: BatchRecorderOptions) {
    checkMethod('The exporter is', options?.exporter, 'export', 'pass one as { exporter }');
    this._exporter = options.exporter;
    this._ring = new Array(checkLimit('maxQueueSize', options.maxQueueSize ?? 10_000));
    this._maxBatchSize = Math.min(
      checkLimit('maxBatchSize', options.maxBatchSize ?? 1_000),
      this._ring.length,
    );
    this._flushIntervalMs = options.flushIntervalMs ?? 1_000;
    if (!(this._flushIntervalMs >= 0)) {
      throw new RangeError(
        `flushIntervalMs is ${this._flushIntervalMs}; it has to be a number of milliseconds from 0 upwards.`,
      );
    }
    this._onError = errorReporter(options.onError);
  }

  /** The counts at this moment. */
  get stats(): BatchRecorderStats {
    return {
      recorded: this._recorded,
      exported: this._exported,
      dropped: this._dropped,
      retried: this._retried,
      queued: this._queued,
    };
  }

  recordSpan(span: BasicSpan): void {
    this._recorded++;
    const ring = this._ring;
    if (this._queued === ring.length || this._closed !== null) {
      this._drop();
      return;
    }
    const end = this._start + this._queued++;
    ring[end < ring.length ? end : end - ring.length] = span;
    if (this._cancel === null || (this._queued >= this._maxBatchSize && !this._isDue)) {
      this._scheduleNext();
    }
  }

  /** @internal Plans the next sending, unless one is under way or is to be tried again: both see to more. */
  _scheduleNext(): void {
    const isRetryPlanned = this._failures > 0 && this._cancel !== null;
    if (this._sending === null && !isRetryPlanned) {
      this._schedule(this._nextDelayMs());
    }
  }

  /** @internal A full batch goes at once; what failed waits ever longer. */
  _nextDelayMs(): number {
    if (this._failures === 0) {
      return this._queued >= this._maxBatchSize ? 0 : this._flushIntervalMs;
    }
    return Math.max(Math.min(this._flushIntervalMs * 2 ** this._failures, MAX_BACKOFF_MS), 1);
  }

  /**
   * Sends what was recorded before the call. Resolves when that was accepted, or when sending failed:
   * what may be accepted later then stays in the queue. Never rejects.
   */
  async flush(): Promise<void> {
    const last = this._handled + this._queued;
    // A connection does not keep the program running, so that it can end while the collector hangs;
    // whoever waits for a flush does not want it to end.
    const hold = setInterval(() => {}, FOR_EVER_MS);
    try {
      while (this._sending !== null) {
        await this._sending;
      }
      await this._send(last);
    } finally {
      clearInterval(hold);
    }
  }

  /** Flushes, drops and counts what could not be sent, and closes the exporter. Never rejects. */
  close(): Promise<void> {
    this._closed ??= this._close();
    return this._closed;
  }

  /** @internal */
  async _close(): Promise<void> {
    await this.flush();
    this._cancel?.();
    this._dropped += this._queued;
    this._remove(this._queued);
    try {
      await this._exporter.close?.();
    } catch (error) {
      this._onError(error);
    }
  }

  /** @internal Sends after so many milliseconds, in the place of a sending that was planned. */
  _schedule(delayMs: number): void {
    this._cancel?.();
    this._isDue = delayMs === 0;
    this._cancel = callLater(delayMs, () => {
      this._cancel = null;
      this._isDue = false;
      if (this._sending === null) {
        this._send(this._handled + this._queued);
      }
    });
  }

  /** @internal Sends batches until the span that was queued as number `last` has left the ring. */
  _send(last: number): Promise<void> {
    this._sending = this._sendBatches(last).finally(() => {
      this._sending = null;
      if (this._queued > 0 && this._closed === null) {
        this._schedule(this._nextDelayMs());
      }
    });
    return this._sending;
  }

  /** @internal */
  async _sendBatches(last: number): Promise<void> {
    while (this._queued > 0 && this._handled < last) {
      const batch = this._oldest(this._maxBatchSize);
      try {
        await this._exporter.export(batch);
        this._accepted(batch.length);
        this._failures = 0;
        this._isReported = false;
      } catch (error) {
        this._report(error);
        if (!(error instanceof ExportError) || error.retryable) {
          this._failures++;
          this._retried += batch.length;
          return;
        }
        this._dropped += batch.length;
        this._remove(batch.length);
      }
    }
  }

  /** @internal The oldest spans, `max` at most, which stay in the ring while they are sent. */
  _oldest(max: number): BasicSpan[] {
    const { _ring: ring, _start: start } = this;
    const end = start + Math.min(this._queued, max);
    const batch = ring.slice(start, end);
    return (
      end > ring.length ? batch.concat(ring.slice(0, end - ring.length)) : batch
    ) as BasicSpan[];
  }

  /** @internal So many of the oldest spans have been accepted. */
  _accepted(count: number): void {
    this._exported += count;
    this._remove(count);
  }

  /** @internal */
  _remove(count: number): void {
    const ring = this._ring;
    const end = this._start + count;
    ring.fill(undefined, this._start, end);
    if (end > ring.length) {
      ring.fill(undefined, 0, end - ring.length);
    }
    this._start = end % ring.length;
    this._queued -= count;
    this._handled += count;
  }

  /** @internal */
  _drop(): void {
    this._dropped++;
    if (this._closed === null && !this._isFullReported) {
      this._isFullReported = true;
      this._report(new QueueFullError(this._ring.length));
    }
  }

  /** @internal */
  _report(error: unknown): void {
    if (!this._isReported) {
      this._isReported = true;
      this._onError(error);
    }
  }
}

/**
 * Calls `fn` after so many milliseconds, unless the program has ended; returns what takes that back.
 * Without delay by `setImmediate` where there is one: a timer waits for a millisecond, in which a busy
 * program fills the queue.
 */
function callLater(delayMs: number, fn: () => void): () => void {
  if (delayMs === 0 && typeof setImmediate === 'function') {
    const immediate = setImmediate(fn);
    (immediate as { unref?(): void }).unref?.();
    return () => clearImmediate(immediate);
  }
  const timer = setTimeout(fn, delayMs);
  // In browsers a timer is a number and keeps nothing running.
  (timer as { unref?(): void }).unref?.();
  return () => clearTimeout(timer);
}

class QueueFullError extends Error {
  constructor(size: number) {
    super(
      `The queue of ${size} spans is full, so spans are being dropped; is the collector slow or ` +
        'away, or maxQueueSize too small?',
    );
    this.name = 'QueueFullError';
  }
}

function checkLimit(name: string, value: number): number {
  if (!Number.isInteger(value) || value < 1) {
    throw new RangeError(`${name} is ${value}; it has to be a whole number above 0.`);
  }
  return value;
}
