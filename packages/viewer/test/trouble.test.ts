import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import Database from 'libsql';
import { startCollector, ViewerError } from 'opentracing-viewer';
import { describe, expect, it, onTestFinished } from 'vitest';
import { get, post, span, temporaryFolder, testCollector } from './support/collector.js';

/** Starts with a file that cannot be used. @returns the sentence of the failure */
async function refusal(db: string): Promise<string> {
  const failure = await startCollector({ port: 0, db }).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(ViewerError);
  return failure instanceof Error ? failure.message : '';
}

describe('the file of traces', () => {
  it('is made with its folders, and keeps what was sent when the collector starts again', async () => {
    const db = join(await temporaryFolder(), 'some', 'folder', 'traces.db');
    const first = await startCollector({ port: 0, db });
    expect(first.db).toBe(db);
    await post(first, [span()]);
    await first.close();
    await first.close();
    const second = await testCollector({ db });
    expect((await get(second, '/api/v2/trace/a1')).json).toEqual([span()]);
  });

  it.runIf(process.platform === 'linux')(
    'is told of with a sentence where no folder can be made',
    async () => {
      // There Node's own way to make folders would never end.
      await expect(startCollector({ port: 0, db: '/proc/none/traces.db' })).rejects.toThrow(
        'cannot open /proc/none/traces.db',
      );
    },
  );

  it('may be shared by two collectors at the same time', async () => {
    const one = await testCollector();
    const two = await testCollector({ db: one.db });
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => post(i % 2 ? one : two, [span({ id: `b${i}` })])),
    );
    expect((await get(one, '/api/v2/trace/a1')).json).toHaveLength(20);
    expect((await get(two, '/api/v2/trace/a1')).json).toHaveLength(20);
  });

  it('is refused and left alone when it is no database', async () => {
    const db = join(await temporaryFolder(), 'letter.txt');
    await writeFile(db, 'Dear Jane, this is not a database.');
    expect(await refusal(db)).toBe(
      `${db} is not a database of opentracing-viewer, so it is left alone`,
    );
    expect(await readFile(db, 'utf8')).toBe('Dear Jane, this is not a database.');
  });

  it("is refused and left alone when it is another program's database", async () => {
    const db = join(await temporaryFolder(), 'photos.db');
    const other = new Database(db);
    other.exec('CREATE TABLE photo (id INTEGER PRIMARY KEY)');
    other.close();
    const before = await readFile(db);
    expect(await refusal(db)).toContain('is not a database of opentracing-viewer');
    expect(await readFile(db)).toEqual(before);
  });

  it('is refused and left alone when a newer version wrote it', async () => {
    const db = join(await temporaryFolder(), 'traces.db');
    await (await startCollector({ port: 0, db })).close();
    const file = new Database(db);
    file.exec('PRAGMA user_version = 99');
    file.close();
    const before = await readFile(db);
    expect(await refusal(db)).toContain('was written by a newer version of opentracing-viewer');
    expect(await readFile(db)).toEqual(before);
  });

  it('is refused and left alone when it is damaged', async () => {
    const db = join(await temporaryFolder(), 'traces.db');
    const collector = await startCollector({ port: 0, db });
    await post(collector, [span()]);
    await collector.close();
    const bytes = await readFile(db);
    bytes.fill(0xa5, 100);
    await writeFile(db, bytes);
    expect(await refusal(db)).toBe(`${db} is damaged: move it away, and a new one is made`);
    expect(await readFile(db)).toEqual(bytes);
  });

  it('is told of when it turns out to be damaged, and the collector goes on', async () => {
    const db = join(await temporaryFolder(), 'traces.db');
    const first = await startCollector({ port: 0, db });
    const text = 'x'.repeat(1_000);
    for (let trace = 1; trace <= 20; trace += 1) {
      const spans = Array.from({ length: 50 }, (_, i) =>
        span({ traceId: `a${trace}`, id: (i + 1).toString(16), tags: { text } }),
      );
      await post(first, spans);
    }
    await first.close();
    const bytes = await readFile(db);
    bytes.fill(0xa5, bytes.length / 2);
    await writeFile(db, bytes);
    const collector = await testCollector({ db });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => get(collector, `/api/v2/trace/a${i + 1}`)),
    );
    const damaged = answers.filter(({ status }) => status === 500);
    expect(damaged.length).toBeGreaterThan(0);
    for (const { text } of damaged) expect(text).toContain(`${db} is damaged: move it away`);
    const search = await get(collector, '/api/v2/traces?lookback=9000000000000&limit=100');
    expect([search.status, search.text]).toEqual([500, expect.stringContaining('is damaged')]);
    expect((await get(collector, '/health')).status).toBe(200);
  });

  it('is refused when it cannot be a file, or its folder cannot be made', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'traces.db'));
    expect(await refusal(join(folder, 'traces.db'))).toContain('is a folder');
    await writeFile(join(folder, 'file'), '');
    expect(await refusal(join(folder, 'file', 'traces.db'))).toContain('a file is in the way');
  });

  it('answers 503 when it cannot be written, and takes spans again afterwards', async () => {
    const collector = await testCollector();
    const other = new Database(collector.db);
    other.exec('PRAGMA query_only = OFF; BEGIN IMMEDIATE');
    const refused = await post(collector, [span()]);
    expect(refused.status).toBe(503);
    expect(refused.text).toBe(
      `the spans could not be stored: ${collector.db} is locked by another process`,
    );
    // Asking for traces goes on, and nobody waits long for senders who wait in vain.
    const refusals = await Promise.all(Array.from({ length: 20 }, () => post(collector, [span()])));
    expect(refusals.map(({ status }) => status)).toEqual(refusals.map(() => 503));
    expect((await get(collector, '/api/v2/traces')).json).toEqual([]);
    other.exec('ROLLBACK');
    other.close();
    expect((await post(collector, [span()])).status).toBe(202);
    expect(collector.added).toEqual({ spans: 1, traces: 1, errors: 0 });
  });
});

