import type { Span } from '../model/span.js';
import { matches } from './matches.js';
import type { TraceQuery } from './query.js';
import type { SpanStore } from './store.js';

/** Spans that are read at a time. */
const BATCH = 1_000;
/** Traces that wait until they are quiet. While there are more, nothing is read. */
const MOST_WAITING = 10_000;

/** When a trace, which comes in pieces, is given. */
export interface Patience {
  /** When nothing came for it for so long, in milliseconds, … */
  quiet: number;
  /** … and when something comes all the time, so long after it began to come, in milliseconds. */
  longest: number;
}

/** Since when a trace comes, in milliseconds, and the place of the file before its first span. */
interface Coming {
  first: number;
  last: number;
  before: number;
}

/**
 * The traces that come into the file, whichever process writes it, each when it has been quiet for a moment;
 * what comes later gives it again, with all its spans.
 */
export class TraceFollower {
  /** @internal */
  readonly _store: SpanStore;
  /** @internal */
  readonly _query: TraceQuery;
  /** @internal */
  readonly _patience: Patience;
  /** In the order in which they began to come. @internal */
  readonly _coming = new Map<string, Coming>();
  /** @internal */
  _read: number;

  /**
   * @param query which traces are given; its time and its limit are left aside
   * @param cursor where to begin, see `SpanStore.spansAfter`; a place that is not reached yet is now
   */
  constructor(store: SpanStore, query: TraceQuery, patience: Patience, cursor?: number) {
    const newest = store.newestCursor();
    this._store = store;
    this._query = query;
    this._patience = patience;
    this._read = Math.min(cursor ?? newest, newest);
  }

  /** All that came up to this place was given, or not asked for. Whoever begins here loses nothing. */
  get cursor(): number {
    for (const { before } of this._coming.values()) return before;
    return this._read;
  }

  /** Whether there is nothing to do while the newest span of the file is at this place. */
  isIdle(newest: number): boolean {
    return this._coming.size === 0 && this._read >= newest;
  }

  /**
   * Reads the next spans.
   * @param now milliseconds of a clock that never goes back
   * @returns whether there were any
   */
  read(now: number): boolean {
    if (this._coming.size >= MOST_WAITING) return false;
    const { cursor, spans } = this._store.spansAfter(this._read, BATCH);
    for (const { traceId } of spans) {
      const coming = this._coming.get(traceId);
      if (coming !== undefined) coming.last = now;
      else this._coming.set(traceId, { first: now, last: now, before: this._read });
    }
    this._read = cursor;
    return spans.length > 0;
  }

  /**
   * The traces that are to be given now and match, each with its merged spans: of a trace that is too large
   * for the memory, those that came first. What is not taken out of the generator is given the next time.
   */
  *due(now: number): Generator<Span[]> {
    const { quiet, longest } = this._patience;
    for (const [traceId, { first, last }] of this._coming) {
      if (now - last < quiet && now - first < longest) continue;
      const { value: spans } = this._store.partsOf(traceId).next();
      this._coming.delete(traceId);
      // Undefined where it was deleted in the meantime.
      if (spans && matches(this._query, spans)) yield spans;
    }
  }
}
