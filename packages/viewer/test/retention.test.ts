import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'libsql';
import { startCollector } from 'opentracing-viewer';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { get, type Json, post, span, temporaryFolder, testCollector } from './support/collector.js';
import { viewer } from './support/command.js';

const HOUR = 3_600_000;
const MEGABYTE = 1_000_000;
const PATIENCE = { timeout: 20_000, interval: 20 };

/** Spans of one trace with about a kilobyte each. */
function large(traceId: string, count: number, fields: Json = {}): Json[] {
  const tags = { text: `${traceId} `.repeat(100).slice(0, 900), only: traceId };
  return Array.from({ length: count }, (_, i) =>
    span({ traceId, id: (i + 1).toString(16), tags, ...fields }),
  );
}

/** Makes all that is in the file come earlier than it did. */
function age(db: string, milliseconds: number): void {
  const file = new Database(db);
  file.exec(`
    PRAGMA busy_timeout = 5000;
    UPDATE trace SET arrived = arrived - ${milliseconds};
    UPDATE name SET seen = seen - ${milliseconds};`);
  file.close();
}

function count(db: string, table: string): number {
  const file = new Database(db);
  const [row] = file.prepare(`SELECT count(*) FROM ${table}`).raw().all();
  file.close();
  return Array.isArray(row) ? Number(row[0]) : Number.NaN;
}

describe('traces that arrived long ago', () => {
  it('are deleted whole, with the names and tags that only they had', async () => {
    const collector = await testCollector({ maxAgeMs: HOUR });
    await post(collector, [
      span({ traceId: 'a1', id: '1', name: 'old', tags: { kind: 'old' } }),
      span({ traceId: 'a1', id: '2', localEndpoint: { serviceName: 'gone' } }),
      span({ traceId: 'a1', id: '3', remoteEndpoint: { serviceName: 'gone-db' } }),
    ]);
    age(collector.db, 2 * HOUR);
    await post(collector, [span({ traceId: 'a2', name: 'new', tags: { kind: 'new' } })]);
    await vi.waitFor(async () => {
      expect((await get(collector, '/api/v2/trace/a1')).status).toBe(404);
      expect((await get(collector, '/api/v2/services')).json).toEqual(['shop']);
    }, PATIENCE);
    expect((await get(collector, '/api/v2/spans?serviceName=shop')).json).toEqual(['new']);
    expect((await get(collector, '/api/v2/remoteServices?serviceName=shop')).json).toEqual([]);
    expect((await get(collector, '/api/v2/trace/a2')).json).toHaveLength(1);
    expect(count(collector.db, 'span')).toBe(1);
    // The service's, the name's, the tag's and its key's.
    expect(count(collector.db, 'term')).toBe(4);
  });

  it('are counted from their arrival, not from the times in them', async () => {
    const collector = await testCollector({ maxAgeMs: HOUR });
    await post(collector, [span({ traceId: 'a1' })]);
    age(collector.db, 2 * HOUR);
    await post(collector, [span({ traceId: 'a2', timestamp: 1 })]);
    await vi.waitFor(async () => {
      expect((await get(collector, '/api/v2/trace/a1')).status).toBe(404);
    }, PATIENCE);
    expect((await get(collector, '/api/v2/trace/a2')).status).toBe(200);
  });

  it('stay when one of their spans came lately', async () => {
    const collector = await testCollector({ maxAgeMs: HOUR });
    await post(collector, [span({ traceId: 'a1', id: '1' }), span({ traceId: 'a2', id: '1' })]);
    age(collector.db, 2 * HOUR - 60_000);
    await post(collector, [span({ traceId: 'a2', id: '2' })]);
    await vi.waitFor(async () => {
      expect((await get(collector, '/api/v2/trace/a1')).status).toBe(404);
    }, PATIENCE);
    expect((await get(collector, '/api/v2/trace/a2')).json).toHaveLength(2);
  });

  it('are never seen in halves, however many spans they have', async () => {
    const collector = await testCollector({ maxAgeMs: HOUR });
    await post(collector, large('a1', 5_000, { tags: {} }));
    age(collector.db, 2 * HOUR);
    const seen = new Set<number>();
    await vi.waitFor(async () => {
      const { json } = await get(collector, '/api/v2/trace/a1');
      if (Array.isArray(json)) seen.add(json.length);
      expect(json).toBe(undefined);
      expect((await get(collector, '/api/v2/traces?lookback=9000000000000')).json).toEqual([]);
      expect(count(collector.db, 'span')).toBe(0);
    }, PATIENCE);
    expect([...seen].filter((length) => length !== 5_000)).toEqual([]);
    expect(count(collector.db, 'trace')).toBe(0);
    expect(count(collector.db, 'term')).toBe(0);
  });
});

