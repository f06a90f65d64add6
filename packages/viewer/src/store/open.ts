import { closeSync, existsSync, mkdirSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'libsql';
import { ViewerError } from '../errors.js';
import { explain } from './explain.js';
import { APPLICATION_ID, migrationFrom, SCHEMA, SCHEMA_VERSION } from './schema.js';

/** A connection of the embedded engine. */
export type Connection = Database.Database;

/** How long one process waits for another one's write, in milliseconds. */
export const LOCK_TIMEOUT = 2_000;
/** What a log that grew large while somebody read is cut to, in bytes. */
const LOG_KEPT = 16 * 1024 * 1024;
const MAGIC = 'SQLite format 3\u0000';

/**
 * Opens the file, or makes it with its folder.
 *
 * The journal is a write-ahead log: readers and one writer in any number of processes, and what was
 * committed survives the death of the process. `synchronous = NORMAL` leaves it to the operating
 * system when the log reaches the disk, so that only a crash of the machine itself can take the
 * last commits (never the file's consistency). References are kept right by the writer: the engine
 * would look up the trace for every term, and search all terms for every trace that is deleted.
 * @param path absolute path of the file
 * @throws ViewerError with one sentence when the file is no database of this program, is damaged,
 * is from a newer version, or cannot be read and written; the file is then as it was
 */
export function openDatabase(path: string): Connection {
  let db: Connection | undefined;
  try {
    makeFolder(dirname(path));
    refuseOtherFile(path);
    db = new Database(path, { timeout: LOCK_TIMEOUT });
    prepareSchema(db, path);
    db.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA journal_size_limit = ${LOG_KEPT};
      PRAGMA foreign_keys = OFF;`);
    return db;
  } catch (error) {
    db?.close();
    throw error instanceof ViewerError ? error : explain(error, path);
  }
}

/** Looks at the first bytes before the engine does, which may write to what it opens. */
function refuseOtherFile(path: string): void {
  if (!existsSync(path)) return;
  const header = Buffer.alloc(MAGIC.length);
  const file = openSync(path, 'r+');
  try {
    const length = readSync(file, header, 0, header.length, 0);
    if (length > 0 && header.toString('latin1', 0, length) !== MAGIC) throw notOurs(path);
  } finally {
    closeSync(file);
  }
}

function prepareSchema(db: Connection, path: string): void {
  let version = versionOf(db, path);
  if (version === SCHEMA_VERSION) return;
  // Only an empty file takes this setting, and only outside of a transaction.
  if (version === 0) db.exec('PRAGMA auto_vacuum = INCREMENTAL');
  db.exec('BEGIN IMMEDIATE');
  try {
    // Another process may have done it while this one waited for the lock.
    version = versionOf(db, path);
    if (version === 0) db.exec(SCHEMA);
    else if (version < SCHEMA_VERSION) db.exec(migrationFrom(version, Date.now()));
    db.exec('COMMIT');
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}

/** 0 for an empty database. The reads touch every table, which shows damage early. */
function versionOf(db: Connection, path: string): number {
  const [tables] = values(db, 'SELECT count(*) FROM sqlite_schema');
  const [application] = values(db, 'PRAGMA application_id');
  const [version] = values(db, 'PRAGMA user_version');
  if (tables === 0 && application === 0) return 0;
  if (application !== APPLICATION_ID || typeof version !== 'number') throw notOurs(path);
  if (version > SCHEMA_VERSION) {
    throw new ViewerError(
      `${path} was written by a newer version of opentracing-viewer (its format is ${version}, this version reads up to ${SCHEMA_VERSION})`,
    );
  }
  for (const table of ['trace', 'span', 'term', 'name']) {
    db.prepare(`SELECT * FROM ${table} LIMIT 1`).raw().all();
  }
  return version;
}

/** One by one: Node's own way (`recursive`) never ends where the system refuses, as under /proc. */
function makeFolder(path: string): void {
  if (isFolder(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have been quicker.
    if (!isFolder(path)) throw error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function values(db: Connection, sql: string): unknown[] {
  const [row] = db.prepare(sql).raw().all();
  return Array.isArray(row) ? row : [];
}

function notOurs(path: string): ViewerError {
  return new ViewerError(`${path} is not a database of opentracing-viewer, so it is left alone`);
}
