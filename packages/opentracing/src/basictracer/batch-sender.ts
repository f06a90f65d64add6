import { monotonicNow } from '../clock.js';
import type { BasicSpan } from './basic-span.js';
import { type ExportFailure, exportFailure, within } from './export-failure.js';
import type { LastSpans } from './last-spans-error.js';
import { ExportError, type ExportProgress, type SpanExporter } from './span-exporter.js';
import type { SpanRing } from './span-ring.js';
import { SuspectSpans } from './suspect-spans.js';

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
  /** Resolves when nothing more is sent. */
  done: Promise<void>;
}

/** Whether a batch has left the ring, and how; `null` when sending has to wait. */
type Outcome = 'accepted' | 'partly' | null;

/** So many parts of one batch are refused, and none taken, before no smaller ones are tried. */
const MAX_REFUSALS = 32;
/** A batch that has failed so often, and again after so many times more, is searched for a bad span. */
const FAILURES_BEFORE_SEARCH = 2;
const FAILURES_BETWEEN_SEARCHES = 8;

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
  /** Whether nothing was taken since a batch was refused in all of its parts. */
  isRefusingAll = false;
  suspects = new SuspectSpans();

  constructor(ring: SpanRing, options: BatchSenderOptions) {
    this.ring = ring;
    this.options = options;
    this.batchSize = options.maxBatchSize;
  }

  /**
   * Sends batches until so many spans have left the ring; not while something is under way.
   *
   * @param onEnd - called at its end, unless it is given up
   */
  send(last: number, onEnd: () => void): Sending {
    const sending: Sending = { last, since: 0, count: 0, done: Promise.resolve() };
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
    this.sendFewer(count);
    this.postpone(count, last, 0);
    return true;
  }

  async sendBatches(sending: Sending): Promise<void> {
    while (this.ring.size > 0 && this.ring.left < sending.last) {
      const outcome = await this.sendOldest(sending);
      if (outcome === null) {
        return;
      }
      if (outcome === 'accepted') {
        this.isReported = false;
        this.isStoreReported = false;
      }
    }
  }

  /** One batch; in ever smaller parts where one bad span makes the collector refuse the others. */
  async sendOldest(sending: Sending): Promise<Outcome> {
    const { ring } = this;
    const total = Math.min(ring.size, this.batchSize);
    // The sizes of what is still to be sent, the first one last.
    const parts = [total];
    const exportedBefore = this.exported;
    const setAside: BasicSpan[] = [];
    let isSearching = false;
    let refusals = 0;
    let outcome: Outcome = 'accepted';
    for (let size = parts.pop(); size !== undefined; size = parts.pop()) {
      const batch = ring.slice(0, size);
      const failure = await this.attempt(batch, sending);
      if (failure === 'given up') {
        return null;
      }
      if (failure === null) {
        refusals = 0;
        continue;
      }
      outcome = 'partly';
      const rest = size - failure.settled;
      if (rest === 0) {
        continue;
      }
      if (failure.retryable) {
        isSearching ||= this.maySearch(failure, batch);
        if (!isSearching || !isAnswer(failure) || ++refusals > MAX_REFUSALS) {
          return this.postpone(rest, sending.last, failure.retryAfterMs) ? 'partly' : null;
        }
      } else {
        this.failures = 0;
        if (failure.divisible && (this.isRefusingAll || ++refusals > MAX_REFUSALS)) {
          this.refuseAll(rest + sum(parts), total);
          return 'partly';
        }
      }
      if (rest > 1 && (failure.retryable || failure.divisible)) {
        const half = Math.ceil(rest / 2);
        parts.push(rest - half, half);
      } else if (failure.retryable) {
        setAside.push(...this.setAsideOldest());
      } else {
        this.drop(rest);
      }
    }
    if (this.exported > exportedBefore) {
      this.suspects.add(setAside);
    } else if (setAside.length > 0) {
      this.failures++;
      this.retried += setAside.length;
      return null;
    }
    return outcome;
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
      if (failure.noAnswer === 'timeout') {
        this.sendFewer(sending.count);
      }
    }
    sending.count = 0;
    return failure;
  }

  /**
   * Whether one bad span may be why a batch fails, whatever the collector says: when it answers with a
   * failure again and again, without asking to wait.
   */
  maySearch(failure: ExportFailure, batch: readonly BasicSpan[]): boolean {
    const { failures } = this;
    const isDue = failures % FAILURES_BETWEEN_SEARCHES === FAILURES_BEFORE_SEARCH;
    return isAnswer(failure) && (isDue || (failures === 0 && this.suspects.isAmong(batch)));
  }

  /** A single span was refused: it comes last, until it has been refused too often. */
  setAsideOldest(): BasicSpan[] {
    const [span] = this.ring.slice(0, 1);
    if (span === undefined || this.suspects.isHopeless(span)) {
      this.drop(1);
      return [];
    }
    this.ring.moveToEnd();
    return [span];
  }

  /** Whatever is sent is refused for good. */
  refuseAll(count: number, total: number): void {
    this.drop(count);
    if (!this.isRefusingAll) {
      this.isRefusingAll = true;
      const message = `The collector refused a batch of ${total} spans in all of ${MAX_REFUSALS} parts; until it takes some, no smaller batches are tried and what it refuses is dropped.`;
      this.options.onError(new ExportError(message, { retryable: false }));
    }
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
   * Hands on what waits without the event loop: to the exporter, and the rest to where it is stored. When
   * all is over that includes what is under way, which may arrive twice; where a collector is known to be
   * away nothing is tried that would hold up the end.
   *
   * @param deadlineMs - for how long the exporter may block; not asked to send when it is 0
   */
  handOn(deadlineMs: number, isOver: boolean): LastSpans {
    const { ring, spooled } = this;
    let failure: unknown = null;
    const from = isOver ? 0 : (this.sending?.count ?? 0);
    if (isOver) {
      this.sending = null;
    }
    const isAway = isOver && this.failures > 0;
    if (deadlineMs > 0 && !isAway) {
      const spans = ring.slice(from, ring.size);
      let count = 0;
      try {
        count = this.options.exporter.exportLast?.(spans, deadlineMs) ?? 0;
      } catch (error) {
        failure = error;
        count = exportFailure(error, spans.length).settled;
      }
      this.exported += count;
      ring.removeBehind(from, count);
    }
    if (isOver && !this.storeUntil(ring.end)) {
      this.failures++;
    }
    return {
      lost: isAway ? 0 : ring.size - from,
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
      this.ring.push(span);
    }
    return stored > 0;
  }

  /** So many of the oldest spans have been accepted. */
  accept(count: number): void {
    if (count > 0) {
      this.failures = 0;
      this.isRefusingAll = false;
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

function isAnswer({ noAnswer, retryAfterMs }: ExportFailure): boolean {
  return noAnswer === undefined && retryAfterMs === 0;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
