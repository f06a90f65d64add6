import { describe, expect, it } from 'vitest';
import { formatRate, secondsOf } from '../src/page/dependencies/rates.js';
import { get, post, testCollector } from './support/collector.js';
import { callsBetween } from './support/graph-data.js';

describe('GET /api/dependencies', () => {
  const now = Date.now();

  it('has the calls, the errors, the durations and traces to look at of each pair of services', async () => {
    const collector = await testCollector();
    const spans = callsBetween(
      [
        { from: 'web', to: 'shop', calls: 4, errors: 1, lasts: 1_000 },
        { from: 'shop', to: 'db', calls: 1 },
      ],
      (now - 60_000) * 1_000,
    );
    await post(
      collector,
      spans.map((span) => ({ ...span })),
    );
    const { json } = await get(collector, `/api/dependencies?endTs=${now}`);
    expect(json).toMatchObject({ traces: 5, first: (now - 60_000) * 1_000 + 1_000 });
    const { links } = json as { links: { parent: string }[] };
    expect(links.find(({ parent }) => parent === 'web')).toEqual({
      parent: 'web',
      child: 'shop',
      callCount: 4,
      errorCount: 1,
      median: 1_001,
      p95: 1_003,
      isNamed: true,
      slowest: 'd000000000000004',
      failed: 'd000000000000001',
    });
    expect(links.find(({ parent }) => parent === 'shop')).not.toHaveProperty('failed');
  });

  it('says that nothing is there as well', async () => {
    const collector = await testCollector();
    const { json } = await get(collector, `/api/dependencies?endTs=${now}`);
    expect(json).toEqual({ first: 0, last: 0, traces: 0, links: [] });
  });

  it('refuses a question without a time', async () => {
    const collector = await testCollector();
    const { status, text } = await get(collector, '/api/dependencies');
    expect([status, text]).toEqual([400, 'endTs is missing']);
  });
});

describe('the rate of calls', () => {
  it('is over the range, or without one over the time between the first span and the last', () => {
    const graph = { first: 1_000_000, last: 61_000_000, traces: 1, links: [] };
    expect(secondsOf(graph, 3_600_000)).toBe(3_600);
    expect(secondsOf(graph, Number.POSITIVE_INFINITY)).toBe(60);
    expect(secondsOf({ ...graph, last: 1_000_100 }, Number.POSITIVE_INFINITY)).toBe(1);
  });

  it('is written in the unit in which it can be read', () => {
    expect(formatRate(1_234_000, 60)).toBe('20,567 /s');
    expect(formatRate(120, 60)).toBe('2 /s');
    expect(formatRate(30, 60)).toBe('30 /min');
    expect(formatRate(2, 3_600)).toBe('2 /h');
    expect(formatRate(1, 604_800)).toBe('0.14 /day');
  });
});
