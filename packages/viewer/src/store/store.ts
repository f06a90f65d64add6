import { resolve } from 'node:path';
import { TooLargeError } from '../errors.js';
import { mergeTrace } from '../model/merge.js';
import { isError, type Span } from '../model/span.js';
import { type AddedSpans, newestCursor, readAfter } from './after.js';
import { explain, isLocked } from './explain.js';
import { pairsByLowId } from './low-ids.js';
import { type Connection, LOCK_TIMEOUT, openDatabase } from './open.js';
import type { TraceQuery } from './query.js';
import { RelayQueue } from './relay-queue.js';
import { type Limits, SpanRemover } from './retain.js';
import { findTraces } from './search.js';
import { tagValues } from './tag-values.js';
import { nameText } from './terms.js';
import { SpanWriter } from './write.js';

/**
 * The most reports of one trace that are read at once, such as a loop without an end makes them: more
 * would take the memory of the program.
 */
const MOST_SPANS = 100_000;
/** The same in characters of JSON. */
const MOST_TEXT = 100_000_000;
/**
 * How long a write waits for another process after one waited in vain, in milliseconds: waiting holds
 * up everybody who asks for traces.
 */
const SHORT_TIMEOUT = 50;
/** How many ids of traces are held at a time. */
const PAGE = 1_000;

/** What one transaction added. */
export interface Added {
  /** Spans, all of them. */
  spans: number;
  /** Traces that had no span before. */
  traces: number;
  /** Spans with an error. */
  errors: number;
}

/**
 * The spans in one SQLite file. Several processes may have the same file open; a write waits for
 * the other's. Everything is synchronous, and reads of more than one trace are generators that hold
 * one trace at a time.
 */
export class SpanStore {
  /** Absolute path of the file. */
  readonly path: string;
  /** @internal */
  readonly _db: Connection;
  /** @internal */
  readonly _writer: SpanWriter;
  /** @internal */
  readonly _remover: SpanRemover;
  /** @internal */
  _timeout = LOCK_TIMEOUT;

  /**
   * @param path the file; it and its folder are made when missing
   * @throws ViewerError with one sentence when the file cannot be used
   */
  constructor(path: string) {
    this.path = resolve(path);
    this._db = openDatabase(this.path);
    this._writer = new SpanWriter(this._db);
    this._remover = new SpanRemover(this._db);
  }

  /**
   * Keeps the spans, all or none: when this returns they are committed.
   * @throws ViewerError with one sentence when the file cannot be written or stays locked for two
   * seconds; a twentieth of one while it has been locked for longer
   */
  add(spans: readonly Span[]): Added {
    let traces: number;
    try {
      traces = this._writer.write(spans, Date.now());
      this._waitUpTo(LOCK_TIMEOUT);
    } catch (error) {
      if (isLocked(error)) this._waitUpTo(SHORT_TIMEOUT);
      throw explain(error, this.path);
    }
    return { spans: spans.length, traces, errors: spans.filter(isError).length };
  }

  /**
   * The same for what another collector relays, but for the reports that are here already: two collectors
   * that relay to each other, or one to another on the same file, would go on for ever.
   */
  addRelayed(spans: readonly Span[]): Added {
    return this.add(spans.filter((span) => !this._has(span)));
  }

  /** @internal Whether there is such a report, to the letter. */
  _has(span: Span): boolean {
    const known = this._column(
      'SELECT 1 FROM trace JOIN span ON span.trace = trace.id WHERE trace_id = ? AND body = ? LIMIT 1',
      [span.traceId, JSON.stringify(span)],
    );
    return known.length > 0;
  }

  /** The names of all services that recorded a span, sorted. */
  services(): string[] {
    return this._names("SELECT DISTINCT service FROM name WHERE kind = 'service'", []);
  }

  /** The names of the spans of a service, sorted. */
  spanNames(service: string): string[] {
    return this._names("SELECT name FROM name WHERE kind = 'span' AND service = ?", [
      nameText(service),
    ]);
  }

  /** The services that a service talks to, sorted. */
  remoteServices(service: string): string[] {
    return this._names("SELECT name FROM name WHERE kind = 'remote' AND service = ?", [
      nameText(service),
    ]);
  }

  /** The values that a tag has had, sorted: a thousand at most, and none of over 100 characters. */
  tagValues(key: string): string[] {
    return tagValues(this._db, key);
  }

  /**
   * The merged spans of a trace, or undefined.
   * @param traceId normalised
   * @throws TooLargeError when it is too large for the memory, see `MOST_SPANS`
   */
  trace(traceId: string): Span[] | undefined {
    const [id] = this._column('SELECT id FROM trace WHERE trace_id = ?', [traceId]);
    if (id === undefined) return undefined;
    const { spans, next } = this._part(Number(id));
    if (next !== undefined) {
      throw new TooLargeError(
        `the trace ${traceId} has over ${spans.length} spans, too many to show at once: use "opentracing-viewer export ${traceId}"`,
      );
    }
    return mergeTrace(spans);
  }

  /**
   * The newest traces that match, newest first, each with its merged spans: of a trace that is too
   * large for the memory, those that came first.
   */
  *search(query: TraceQuery): Generator<Span[]> {
    for (const id of this._find(query)) {
      const spans = mergeTrace(this._part(id).spans);
      // It may have been deleted since it was found.
      if (spans.length > 0) yield spans;
    }
  }

