import type Database from 'libsql';
import type { Span } from '../model/span.js';
import type { Connection } from './open.js';
import { ARRIVAL_STEP } from './schema.js';
import { ANY_SPAN, remoteServiceTerm, spanNameTerm, termsOf } from './terms.js';

type Statement = Database.Statement;

/** How much is kept; whole traces are deleted, those that arrived first before the others. */
export interface Limits {
  /** Bytes that the file may take; Infinity for any. */
  maxBytes: number;
  /** Milliseconds since the last span of a trace came; Infinity for ever. */
  maxAgeMs: number;
}

/** Spans that one step deletes: about ten milliseconds, in which nobody else can write. */
const STEP = 500;
/** The same where the file is over its limit already, so that deleting outruns what comes in. */
const BIG_STEP = 4 * STEP;
/** From this part of the limit on, whoever adds spans waits until as many others are deleted. */
const PRESSING_AT = 0.97;
/** At which part of the limit deleting begins: what comes in meanwhile has to find room. */
const BEGIN_AT = 0.95;
/** How far it goes, so that not every batch of spans makes it begin again. */
const UNTIL = 0.9;
/** Within the limit free pages are given back from this part of the file on: fewer fill soon. */
const FREE_PART = 0.1;
const FREE_PAGES = 256;
/** How many pages move in one step. */
const VACUUM_PAGES = 500;
/** How many names are looked at when deleting has come to its end. */
const NAMES = 200;
/** How long a step waits for another process, in milliseconds. */
const PATIENCE = 50;

/** Deletes what is over the limits, in steps of milliseconds, so that others can write in between. */
export class SpanRemover {
  /** @internal */
  readonly _db: Connection;
  /** @internal */
  readonly _statements = new Map<string, Statement>();
  /** @internal */
  _deleting = false;
  /** @internal */
  _shrunk = false;
  /** Spans that were added since the size was looked at. @internal */
  _added = 0;

  constructor(db: Connection) {
    this._db = db;
  }

  /**
   * Does one step. Any number of processes may do so on one file.
   * @param now milliseconds since the epoch
   * @returns whether there is more to do
   * @throws SqliteError when the file cannot be written now
   */
  step(limits: Limits, now: number): boolean {
    if (this._correctArrivals(now)) return true;
    const before = Math.max(1, now - limits.maxAgeMs);
    const bytes = limits.maxBytes * (this._deleting ? UNTIL : BEGIN_AT);
    const [oldest] = this._rows('SELECT arrived FROM trace ORDER BY arrived LIMIT 1');
    if (oldest !== undefined && (Number(oldest[0]) < before || this._bytesInUse() > bytes)) {
      this._deleting = true;
      const budget = this._bytesInUse() > limits.maxBytes ? BIG_STEP : STEP;
      this._write(() => this._removeOldest(budget, before, limits.maxBytes * UNTIL));
      return true;
    }
    if (this._deleting) {
      this._write(() => this._forgetNames(now));
      this._deleting = false;
      return true;
    }
    return this._giveBack(limits.maxBytes);
  }

  /**
   * To be called when spans were added: where the file is about to outgrow its limit, at least as many are
   * deleted. Else senders without a pause would be quicker than steps beside them.
   * @param now milliseconds since the epoch
   * @throws SqliteError when the file cannot be written now
   */
  makeRoom(added: number, limits: Limits, now: number): void {
    for (this._added += added; this._added >= STEP; this._added -= STEP) {
      if (this._bytesInUse() > limits.maxBytes * PRESSING_AT) this.step(limits, now);
    }
  }

  /** What the file would take without its free pages. @internal */
  _bytesInUse(): number {
    const pages = this._pragma('page_count') - this._pragma('freelist_count');
    return pages * this._pragma('page_size');
  }

  /**
   * What arrived in the future did so before the clock was set back. It would outlive its age, and all that
   * comes from now on would be the oldest and be deleted before it.
   * @returns whether there was any
   * @internal
   */
  _correctArrivals(now: number): boolean {
    const late = now + ARRIVAL_STEP;
    const [last] = this._rows('SELECT max(arrived) FROM trace');
    if (Number(last?.[0]) <= late) return false;
    this._write(() => {
      this._run(
        'UPDATE trace SET arrived = ? WHERE id IN (SELECT id FROM trace WHERE arrived > ? LIMIT ?)',
        now,
        late,
        BIG_STEP,
      );
      this._run('UPDATE name SET seen = ? WHERE seen > ?', now, late);
    });
    return true;
  }

  /** Deletes the oldest traces while they are too old or the file is too large. @internal */
  _removeOldest(budget: number, before: number, bytes: number): void {
    let left = budget;
    const traces = this._rows('SELECT id, arrived FROM trace ORDER BY arrived, id LIMIT ?', budget);
    for (const [trace, arrived] of traces) {
      // Asked for every trace: another process may have deleted a moment ago.
      if (Number(arrived) >= before && this._bytesInUse() <= bytes) return;
      const spans = this._rows(
        'SELECT id, body FROM span WHERE trace = ? LIMIT ?',
        trace,
        left + 1,
      );
      const fits = spans.length <= left;
      // It is the first of the next step then.
      if (!fits && left < budget) return;
      if (!fits) this._hide(trace);
      this._removeSpans(trace, spans.slice(0, left));
      if (fits) this._run('DELETE FROM trace WHERE id = ?', trace);
      left -= spans.length;
      if (left <= 0) return;
    }
  }

