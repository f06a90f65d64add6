/** Marks the file as ours (`PRAGMA application_id`), so that no other program's file is touched. */
export const APPLICATION_ID = 0x4f545631;

/** The version of the schema (`PRAGMA user_version`). A change adds a step to `openDatabase`. */
export const SCHEMA_VERSION = 1;

/**
 * - `span`: one row a report, as it arrived after normalisation. Reports are merged when they are
 *   read, so that accepting one never needs to read another.
 * - `trace`: one row a trace, with the time it is searched by: the root's start once a root is known
 *   (`rooted`), until then the earliest start; null while no span has one.
 * - `term`: what a trace can be found by, once a trace and service (see `terms.ts`). The order of
 *   the key answers "does this trace have this term" and "which traces have this term" alike.
 * - `name`: the services, their span names and the services they call, for the lists of the API.
 */
export const SCHEMA = `
CREATE TABLE trace (
  id INTEGER PRIMARY KEY,
  trace_id TEXT NOT NULL UNIQUE,
  ts INTEGER,
  rooted INTEGER NOT NULL
);
CREATE INDEX trace_by_time ON trace (ts);

CREATE TABLE span (
  id INTEGER PRIMARY KEY,
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
  PRIMARY KEY (kind, service, name)
) WITHOUT ROWID;

PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${SCHEMA_VERSION};
`;