describe('traces that arrived before the clock was set back', () => {
  it('are no newer than those that came after', async () => {
    const collector = await testCollector({ maxBytes: 2 * MEGABYTE });
    await post(collector, large('a1', 1_000));
    age(collector.db, -1_000 * HOUR);
    const arrived = () => {
      const file = new Database(collector.db);
      const [row] = file
        .prepare('SELECT max(arrived), max((SELECT max(seen) FROM name)) FROM trace')
        .raw()
        .all();
      file.close();
      return Array.isArray(row) ? row.map(Number) : [];
    };
    await vi.waitFor(
      () => expect(Math.max(...arrived())).toBeLessThanOrEqual(Date.now()),
      PATIENCE,
    );
    for (const id of ['a00002', 'a00003', 'a00004']) await post(collector, large(id, 700));
    await vi.waitFor(async () => {
      expect((await get(collector, '/api/v2/trace/a1')).status).toBe(404);
    }, PATIENCE);
    expect((await get(collector, '/api/v2/trace/a00004')).status).toBe(200);
  });
});

describe('a file at its size limit', () => {
  it('stays there while senders make no pause', async () => {
    const collector = await testCollector({ maxBytes: 3 * MEGABYTE });
    const file = new Database(collector.db);
    onTestFinished(() => void file.close());
    const size = () => {
      const [row] = file
        .prepare('SELECT page_count * page_size FROM pragma_page_count, pragma_page_size')
        .raw()
        .all();
      return Array.isArray(row) ? Number(row[0]) : Number.NaN;
    };
    let largest = 0;
    const sender = async (name: number) => {
      for (let i = 0; i < 10; i++) {
        const spans = Array.from({ length: 500 }, (_, j) => {
          const traceId = `${name}${(i * 500 + j).toString(16).padStart(14, '0')}b`;
          return span({ traceId, tags: { text: 'x'.repeat(900), only: traceId } });
        });
        expect((await post(collector, spans)).status).toBe(202);
        largest = Math.max(largest, size());
      }
    };
    await Promise.all([1, 2, 3, 4].map(sender));
    expect(collector.added.spans).toBe(20_000);
    // And one request, which comes before room is made.
    expect(largest).toBeLessThan(4.2 * MEGABYTE);
  });

  it('keeps what arrived last, whole, and does not grow', async () => {
    const collector = await testCollector({ maxBytes: 2 * MEGABYTE });
    const ids = Array.from({ length: 120 }, (_, i) => (i + 1).toString(16).padStart(16, '0'));
    // What arrived last is the oldest by its own time.
    for (const [i, id] of ids.entries())
      await post(collector, large(id, 50, { timestamp: 9e8 - i }));
    await vi.waitFor(async () => {
      expect((await stat(collector.db)).size).toBeLessThan(2 * MEGABYTE);
    }, PATIENCE);
    const kept: number[] = [];
    for (const [i, id] of ids.entries()) {
      const { status, json } = await get(collector, `/api/v2/trace/${id}`);
      if (status === 200) expect(json).toHaveLength(50);
      if (status === 200) kept.push(i);
    }
    expect(kept.length).toBeGreaterThan(5);
    expect(kept).toEqual(ids.map((_, i) => i).slice(-kept.length));
    expect(count(collector.db, 'span')).toBe(50 * kept.length);
  });

  it('gets smaller when the limit is lowered', async () => {
    const db = join(await temporaryFolder(), 'traces.db');
    const first = await startCollector({ port: 0, db });
    for (const id of ['a00001', 'a00002', 'a00003', 'a00004', 'a00005'])
      await post(first, large(id, 1_000));
    await first.close();
    expect((await stat(db)).size).toBeGreaterThan(4 * MEGABYTE);
    const second = await testCollector({ db, maxBytes: 2 * MEGABYTE });
    await vi.waitFor(async () => {
      expect((await get(second, '/api/v2/trace/a00004')).status).toBe(404);
    }, PATIENCE);
    expect((await get(second, '/api/v2/trace/a00005')).json).toHaveLength(1_000);
    await vi.waitFor(async () => {
      expect((await stat(db)).size).toBeLessThan(2 * MEGABYTE);
    }, PATIENCE);
  });

  it('is kept by several collectors together', async () => {
    const one = await testCollector({ maxBytes: MEGABYTE });
    const two = await testCollector({ maxBytes: MEGABYTE, db: one.db });
    const ids = Array.from({ length: 60 }, (_, i) => (i + 1).toString(16).padStart(16, '0'));
    for (const [i, id] of ids.entries()) {
      expect((await post(i % 2 ? one : two, large(id, 50))).status).toBe(202);
    }
    await vi.waitFor(async () => {
      expect((await get(one, `/api/v2/trace/${ids[0]}`)).status).toBe(404);
    }, PATIENCE);
    for (const collector of [one, two]) {
      expect((await get(collector, `/api/v2/trace/${ids.at(-1)}`)).json).toHaveLength(50);
    }
    expect(count(one.db, 'span')).toBe(50 * count(one.db, 'trace'));
  });
});

