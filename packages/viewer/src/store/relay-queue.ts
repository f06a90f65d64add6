import { type AddedSpans, newestCursor, readAfter } from './after.js';
import type { Connection } from './open.js';

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

  /**
   * Begins with what is added from now on, where nothing was relayed to this receiver before.
   * @param receiver what to call it in the file
   */
  constructor(db: Connection, receiver: string) {
    this._db = db;
    this._receiver = receiver;
    db.exec(
      'CREATE TABLE IF NOT EXISTS relay (receiver TEXT PRIMARY KEY, cursor INTEGER NOT NULL)',
    );
    db.prepare('INSERT OR IGNORE INTO relay VALUES (?, ?)').run([receiver, newestCursor(db)]);
  }

  /** The next spans, at most `limit`; the same again until `done` is called. */
  next(limit: number): AddedSpans {
    return readAfter(this._db, this._cursor, limit);
  }

  /** The receiver has what came before and at this place. */
  done(cursor: number): void {
    this._db
      .prepare('UPDATE relay SET cursor = ? WHERE receiver = ?')
      .run([cursor, this._receiver]);
  }

  /** How many spans wait. */
  get length(): number {
    const [row] = this._db
      .prepare('SELECT count(*) FROM span WHERE id > ?')
      .raw()
      .all([this._cursor]);
    return Number(Array.isArray(row) ? row[0] : 0);
  }

  /** @internal */
  get _cursor(): number {
    const [row] = this._db
      .prepare('SELECT cursor FROM relay WHERE receiver = ?')
      .raw()
      .all([this._receiver]);
    // Where the newest spans were removed, the next ones may get their places.
    return Math.min(Number(Array.isArray(row) ? row[0] : 0), newestCursor(this._db));
  }
}
