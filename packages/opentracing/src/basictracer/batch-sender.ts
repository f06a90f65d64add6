import { monotonicNow } from '../clock.js';
import type { BasicSpan } from './basic-span.js';
import { BatchSearch } from './batch-search.js';
import { type ExportFailure, exportFailure, within } from './export-failure.js';
import type { LastSpans } from './last-spans-error.js';
import { ExportError, type ExportProgress, type SpanExporter } from './span-exporter.js';
import type { SpanRing } from './span-ring.js';
import { weightOf } from './span-weight.js';

/**
 * Batches that are being sent, one after the other.
 *
 * @internal
 */
export interface Sending {
  /** It is done when the ring's `left` has come to this. */
  last: number;
  /** When the batch was handed to the exporter, or that last made progress: on the monotonic clock. */
  since: number;
  /** How many spans at the beginning of the ring are that batch. */
  count: number;
  /** At the end, how long a bad span may be looked for: on the monotonic clock; `null` before. */
  searchUntil: number | null;
  /** Whether it is over because an answer did not come in time. */
  isLate: boolean;
  /** Resolves when nothing more is sent. */
  done: Promise<void>;
}

/**
 * Whether a batch has left the ring, and how; `null` when sending has to wait.
 *
 * @internal
 */
export type Outcome = 'accepted' | 'partly' | null;

const NOTHING_SENT = { refused: 0, failure: null };

interface BatchSenderOptions {
  exporter: SpanExporter;
  maxBatchSize: number;
  exportTimeoutMs: number;
  onError: (error: unknown) => void;
}

/**
 * Sends the oldest spans of a ring in batches. What fails and may be accepted later is stored where the
 * exporter can do that, else it stays in the ring.
 *
 * @internal
 */
export class BatchSender {
  exported = 0;
  spooled = 0;
  dropped = 0;
  retried = 0;
  /** How often sending has failed since it last worked. */
  failures = 0;
  /** The collector asked not to be tried before: on the monotonic clock. */
  notBefore = Number.NEGATIVE_INFINITY;
  /** What is under way. */
  sending: Sending | null = null;
  ring: SpanRing;
  options: BatchSenderOptions;
  // What has been told of; until sending works again there is no more to say.
  isReported = false;
  isStoreReported = false;
  /** Whether storing has failed since sending was last tried. */
  isStoreBroken = false;
  /** How many spans are sent at once: less for a while where the answer to more did not come in time. */
  batchSize: number;
  search: BatchSearch;

  constructor(ring: SpanRing, options: BatchSenderOptions) {
    this.ring = ring;
    this.options = options;
    this.batchSize = options.maxBatchSize;
    this.search = new BatchSearch(this);
  }

  /**
   * Sends batches until so many spans have left the ring; not while something is under way.
   *
   * @param onEnd - called at its end, unless it is given up
   */
  send(last: number, searchUntil: number | null, onEnd: () => void): Sending {
    const sending: Sending = {
      last,
      since: 0,
      count: 0,
      searchUntil,
      isLate: false,
      done: Promise.resolve(),
    };
    this.sending = sending;
    sending.done = this.sendBatches(sending).then(() => {
      if (this.sending === sending) {
        this.sending = null;
        onEnd();
      }
    });
    return sending;
  }

  /** For how many milliseconds more the exporter may take. */
  timeLeft(sending: Sending): number {
    return sending.since + this.options.exportTimeoutMs - monotonicNow();
  }

  /**
   * Gives up what is under way if its batch takes too long. It may never settle: in Workers nothing goes
   * on that was begun by a request that is over.
   *
   * @returns whether it did
   */
  giveUpLate(): boolean {
    const { sending } = this;
    if (sending === null || this.timeLeft(sending) > 0) {
      return false;
    }
    this.sending = null;
    const { count, last } = sending;
    const { exportTimeoutMs } = this.options;
    const message = `The exporter did not settle a batch of ${count} spans within ${exportTimeoutMs} ms.`;
    this.report(new ExportError(message, { retryable: true, noAnswer: 'timeout' }));
    sending.isLate = true;
    this.sendFewer(count);
    this.postpone(count, last, 0);
    return true;
  }

  /** Stores what can be stored, also of what is under way. */
  giveUpAll(): void {
    this.sending = null;
    this.storeUntil(this.ring.end);
  }

  async sendBatches(sending: Sending): Promise<void> {
    while (this.ring.size > 0 && this.ring.left < sending.last) {
      const outcome = await this.search.sendOldest(sending);
      if (outcome === null) {
        return;
      }
      if (outcome === 'accepted') {
        this.isReported = false;
        this.isStoreReported = false;
      }
    }
  }