  /**
   * A trace that takes several steps must not be seen in halves: it loses its id and its time, and
   * is the oldest of all. Spans of it that come meanwhile begin it anew.
   * @internal
   */
  _hide(trace: unknown): void {
    this._run("UPDATE trace SET trace_id = '-' || id, ts = NULL, arrived = 0 WHERE id = ?", trace);
  }

  /** @internal */
  _removeSpans(trace: unknown, spans: readonly unknown[][]): void {
    const terms = new Set<string>();
    for (const [, body] of spans) {
      const span: Span = JSON.parse(String(body));
      for (const term of termsOf(span)) terms.add(term);
    }
    // By the whole key: an index of the terms by trace would cost every writer.
    this._run(
      'DELETE FROM term WHERE trace = ? AND text IN (SELECT value FROM json_each(?))',
      trace,
      JSON.stringify([...terms]),
    );
    this._run(
      'DELETE FROM span WHERE id IN (SELECT value FROM json_each(?))',
      JSON.stringify(spans.map(([id]) => id)),
    );
  }

  /**
   * Deletes names that no span has any more. Only such as were not seen since the oldest trace came
   * are looked at, and a part of them at a time: the lists of names may be behind for a while.
   * @internal
   */
  _forgetNames(now: number): void {
    const [oldest] = this._rows('SELECT min(arrived) FROM trace');
    const before = oldest?.[0] === null ? Infinity : Number(oldest?.[0]) + ARRIVAL_STEP;
    const names = this._rows(
      // Services last: the names of their spans say most quickly that they are still there.
      "SELECT service, kind, name FROM name WHERE seen <= ? ORDER BY kind = 'service', seen LIMIT ?",
      Math.min(before, Number.MAX_SAFE_INTEGER),
      NAMES,
    );
    for (const [service, kind, name] of names) {
      const key = [service, kind, name];
      if (this._isUsed(String(service), String(kind), String(name))) {
        this._run(
          'UPDATE name SET seen = ? WHERE service = ? AND kind = ? AND name = ?',
          now,
          ...key,
        );
      } else {
        this._run('DELETE FROM name WHERE service = ? AND kind = ? AND name = ?', ...key);
      }
    }
  }

  /** @internal */
  _isUsed(service: string, kind: string, name: string): boolean {
    if (kind === 'service') {
      const spans = "SELECT 1 FROM name WHERE kind = 'span' AND service = ? LIMIT 1";
      if (this._rows(spans, service).length > 0) return true;
    }
    const terms = { span: spanNameTerm(name), remote: remoteServiceTerm(name) };
    const text = kind === 'span' || kind === 'remote' ? terms[kind] : ANY_SPAN;
    const rows = this._rows(
      'SELECT 1 FROM term WHERE text = ? AND service = ? LIMIT 1',
      text,
      service,
    );
    return rows.length > 0;
  }

  /** Makes the file smaller when much of it is free. @returns whether there is more to do @internal */
  _giveBack(maxBytes: number): boolean {
    const free = this._pragma('freelist_count');
    const pages = this._pragma('page_count');
    const worthwhile =
      pages * this._pragma('page_size') > maxBytes
        ? free > 0
        : free >= FREE_PAGES && free >= pages * FREE_PART;
    // Files of version 1 cannot shrink: their pages are used again.
    if (worthwhile && this._pragma('auto_vacuum') !== 0) {
      this._withoutWaiting(() => this._db.exec(`PRAGMA incremental_vacuum(${VACUUM_PAGES})`));
      this._shrunk = true;
    } else if (this._shrunk) {
      // Until the log is moved into it the file stays as it was.
      this._withoutWaiting(() => this._db.exec('PRAGMA wal_checkpoint(TRUNCATE)'));
      this._shrunk = false;
    }
    return this._shrunk;
  }

  /** @internal */
  _write(work: () => void): void {
    this._withoutWaiting(() => {
      this._db.exec('BEGIN IMMEDIATE');
      try {
        work();
        this._db.exec('COMMIT');
      } catch (error) {
        if (this._db.inTransaction) this._db.exec('ROLLBACK');
        throw error;
      }
    });
  }

  /** Deleting can wait: while another process holds the file, this one has requests to answer. @internal */
  _withoutWaiting(work: () => void): void {
    const timeout = this._pragma('busy_timeout');
    this._db.exec(`PRAGMA busy_timeout = ${Math.min(timeout, PATIENCE)}`);
    try {
      work();
    } finally {
      this._db.exec(`PRAGMA busy_timeout = ${timeout}`);
    }
  }

  /** @internal */
  _pragma(name: string): number {
    return Number(this._rows(`PRAGMA ${name}`)[0]?.[0]);
  }

  /** @internal */
  _rows(sql: string, ...values: unknown[]): unknown[][] {
    const rows = this._statement(sql).raw().all(values);
    return rows.map((row) => (Array.isArray(row) ? row : []));
  }

  /** @internal */
  _run(sql: string, ...values: unknown[]): void {
    this._statement(sql).run(values);
  }

  /** @internal */
  _statement(sql: string): Statement {
    const statement = this._statements.get(sql) ?? this._db.prepare(sql);
    this._statements.set(sql, statement);
    return statement;
  }
}
