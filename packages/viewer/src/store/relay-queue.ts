import { type AddedSpans, newestCursor, readAfter } from './after.js';
import type { Connection } from './open.js';

/** The next spans to be relayed. */
export interface WaitingSpans extends AddedSpans {
  /** How many others came before these and are no longer in the file, which retention keeps small. */
  deleted: number;
}

/**
 * What is still to be relayed to one receiver: the file's spans themselves, and in a table of its own how far
 * the receiver has taken them. The table is made when it is first needed, and versions that do not relay
 * leave it alone.
 */
export class RelayQueue {
  /** @internal */
  readonly _db: Connection;
  /** @internal */
  readonly _receiver: string;
  /** @internal */
  readonly _hasSequence: boolean;

  /**
   * Begins with what is added from now on, where nothing was relayed to this receiver before.
   * @param receiver what to call it in the file
   */
  constructor(db: Connection, receiver: string) {
    this._db = db;
    this._receiver = receiver;
    this._hasSequence = numberOf(db, HAS_SEQUENCE) > 0;
    db.exec(
      'CREATE TABLE IF NOT EXISTS relay (receiver TEXT PRIMARY KEY, cursor INTEGER NOT NULL)',
    );
    db.prepare('INSERT OR IGNORE INTO relay VALUES (?, ?)').run([receiver, this._lastGiven]);
  }

  /**
   * The next spans, at most `limit`; the same again until `done` is called. Where all are deleted there are
   * none, and `done` passes over them.
   */
  next(limit: number): WaitingSpans {
    const taken = this._taken;
    // Asked before the spans, so that none that comes meanwhile is passed over.
    const given = this._lastGiven;
    const { cursor: last, spans } = readAfter(this._db, this._cursor, limit);
    const cursor = spans.length === 0 ? Math.max(taken, given) : last;
    return { cursor, spans, deleted: Math.max(0, cursor - taken - spans.length) };
  }

  /** The receiver has what came before and at this place. */
  done(cursor: number): void {
    this._db
      .prepare('UPDATE relay SET cursor = ? WHERE receiver = ?')
      .run([cursor, this._receiver]);
  }

  /** How many spans wait. */
  get length(): number {
    return numberOf(this._db, 'SELECT count(*) FROM span WHERE id > ?', this._cursor);
  }

  /** @internal */
  get _taken(): number {
    return numberOf(this._db, 'SELECT cursor FROM relay WHERE receiver = ?', this._receiver);
  }

  /** @internal */
  get _cursor(): number {
    // In files of version 1 the next spans get the places of the newest ones, where those were removed.
    return Math.min(this._taken, newestCursor(this._db));
  }

  /** The place of the last span that came, though it may be deleted. @internal */
  get _lastGiven(): number {
    const newest = newestCursor(this._db);
    return this._hasSequence ? Math.max(newest, numberOf(this._db, LAST_GIVEN)) : newest;
  }
}

const HAS_SEQUENCE = "SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_sequence'";
const LAST_GIVEN = "SELECT ifnull(max(seq), 0) FROM sqlite_sequence WHERE name = 'span'";

/** The one number of an answer; 0 where there is none. */
function numberOf(db: Connection, sql: string, ...values: (string | number)[]): number {
  const [row] = db.prepare(sql).raw().all(values);
  return Number(Array.isArray(row) ? row[0] : 0);
}
