import { monotonicNow } from '../clock.js';
import type { BasicSpan } from './basic-span.js';
import type { BatchSender, Outcome, Sending } from './batch-sender.js';
import { type ExportFailure, exportFailure, isExportError } from './export-failure.js';
import { ExportError } from './span-exporter.js';
import { SuspectSpans } from './suspect-spans.js';

/** So many parts of one batch are refused, and none taken, before no smaller ones are tried. */
const MAX_REFUSALS = 32;
/** A batch that has failed so often, and again after so many times more, is searched for a bad span. */
const FAILURES_BEFORE_SEARCH = 2;
const FAILURES_BETWEEN_SEARCHES = 8;

/**
 * Sends a batch in ever smaller parts where one bad span makes the collector refuse the others.
 *
 * @internal
 */
export class BatchSearch {
  sender: BatchSender;
  /** Whether nothing was taken since a batch was refused in all of its parts. */
  isRefusingAll = false;
  suspects = new SuspectSpans();

  constructor(sender: BatchSender) {
    this.sender = sender;
  }

  /** One batch, the oldest spans. */
  async sendOldest(sending: Sending): Promise<Outcome> {
    const { sender } = this;
    const { ring } = sender;
    const total = Math.min(ring.size, sender.batchSize);
    const parts = new Parts(total);
    const exportedBefore = sender.exported;
    const setAside: BasicSpan[] = [];
    let isSearching = false;
    let outcome: Outcome = 'accepted';
    for (let size = parts.next(); size !== undefined; size = parts.next()) {
      const batch = ring.slice(0, size);
      const failure = await sender.attempt(batch, sending);
      if (failure === 'given up') {
        return null;
      }
      if (failure === null) {
        parts.refusals = 0;
        continue;
      }
      outcome = 'partly';
      const rest = size - failure.settled;
      if (rest === 0) {
        continue;
      }
      if (failure.retryable) {
        isSearching ||= this.maySearch(failure, batch, sending);
        if (!isSearching || !isAnswer(failure) || parts.isRefused() || isOverdue(sending)) {
          return sender.postpone(rest, sending.last, failure.retryAfterMs) ? 'partly' : null;
        }
      } else {
        sender.failures = 0;
        if (failure.divisible && (this.isRefusingAll || parts.isRefused())) {
          this.refuseAll(rest + parts.left, total);
          return 'partly';
        }
      }
      if (rest > 1 && (failure.retryable || failure.divisible)) {
        parts.halve(rest);
      } else if (failure.retryable) {
        setAside.push(...this.setAsideOldest());
      } else {
        sender.drop(rest);
      }
    }
    if (sender.exported > exportedBefore) {
      this.suspects.add(setAside);
    } else if (setAside.length > 0) {
      sender.failures++;
      sender.retried += setAside.length;
      // At the end there is no later time for those behind them.
      return sending.searchUntil === null ? null : 'partly';
    }
    return outcome;
  }

  /**
   * Whether one bad span may be why a batch fails, whatever the collector says: when it answers with a
   * failure again and again, without asking to wait. At the end that is not waited for, unless what is not
   * sent can be stored.
   */
  maySearch(failure: ExportFailure, batch: readonly BasicSpan[], sending: Sending): boolean {
    const { failures, options } = this.sender;
    const isDue = failures % FAILURES_BETWEEN_SEARCHES === FAILURES_BEFORE_SEARCH;
    const isLastTime =
      sending.searchUntil !== null &&
      failures < FAILURES_BEFORE_SEARCH &&
      options.exporter.store === undefined;
    return (
      isAnswer(failure) && (isDue || isLastTime || (failures === 0 && this.suspects.isAmong(batch)))
    );
  }

  /** A single span was refused: it comes last, until it has been refused too often. */
  setAsideOldest(): BasicSpan[] {
    const { ring } = this.sender;
    const [span] = ring.slice(0, 1);
    if (span === undefined || this.suspects.isHopeless(span)) {
      this.sender.drop(1);
      return [];
    }
    ring.moveToEnd();
    return [span];
  }

  /** Whatever is sent is refused for good. */
  refuseAll(count: number, total: number): void {
    this.sender.drop(count);
    if (!this.isRefusingAll) {
      this.isRefusingAll = true;
      const message = `The collector refused a batch of ${total} spans in all of ${MAX_REFUSALS} parts; until it takes some, no smaller batches are tried and what it refuses is dropped.`;
      this.sender.options.onError(new ExportError(message, { retryable: false }));
    }
  }

  /**
   * Sends all spans but the oldest `from` without the event loop; what the exporter takes leaves the ring, and so
   * does a span that it refuses alone.
   *
   * @returns how many it refused so, and why the first part was not taken; `null` where all were
   */
  sendLast(from: number, deadlineMs: number): { refused: number; failure: unknown } {
    const { ring, options } = this.sender;
    const { exporter } = options;
    const until = monotonicNow() + deadlineMs;
    const parts = new Parts(ring.size - from);
    let timeLeft = deadlineMs;
    let refused = 0;
    let failure: unknown = null;
    for (
      let size = parts.next();
      size !== undefined && timeLeft > 0;
      size = parts.next(), timeLeft = until - monotonicNow()
    ) {
      let count = 0;
      let mayHalve = false;
      try {
        count = exporter.exportLast?.(ring.slice(from, size), timeLeft) ?? 0;
      } catch (error) {
        failure ??= error;
        const { settled, retryable } = exportFailure(error, size);
        count = settled;
        mayHalve = isDivisible(error) && !(retryable && exporter.store !== undefined);
      }
      this.sender.exported += count;
      ring.removeBehind(from, count);
      const rest = size - count;
      if (rest === 0) {
        parts.refusals = 0;
      } else if (!mayHalve || this.isRefusingAll || parts.isRefused()) {
        break;
      } else if (rest > 1) {
        parts.halve(rest);
      } else {
        refused++;
        this.sender.dropped++;
        ring.removeBehind(from, 1);
      }
    }
    return { refused, failure };
  }
}

/** How many spans are sent at once of those that were one batch. */
class Parts {
  /** Of what is still to be sent, the first one last. */
  sizes: number[];
  /** How many were refused since one was taken. */
  refusals = 0;

  constructor(total: number) {
    this.sizes = [total];
  }

  get left(): number {
    return this.sizes.reduce((sum, size) => sum + size, 0);
  }

  next(): number | undefined {
    return this.sizes.pop();
  }

  /** Counts a refusal; whether it was one too many. */
  isRefused(): boolean {
    return ++this.refusals > MAX_REFUSALS;
  }

  halve(size: number): void {
    const half = Math.ceil(size / 2);
    this.sizes.push(size - half, half);
  }
}

function isAnswer({ noAnswer, retryAfterMs }: ExportFailure): boolean {
  return noAnswer === undefined && retryAfterMs === 0;
}

function isOverdue({ searchUntil }: Sending): boolean {
  return searchUntil !== null && monotonicNow() >= searchUntil;
}

/** At the end that may be said of what may be accepted later, too. */
function isDivisible(error: unknown): boolean {
  return isExportError(error) && error.divisible === true;
}
