import { join } from 'node:path';
import Database from 'libsql';
import { startCollector } from 'opentracing-viewer';
import { expect, it, vi } from 'vitest';
import { get, post, span, temporaryFolder, testCollector } from './support/collector.js';

/** As version 0.1 made it. */
const VERSION_1 = `
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
PRAGMA application_id = ${0x4f545631};
PRAGMA user_version = 1;
PRAGMA journal_mode = WAL;`;

const STORED = span({ tags: { colour: 'red' } });

/** How version 0.1 wrote a span. */
const INSERT = `
INSERT INTO trace (trace_id, ts, rooted) VALUES ('00000000000000a1', 1700000000000000, 1);
INSERT INTO span (trace, service, duration, error, body)
  VALUES (1, 'shop', 1000, 0, '${JSON.stringify(STORED)}');
INSERT INTO term (text, trace, service)
  VALUES ('s', 1, 'shop'), ('nget', 1, 'shop'), ('kcolour', 1, 'shop'), ('tcolour=red', 1, 'shop');
INSERT INTO name (service, kind, name) VALUES ('shop', 'service', ''), ('shop', 'span', 'get');`;

async function fileOfVersion1(): Promise<string> {
  const db = join(await temporaryFolder(), 'traces.db');
  const file = new Database(db);
  file.exec(VERSION_1);
  file.exec(INSERT);
  file.close();
  return db;
}

const EVER = 'lookback=9000000000000';

it('a file of version 0.1 is taken over with its traces', async () => {
  const collector = await testCollector({ db: await fileOfVersion1() });
  for (const search of ['serviceName=shop', 'annotationQuery=colour%3Dred', 'spanName=get']) {
    const { json } = await get(collector, `/api/v2/traces?${EVER}&${search}`);
    expect(json, search).toEqual([[STORED]]);
  }
  expect((await get(collector, '/api/v2/services')).json).toEqual(['shop']);
  await post(collector, [span({ id: 'b2', name: 'more' }), span({ traceId: 'a2' })]);
  expect((await get(collector, '/api/v2/trace/a1')).json).toHaveLength(2);
  expect((await get(collector, '/api/v2/trace/a2')).json).toHaveLength(1);
});

it('a file of version 0.1 is taken over once when several collectors start', async () => {
  const db = await fileOfVersion1();
  const collectors = await Promise.all([testCollector({ db }), testCollector({ db })]);
  for (const collector of collectors) {
    expect((await get(collector, '/api/v2/trace/a1')).json).toEqual([STORED]);
  }
});

it('the traces in a file of version 0.1 are old from when it was taken over', async () => {
  const db = await fileOfVersion1();
  await (await startCollector({ port: 0, db })).close();
  const file = new Database(db);
  file.exec('UPDATE trace SET arrived = arrived - 3000000');
  file.close();
  const first = await testCollector({ db, maxAgeMs: 3_600_000 });
  await post(first, [span({ traceId: 'a2' })]);
  expect((await get(first, '/api/v2/trace/a1')).json).toEqual([STORED]);
  await first.close();
  const second = await testCollector({ db, maxAgeMs: 2_000_000 });
  await vi.waitFor(async () => expect((await get(second, '/api/v2/trace/a1')).status).toBe(404), {
    timeout: 20_000,
    interval: 20,
  });
  expect((await get(second, '/api/v2/trace/a2')).status).toBe(200);
});

it('a collector of version 0.1 that still runs can go on writing into its file', async () => {
  const db = await fileOfVersion1();
  const collector = await testCollector({ db });
  const file = new Database(db);
  file.exec(
    INSERT.replace('00000000000000a1', '00000000000000a2')
      .replaceAll('INTO name', 'OR IGNORE INTO name')
      .replaceAll('(1, ', '(2, ')
      .replaceAll(', 1, ', ', 2, '),
  );
  file.close();
  expect((await get(collector, '/api/v2/trace/a2')).status).toBe(200);
});
