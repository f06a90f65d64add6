/** Marks the file as ours (`PRAGMA application_id`), so that no other program's file is touched. */
export const APPLICATION_ID = 0x4f545631;

/**
 * A later arrival is written down only when it is this much later, in milliseconds: most spans come
 * within moments of the trace's first one, and then there is nothing to update.
 */
export const ARRIVAL_STEP = 60_000;

/** The version of the schema (`PRAGMA user_version`). A change adds a step to `migrationFrom`. */
export const SCHEMA_VERSION = 2;

/**
 * - `span`: one row a report, as it arrived after normalisation. Reports are merged when they are
 *   read, so that accepting one never needs to read another. An id is never given twice (in files of
 *   version 1 only while not all spans are deleted): what comes later has a greater one.
 * - `trace`: one row a trace, with the time it is searched by: the root's start once a root is known
 *   (`rooted`), until then the earliest start; null while no span has one. `arrived` is when the
 *   last of its spans came, to the minute (see `ARRIVAL_STEP`), and what it is deleted by.
 * - `term`: what a trace can be found by, once a trace and service (see `terms.ts`). The order of
 *   the key answers "does this trace have this term" and "which traces have this term" alike.
 * - `name`: the services, their span names and the services they call, for the lists of the API.
 *   `seen` is when a span with it came last, to the minute.
 *
 * Times of arrival are milliseconds since the epoch.
 */
export const SCHEMA = `
CREATE TABLE trace (
  id INTEGER PRIMARY KEY,
  trace_id TEXT NOT NULL UNIQUE,
  ts INTEGER,
  rooted INTEGER NOT NULL,
  arrived INTEGER NOT NULL
);
CREATE INDEX trace_by_time ON trace (ts);
CREATE INDEX trace_by_arrival ON trace (arrived);

CREATE TABLE span (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  trace INTEGER NOT NULL REFERENCES trace (id),
  service TEXT NOT NULL,
  duration INTEGER,
  error INTEGER NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX span_by_trace ON span (trace, duration);
CREATE INDEX span_by_duration ON span (duration, service, trace) WHERE duration IS NOT NULL;

CREATE TABLE term (
  text TEXT NOT NULL,
  trace INTEGER NOT NULL REFERENCES trace (id),
  service TEXT NOT NULL,
  PRIMARY KEY (text, trace, service)
) WITHOUT ROWID;

CREATE TABLE name (
  service TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  seen INTEGER NOT NULL,
  PRIMARY KEY (kind, service, name)
) WITHOUT ROWID;

PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${SCHEMA_VERSION};
`;

/**
 * What brings a file of an earlier version to this one. Version 1 knew no times of arrival, so its
 * traces count as having come now. A default in the place of an UPDATE leaves the rows as they are,
 * and a collector of the earlier version that still has the file open can go on.
 * @param version 1
 * @param now milliseconds since the epoch
 */
export function migrationFrom(version: number, now: number): string {
  return version > 1
    ? ''
    : `
ALTER TABLE trace ADD COLUMN arrived INTEGER NOT NULL DEFAULT ${now};
CREATE INDEX trace_by_arrival ON trace (arrived);
ALTER TABLE name ADD COLUMN seen INTEGER NOT NULL DEFAULT ${now};
PRAGMA user_version = ${SCHEMA_VERSION};
`;
}
