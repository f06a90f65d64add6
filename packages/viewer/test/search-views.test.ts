import { describe, expect, it } from 'vitest';
import { latenciesOf } from '../src/model/latency.js';
import type { Span } from '../src/model/span.js';
import { fromLocal, toLocal } from '../src/page/search/local-time.js';
import {
  apiQuery,
  checkQuery,
  everything,
  readQuery,
  traceIdOf,
  writeQuery,
} from '../src/page/search/query.js';
import {
  areaOf,
  durationTicks,
  isIn,
  partOf,
  readBetween,
} from '../src/page/search/scatter-scale.js';
import { suggest, termsOf } from '../src/page/search/suggest.js';

function span(duration: number | undefined, fields: Partial<Span> = {}): Span {
  return {
    traceId: '00000000000000a1',
    id: '00000000000000b1',
    name: 'get',
    localEndpoint: { serviceName: 'shop' },
    ...(duration === undefined ? {} : { duration }),
    ...fields,
  };
}

function asked(annotationQuery: string, fields = {}): Record<string, string> {
  const query = { ...everything, annotationQuery, ...fields };
  return Object.fromEntries(new URLSearchParams(apiQuery(query, 2_000_000)));
}

describe('the text of a search', () => {
  it('asks the API for words, tags, names and durations', () => {
    expect(
      asked(
        'error http.status_code=500 "two words" service=Shop name="get /" remote=db maxDuration=10ms',
      ),
    ).toMatchObject({
      annotationQuery: 'error and http.status_code=500 and two words',
      serviceName: 'shop',
      spanName: 'get /',
      remoteServiceName: 'db',
      minDuration: '1',
      maxDuration: '10000',
    });
  });

  it('gives way to what is chosen in the fields', () => {
    expect(
      asked('service=a minDuration=1ms', { serviceName: 'b', minDuration: '2ms' }),
    ).toMatchObject({ serviceName: 'b', minDuration: '2000' });
  });

  it('is refused with a sentence when it cannot be read, or not be asked for', () => {
    const problem = (annotationQuery: string) =>
      checkQuery({ ...everything, annotationQuery }).annotationQuery;
    expect(problem('"open')).toBe('A quotation mark in the search is not closed.');
    expect(problem('minDuration=10')).toMatch(/^The value of minDuration has to be a number/);
    expect(problem('note="this and that"')).toMatch(/“and” between spaces/);
    expect(problem('error and a=b')).toBeUndefined();
  });

  it('is the id of a trace when it is nothing else', () => {
    const id = (annotationQuery: string) => traceIdOf({ ...everything, annotationQuery });
    expect(id(' 5AF7183fb1d4cf5f ')).toBe('5af7183fb1d4cf5f');
    expect(id('5aab74dbb904746bb33447baae403ed6')).toBe('5aab74dbb904746bb33447baae403ed6');
    for (const text of ['', 'error', '5af7183fb1d4cf5', 'id=5af7183fb1d4cf5f', 'decade']) {
      expect(id(text)).toBeUndefined();
    }
  });

  it('is completed at its end with services, operations and the tags that were found', () => {
    const terms = termsOf([[span(1, { tags: { 'http.method': 'GET', note: 'two words' } })]]);
    const known = { services: ['shop', 'my shop'], operations: ['get /'], terms };
    expect(suggest('error ser', known)).toEqual(['error service=shop', 'error service="my shop"']);
    expect(suggest('name', known)).toEqual(['name="get /"']);
    expect(suggest('no', known)).toEqual(['note="two words"']);
    expect(suggest('a="in quotes ', known)).toEqual([]);
    expect(suggest('', known)).toContain('http.method=GET');
  });
});

describe('a time that was chosen', () => {
  it('stands in the address and is what the API is asked for', () => {
    const query = { ...everything, lookback: 'custom', from: '1000000', to: '1500000' };
    expect(readQuery(writeQuery(query))).toEqual(query);
    expect(asked('', query)).toMatchObject({ endTs: '1500000', lookback: '500000' });
    expect(readQuery('?lookback=custom&from=x&to=-1')).toMatchObject({ from: '', to: '' });
    expect(checkQuery({ ...query, to: '5' }).to).toMatch(/after the beginning/);
  });

  it('is to the millisecond in its field', () => {
    expect(fromLocal(toLocal('1700000000123'))).toBe('1700000000123');
    expect([toLocal(''), fromLocal(''), fromLocal('x')]).toEqual(['', '', '']);
  });
});

describe('the latency of operations', () => {
  it('is told by percentiles and in buckets, the operation of most spans first', () => {
    const spans = Array.from({ length: 100 }, (_, index) => span((index + 1) * 1_000));
    const [get, other] = latenciesOf([
      span(5, { name: 'other', tags: { error: '' } }),
      ...spans,
      span(undefined),
    ]);
    expect(get).toMatchObject({ service: 'shop', name: 'get', count: 100, errors: 0 });
    expect([get?.p50, get?.p90, get?.p95, get?.p99]).toEqual([50_000, 90_000, 95_000, 99_000]);
    expect([...(get?.buckets ?? [])]).toEqual([
      [6, 3],
      [7, 6],
      [8, 22],
      [9, 68],
      [10, 1],
    ]);
    expect(other).toMatchObject({ name: 'other', count: 1, errors: 1, p99: 5 });
  });

  it('leads to the spans of the operation, where they are named by the method of HTTP alone, too', () => {
    const rows = latenciesOf([
      span(5, { tags: { 'http.path': '/Orders' } }),
      span(5, { tags: { 'http.path': '/fail' } }),
      span(5, { name: undefined }),
    ]);
    expect(rows.map(({ name, spanName }) => [name, spanName])).toEqual([
      ['get /Orders', 'get /orders'],
      ['get /fail', 'get /fail'],
      ['(no name)', undefined],
    ]);
  });
});

describe('the area of a scatter', () => {
  const trace = (timestamp: number, duration: number) => ({
    id: 'a1',
    service: 'shop',
    name: 'get',
    hasRoot: true,
    timestamp,
    duration,
    spans: 1,
    errors: 0,
    services: [],
  });
  const traces = [trace(1_000_000, 0), trace(9_000_000, 1_000_000)];

  it('has all traces in it, and a part those between its corners', () => {
    const area = areaOf(traces);
    const within = (part: typeof area) => traces.map((each) => isIn(part, each));
    expect(within(area)).toEqual([true, true]);
    expect(within(partOf(area, [1, 1], [0.5, 0.5]))).toEqual([false, true]);
    expect(within(partOf(area, [0.5, 0.5], [-1, -1]))).toEqual([true, false]);
  });

  it('has round durations beside it, however few it has in it', () => {
    const ticks = (shortest: number, longest: number) =>
      durationTicks({ from: 0, to: 1, shortest, longest });
    expect(ticks(900, 2_000_000)).toEqual([1_000, 10_000, 100_000, 1_000_000]);
    expect(ticks(2_000, 40_000)).toEqual([3_000, 10_000, 30_000]);
    expect(ticks(4_000, 25_000)).toEqual([5_000, 10_000, 20_000]);
    expect(ticks(40_000, 90_000)).toEqual([50_000, 70_000]);
    expect(ticks(0.5, 1.5)).toEqual([1, 1.5]);
  });

  it('is written in the address as whole microseconds', () => {
    expect(readBetween('10-200')).toEqual([10, 200]);
    expect([readBetween('10'), readBetween('a-b'), readBetween(null)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