  /** Hands spans to the exporter, and does with them what it says; the others stay in the ring. */
  async attempt(
    batch: readonly BasicSpan[],
    sending: Sending,
  ): Promise<ExportFailure | null | 'given up'> {
    const total = batch.length;
    let settled = 0;
    let lost = 0;
    const settle = (settledNow: number, lostNow: number) => {
      const newlySettled = Math.max(within(settledNow, total) - settled, 0);
      const newlyLost = Math.min(Math.max(within(lostNow, total) - lost, 0), newlySettled);
      settled += newlySettled;
      lost += newlyLost;
      sending.count = total - settled;
      this.accept(newlySettled - newlyLost);
      this.drop(newlyLost);
    };
    const onProgress: ExportProgress = (settledNow, lostNow) => {
      if (this.sending !== sending) {
        return false;
      }
      sending.since = monotonicNow();
      settle(settledNow, lostNow);
      return true;
    };
    sending.count = total;
    sending.since = monotonicNow();
    this.isStoreBroken = false;
    let failure: ExportFailure | null = null;
    try {
      await this.options.exporter.export(batch, onProgress);
    } catch (error) {
      failure = exportFailure(error, total);
      if (this.sending === sending) {
        this.report(error);
      }
    }
    if (this.sending !== sending) {
      return 'given up';
    }
    if (failure === null) {
      settle(total, lost);
    } else {
      settle(failure.settled, failure.lost);
      failure.settled = settled;
      sending.isLate = failure.noAnswer === 'timeout';
      if (sending.isLate) {
        this.sendFewer(sending.count);
      }
    }
    sending.count = 0;
    return failure;
  }

  /** After an answer that did not come in time. */
  sendFewer(count: number): void {
    if (count > 1) {
      this.batchSize = Math.ceil(count / 2);
    }
  }

  /**
   * The collector is away: what was to be sent is stored, or stays in the ring.
   *
   * @param count - how many of those spans were sent
   * @returns whether it was stored
   */
  postpone(count: number, last: number, retryAfterMs: number): boolean {
    if (this.storeUntil(last)) {
      return true;
    }
    this.failures++;
    this.retried += count;
    this.notBefore = monotonicNow() + retryAfterMs;
    return false;
  }

  /** Stores the oldest spans until so many have left the ring, as far as the exporter can. */
  storeUntil(last: number): boolean {
    const { ring } = this;
    while (ring.size > 0 && ring.left < last) {
      const batch = ring.slice(0, this.options.maxBatchSize);
      const stored = this.store(batch);
      ring.remove(stored);
      if (stored < batch.length) {
        return false;
      }
    }
    return true;
  }

  /**
   * Does with what waits what can be done without the event loop: sends it, and stores the rest. When
   * all is over that includes what is under way, which may arrive twice; where a collector is known to be
   * away nothing is tried that would hold up the end.
   *
   * @param deadlineMs - for how long the exporter may block; not asked to send when it is 0
   */
  sendWithoutLoop(deadlineMs: number, isOver: boolean): LastSpans {
    const { ring, spooled } = this;
    const from = isOver ? 0 : (this.sending?.count ?? 0);
    if (isOver) {
      this.sending = null;
    }
    const isAway = isOver && this.failures > 0;
    const isSent = deadlineMs > 0 && !isAway && ring.size > from;
    const { refused, failure } = isSent ? this.search.sendLast(from, deadlineMs) : NOTHING_SENT;
    if (isOver && !this.storeUntil(ring.end)) {
      this.failures++;
    }
    return {
      lost: isAway ? 0 : ring.size - from + refused,
      stored: this.spooled - spooled,
      failure,
      isUnable: deadlineMs > 0 && this.options.exporter.exportLast === undefined,
    };
  }

  /** How many of the spans, from the first on, the exporter has stored. */
  store(spans: readonly BasicSpan[]): number {
    const { exporter, onError } = this.options;
    if (exporter.store === undefined || this.isStoreBroken) {
      return 0;
    }
    let stored = spans.length;
    try {
      exporter.store(spans);
    } catch (error) {
      stored = exportFailure(error, spans.length).settled;
      this.isStoreBroken = true;
      if (!this.isStoreReported) {
        this.isStoreReported = true;
        onError(error);
      }
    }
    this.spooled += stored;
    return stored;
  }

  /**
   * Stores a batch of those spans that are not being sent, so that there is a place in the ring for
   * another one; that one itself where all are being sent.
   *
   * @returns whether that worked
   */
  storeOverflow(span: BasicSpan): boolean {
    const inFlight = this.sending?.count ?? 0;
    const waiting = this.ring.slice(inFlight, this.options.maxBatchSize);
    if (waiting.length === 0) {
      return this.store([span]) > 0;
    }
    const stored = this.store(waiting);
    if (stored > 0) {
      this.ring.removeBehind(inFlight, stored);
      this.ring.pushWeighed(span, weightOf(span));
    }
    return stored > 0;
  }

  /** So many of the oldest spans have been accepted. */
  accept(count: number): void {
    if (count > 0) {
      this.failures = 0;
      this.search.isRefusingAll = false;
      this.batchSize = Math.min(2 * this.batchSize, this.options.maxBatchSize);
    }
    this.exported += count;
    this.ring.remove(count);
  }

  /** So many of the oldest spans are lost. */
  drop(count: number): void {
    this.dropped += count;
    this.ring.remove(count);
  }

  report(error: unknown): void {
    if (!this.isReported) {
      this.isReported = true;
      this.options.onError(error);
    }
  }
}