describe('the limits', () => {
  it('are refused in one sentence when they have no meaning', async () => {
    const db = join(await temporaryFolder(), 'traces.db');
    for (const [options, sentence] of [
      [{ maxBytes: 0 }, 'maxBytes is 0, and it must be at least 1000000'],
      [{ maxBytes: Number.NaN }, 'maxBytes is NaN, and it must be at least 1000000'],
      [{ maxAgeMs: -1 }, 'maxAgeMs is -1, and it must be above 0'],
    ] as const) {
      await expect(startCollector({ port: 0, db, ...options })).rejects.toThrow(sentence);
    }
  });

  it('are given to the command as sizes and times', async () => {
    const db = join(await temporaryFolder(), 'traces.db');
    const args = ['--port', '0', '--db', db, '--max-size', '1.5MB', '--max-age', '1h'];
    const running = viewer(args);
    const [, url = ''] = await running.waitFor(/open (http:\S+)/);
    await post({ url }, [span()]);
    age(db, 2 * HOUR);
    await vi.waitFor(async () => {
      expect((await get({ url }, '/api/v2/trace/a1')).status).toBe(404);
    }, PATIENCE);
  });

  it('are refused by the command with exit status 2 when they are no sizes and times', async () => {
    for (const [option, value] of [
      ['--max-size', '12'],
      ['--max-size', '10kb'],
      ['--max-size', '-1mb'],
      ['--max-age', '30'],
      ['--max-age', '0d'],
      ['--max-age', 'long'],
    ] as const) {
      const running = viewer(['--port', '0', option, value]);
      expect((await running.ended).code, value).toBe(2);
      expect(running.stderr).toContain(`argument '${value}' is invalid. It must be a`);
      expect(running.stderr.trim().split('\n')).toHaveLength(1);
    }
  });
});
