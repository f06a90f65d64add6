import { describe, expect, it } from 'vitest';
import { percentile, statisticsOf, tagKeysOf } from '../src/model/statistics.js';
import { buildTrace } from '../src/model/tree.js';
import { spansOf } from './support/graph-data.js';

const trace = buildTrace(
  spansOf({
    service: 'shop',
    name: 'get',
    lasts: 100,
    tags: { 'http.method': 'GET' },
    children: [
      { service: 'db', name: 'read', at: 10, lasts: 20, tags: { table: 'a' } },
      { service: 'db', name: 'read', at: 40, lasts: 40, tags: { table: 'b', error: 'x' } },
      { service: 'shop', name: 'log', at: 90, lasts: 10, tags: { table: 'a' } },
    ],
  }),
);

describe('the statistics of a trace', () => {
  it('have the figures of each service, most own time first', () => {
    expect(statisticsOf(trace, { by: 'service' })).toMatchObject([
      { name: 'db', count: 2, errors: 1, total: 60, average: 30, self: 60, share: 0.6 },
      { name: 'shop', count: 2, errors: 0, total: 110, average: 55, self: 40, share: 0.4 },
    ]);
  });

  it('tell operations of several services apart, with their percentiles', () => {
    const groups = statisticsOf(trace, { by: 'operation' });
    expect(groups.map(({ service, name }) => `${service} ${name}`)).toEqual([
      'db read',
      'shop get',
      'shop log',
    ]);
    expect(groups[0]).toMatchObject({ median: 20, p95: 40, longest: 40 });
  });

  it('group by a tag, spans without it together', () => {
    const groups = statisticsOf(trace, { by: 'tag', tag: 'table' });
    expect(groups.map(({ name, count }) => [name, count])).toEqual([
      ['b', 1],
      [undefined, 1],
      ['a', 2],
    ]);
  });

  it('group by no tag that a span inherits from every object', () => {
    const groups = statisticsOf(trace, { by: 'tag', tag: 'constructor' });
    expect(groups.map(({ name, count }) => [name, count])).toEqual([[undefined, 4]]);
  });

  it('know the tags of a trace, those of most spans first', () => {
    expect(tagKeysOf(trace)).toEqual(['table', 'error', 'http.method']);
  });

  it('take percentiles by the nearest rank', () => {
    const values = Array.from({ length: 100 }, (_, index) => index + 1);
    expect([0, 0.5, 0.95, 1].map((part) => percentile(values, part))).toEqual([1, 50, 95, 100]);
    expect(percentile([7], 0.95)).toBe(7);
  });
});