describe('a request', () => {
  it('that is broken off or nonsense disturbs no other', async () => {
    const collector = await testCollector();
    const half = 'POST /api/v2/spans HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999\r\n\r\n[{';
    for (const bytes of [half, '\u0000\u0001 nonsense\r\n\r\n']) {
      const socket = connect(collector.port, '127.0.0.1').resume();
      await new Promise((sent) => socket.write(bytes, sent));
      const closed = new Promise((resolve) => socket.once('close', resolve));
      if (bytes === half) socket.destroy();
      await closed;
      expect((await post(collector, [span()])).status).toBe(202);
    }
  });
});

describe('the port', () => {
  it('is the next free one when the wanted one is taken', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void holder.close());
    await new Promise((resolve) => holder.once('listening', resolve));
    const address = holder.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const db = join(await temporaryFolder(), 'traces.db');
    const collector = await startCollector({ port, db });
    onTestFinished(() => collector.close());
    expect(collector.port).toBeGreaterThan(port);
  });

  it('is told of with a sentence when none is left', async () => {
    const holder = createServer().listen(65_535, '127.0.0.1');
    await new Promise((resolve) => holder.once('listening', resolve).once('error', resolve));
    onTestFinished(() => void holder.close());
    const db = join(await temporaryFolder(), 'traces.db');
    await expect(startCollector({ port: 65_535, db })).rejects.toThrow('ports 65535 to 65535 are');
  });

  it('is the next free one when none was asked for', async () => {
    const db = join(await temporaryFolder(), 'traces.db');
    const first = await startCollector({ db });
    onTestFinished(() => first.close());
    const second = await startCollector({ db });
    onTestFinished(() => second.close());
    expect(first.port).toBeGreaterThanOrEqual(9411);
    expect(second.port).toBeGreaterThan(first.port);
    expect((await get(second, '/health')).status).toBe(200);
  });

  it('says so when the host is not of this machine', async () => {
    const db = join(await temporaryFolder(), 'traces.db');
    await expect(startCollector({ port: 0, host: '203.0.113.9', db })).rejects.toThrow(
      'cannot listen on 203.0.113.9:0: this machine has no such name or address',
    );
  });
});
