import { describe, expect, it } from 'vitest';
import { get, type Json, post, span, testCollector } from './support/collector.js';
import { viewer } from './support/command.js';

const EVER = 'lookback=9000000000000';

describe('a search', () => {
  it('is for ten thousand traces at most', async () => {
    const collector = await testCollector();
    await post(collector, [span()]);
    const most = await get(collector, `/api/v2/traces?${EVER}&limit=10000`);
    expect(most.json).toEqual([[span()]]);
    const more = await get(collector, `/api/v2/traces?${EVER}&limit=10001`);
    expect([more.status, more.text]).toEqual([
      400,
      'limit is over 10000: narrow the search, or use "opentracing-viewer export"',
    ]);
  });
});

describe('a trace of a hundred thousand spans and one', () => {
  const SPANS = 100_001;
  const id = (i: number) => (i + 1).toString(16).padStart(16, '0');
  const large = (from: number, count: number): Json[] =>
    Array.from({ length: count }, (_, i) => ({
      ...{ traceId: 'a1', id: id(from + i), name: 'loop', timestamp: 1e15 + from + i, duration: 1 },
      localEndpoint: { serviceName: 'endless' },
    }));

  it("is refused in one sentence, found by searches with its first spans, exported whole, and in nobody's way", async () => {
    const collector = await testCollector();
    for (let from = 0; from < SPANS; from += 20_000) {
      const batch = large(from, Math.min(20_000, SPANS - from));
      expect((await post(collector, batch)).status).toBe(202);
    }
    await post(collector, [span({ traceId: 'a2' })]);

    const refused = await get(collector, '/api/v2/trace/a1');
    expect([refused.status, refused.text]).toEqual([
      400,
      'the trace 00000000000000a1 has over 100000 spans, too many to show at once: use "opentracing-viewer export 00000000000000a1"',
    ]);
    const found = await get(collector, `/api/v2/traces?${EVER}`);
    expect((found.json as Json[][]).map(({ length }) => length)).toEqual([1, 100_000]);

    // Once a reader had stopped half-way, the next to add something was told that the file is locked.
    const other = await testCollector({ db: collector.db });
    expect((await post(other, [span({ traceId: 'a3' })])).status).toBe(202);
    expect((await post(collector, [span({ traceId: 'a4' })])).status).toBe(202);

    const shown = viewer(['show', '00000000000000a1', '--db', collector.db]);
    expect((await shown.ended).code).toBe(1);
    expect(shown.stderr).toBe(`opentracing-viewer: ${refused.text}\n`);
    for (const args of [['00000000000000a1'], ['--search', 'service=endless']]) {
      const exported = viewer(['export', ...args, '--db', collector.db]);
      expect(await exported.ended).toEqual({ code: 0, signal: null });
      const spans: Json[] = JSON.parse(exported.stdout);
      expect(spans).toHaveLength(SPANS);
      expect(spans.at(-1)).toMatchObject({ id: id(SPANS - 1) });
    }
  });
});