  /**
   * Like `search`, in no order, and a trace of which some programs sent 64 bits of the id and others all 128 is
   * one trace.
   */
  *searchWhole(query: TraceQuery): Generator<Span[]> {
    for (const ids of pairsByLowId(this._db, this._find(query))) {
      const spans = ids.flatMap((id) => this._part(id).spans);
      if (spans.length > 0) yield mergeTrace(spans);
    }
  }

  /** Like `search`, and traces that are too large for the memory come whole, in parts. */
  *searchParts(query: TraceQuery): Generator<Span[]> {
    for (const id of this._find(query)) yield* this._parts(id);
  }

  /** Like `trace`, in parts where it is too large for the memory. */
  *partsOf(traceId: string): Generator<Span[]> {
    const [id] = this._column('SELECT id FROM trace WHERE trace_id = ?', [traceId]);
    if (id !== undefined) yield* this._parts(Number(id));
  }

  /**
   * All traces in the order of their arrival, also those without a time, each with its merged spans, in
   * parts where it is too large for the memory.
   */
  *traces(): Generator<Span[]> {
    // Hidden ones have no id of a trace, see `retain.ts`.
    const next = "SELECT id FROM trace WHERE id > ? AND trace_id NOT LIKE '-%' ORDER BY id LIMIT ?";
    let ids = this._column(next, [0, PAGE]);
    while (ids.length > 0) {
      for (const id of ids) yield* this._parts(Number(id));
      ids = this._column(next, [Number(ids.at(-1)), PAGE]);
    }
  }

  /**
   * Up to `limit` trace ids that begin with `prefix`, in their order.
   * @param prefix lower-case hexadecimal digits
   */
  traceIdsWithPrefix(prefix: string, limit: number): string[] {
    // A prefix of hexadecimal digits sorts before everything that begins with it, and `g` after.
    return this._names('SELECT trace_id FROM trace WHERE trace_id >= ? AND trace_id < ? LIMIT ?', [
      prefix,
      `${prefix}g`,
      limit,
    ]);
  }

  /**
   * Deletes some of what is over the limits: a step of about ten milliseconds.
   * @param now milliseconds since the epoch
   * @returns whether there is more to do
   * @throws SqliteError when the file cannot be written now
   */
  removeSome(limits: Limits, now: number): boolean {
    return this._remover.step(limits, now);
  }

  /** Like `removeSome`, about as many spans as were added, where the file is about to outgrow its limit. */
  makeRoom(added: number, limits: Limits, now: number): void {
    this._remover.makeRoom(added, limits, now);
  }

  /** The place of the newest span, for `spansAfter`. */
  newestCursor(): number {
    return newestCursor(this._db);
  }

  /** The next spans that were added after a place, by any process: `limit` at most, or 1 MB of them. */
  spansAfter(cursor: number, limit: number): AddedSpans {
    return readAfter(this._db, cursor, limit);
  }

  /** What is still to be relayed to a receiver. @param receiver what to call it in the file */
  relayQueue(receiver: string): RelayQueue {
    return new RelayQueue(this._db, receiver);
  }

  /** Moves the log into the file and closes it. */
  close(): void {
    if (!this._db.open) return;
    try {
      this._db.pragma('wal_checkpoint(TRUNCATE)');
    } catch {
      // The disk is full or the file is in use: the log stays beside it, and whoever opens it next
      // finds everything.
    } finally {
      this._db.close();
    }
  }

  /** @internal */
  _find(query: TraceQuery): number[] {
    try {
      return findTraces(this._db, query);
    } catch (error) {
      throw explain(error, this.path);
    }
  }

  /** @internal */
  _waitUpTo(timeout: number): void {
    if (this._timeout === timeout) return;
    this._db.exec(`PRAGMA busy_timeout = ${timeout}`);
    this._timeout = timeout;
  }

  /** @internal */
  *_parts(trace: number): Generator<Span[]> {
    let next: number | undefined = 0;
    while (next !== undefined) {
      const part = this._part(trace, next);
      if (part.spans.length > 0) yield mergeTrace(part.spans);
      next = part.next;
    }
  }

  /** Reports of a trace as far as the memory allows, and where to go on. @internal */
  _part(trace: number, from = 0): { spans: Span[]; next?: number } {
    const spans: Span[] = [];
    let length = 0;
    try {
      const rows = this._db
        .prepare('SELECT id, body FROM span WHERE trace = ? AND id >= ? ORDER BY id LIMIT ?')
        .raw()
        .iterate([trace, from, MOST_SPANS + 1]);
      let next: number | undefined;
      for (const row of rows) {
        // To the last row: a loop that is left holds the file as it is now, until its rows are garbage,
        // and no spans can be added once another process has added some.
        if (!Array.isArray(row) || next !== undefined) continue;
        const body = String(row[1]);
        length += body.length;
        const full = spans.length === MOST_SPANS || length > MOST_TEXT;
        if (full && spans.length > 0) next = Number(row[0]);
        else spans.push(JSON.parse(body));
      }
      return next === undefined ? { spans } : { spans, next };
    } catch (error) {
      throw explain(error, this.path);
    }
  }

  /** @internal */
  _names(sql: string, values: (string | number)[]): string[] {
    return this._column(sql, values).map(String).sort();
  }

  /** @internal */
  _column(sql: string, values: (string | number)[]): unknown[] {
    try {
      const rows = this._db.prepare(sql).raw().all(values);
      return rows.map((row) => (Array.isArray(row) ? row[0] : undefined));
    } catch (error) {
      throw explain(error, this.path);
    }
  }
}
