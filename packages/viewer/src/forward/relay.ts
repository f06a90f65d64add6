import { messageOf } from '../errors.js';
import type { RelayQueue } from '../store/relay-queue.js';
import type { Receiver, Verdict } from './receiver.js';

/** The most spans of one request. */
const BATCH = 1_000;
/** How often the file is looked at while nothing waits, in milliseconds. */
const IDLE = 250;
/** The first and the longest wait for a receiver that takes nothing, in milliseconds. */
const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;

/** What a relay needs. */
export interface RelayOptions {
  queue: Pick<RelayQueue, 'next' | 'done'>;
  receiver: Receiver;
  /**
   * Told once when the receiver takes nothing, once when it does again, of the first span that it
   * refuses, and of the first that was deleted from the file before the receiver took it.
   */
  say(sentence: string): void;
}

/**
 * Sends what is added to a file on to a receiver, in the order in which it was added. The file is the
 * buffer: one batch is in memory, and how far the receiver has taken them stands in the file too, so that a
 * relay which is started again goes on from there. Where the process is killed between an answer and its
 * note, that batch is sent twice; receivers put the copies together by the ids.
 */
export class Relay {
  /** Spans that the receiver took. */
  sent = 0;
  /** Spans that it will never take as they are; they stay in the file. */
  refused = 0;
  /** Spans that retention deleted from the file before the receiver took them. */
  deleted = 0;
  /** @internal */
  readonly _options: RelayOptions;
  /** @internal */
  readonly _abort = new AbortController();
  /**
   * Halved where a receiver refuses a batch, until the span is found that it refuses, and where it takes
   * too long.
   * @internal
   */
  _size = BATCH;
  /** @internal */
  _closing = false;
  /** @internal */
  _away = false;
  /** @internal */
  _wake = () => {};
  /** @internal */
  readonly _ended: Promise<void>;

  /** Begins at once. */
  constructor(options: RelayOptions) {
    this._options = options;
    this._ended = this._run();
  }

  /**
   * Sends what waits, as far as the receiver takes it at once and the time allows, and ends.
   * @param timeoutMs milliseconds
   */
  async close(timeoutMs: number): Promise<void> {
    this._closing = true;
    this._wake();
    const timer = setTimeout(() => this._abort.abort(), timeoutMs);
    await this._ended;
    clearTimeout(timer);
  }

  /** @internal */
  async _run(): Promise<void> {
    let failures = 0;
    while (!this._abort.signal.aborted) {
      const result = await this._step();
      if (result === 'sent') {
        failures = 0;
        continue;
      }
      if (this._closing) return;
      if (result === 'nothing') {
        await this._sleep(IDLE);
        continue;
      }
      this._tellAway(result.reason);
      await this._sleep(result.waitMs ?? Math.min(FIRST_WAIT * 2 ** failures, LONGEST_WAIT));
      failures += 1;
    }
  }

  /** @internal Sends one batch. */
  async _step(): Promise<'sent' | 'nothing' | (Verdict & { kind: 'unavailable' })> {
    const { queue, receiver } = this._options;
    try {
      const { cursor, spans, deleted } = queue.next(this._size);
      if (spans.length === 0) {
        if (deleted > 0) this._done(cursor, deleted);
        return 'nothing';
      }
      const verdict = await receiver.send(spans, this._abort.signal);
      if (verdict.kind === 'unavailable') {
        if (verdict.isSlow) this._size = Math.ceil(spans.length / 2);
        return verdict;
      }
      this._tellBack();
      if (verdict.kind === 'refused' && spans.length > 1) {
        this._size = Math.ceil(spans.length / 2);
        return 'sent';
      }
      const refused = verdict.kind === 'refused' ? spans.length : verdict.refused;
      if (refused > 0) this._tellRefused(verdict.reason);
      this.refused += refused;
      this.sent += spans.length - refused;
      this._size = Math.min(this._size * 2, BATCH);
      this._done(cursor, deleted);
      return 'sent';
    } catch (error) {
      // The file is locked, or the disk is full.
      return { kind: 'unavailable', reason: messageOf(error) };
    }
  }

  /** @internal */
  _done(cursor: number, deleted: number): void {
    const { queue, receiver, say } = this._options;
    queue.done(cursor);
    if (deleted > 0 && this.deleted === 0) {
      say(
        `spans were deleted before ${receiver.name} took them: --max-size or --max-age is less than what waits`,
      );
    }
    this.deleted += deleted;
  }

  /** @internal Until something is to be done, or the relay is closed. */
  _sleep(ms: number): Promise<void> {
    if (this._closing) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this._wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** @internal */
  _tellAway(reason: string): void {
    if (this._away) return;
    this._away = true;
    const { receiver, say } = this._options;
    say(`${receiver.name} takes no spans now (${reason}): they wait in the file until it does`);
  }

  /** @internal */
  _tellBack(): void {
    if (!this._away) return;
    this._away = false;
    this._options.say(`${this._options.receiver.name} takes spans again`);
  }

  /** @internal */
  _tellRefused(reason: string): void {
    if (this.refused > 0) return;
    const { receiver, say } = this._options;
    say(`${receiver.name} refuses a span (${reason}): it stays in the file, and so will others`);
  }
}
