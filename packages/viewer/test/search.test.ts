import type { Collector } from 'opentracing-viewer';
import { beforeEach, describe, expect, it } from 'vitest';
import { get, type Json, post, span, testCollector } from './support/collector.js';

/** Milliseconds since the epoch; the traces below start at it and at the seconds after. */
const T = 1_700_000_000_000;
const at = (seconds: number) => (T + seconds * 1_000) * 1_000;

describe('GET /api/v2/traces', () => {
  let collector: Collector;

  /** The last two digits of the ids of the traces that are found, in the order of the answer. */
  async function found(query: string): Promise<string[]> {
    const { status, json, text } = await get(
      collector,
      `/api/v2/traces?endTs=${T + 60_000}&${query}`,
    );
    expect(text, query).toBeDefined();
    expect(status, text).toBe(200);
    return (json as Json[][]).map(([first]) => String(first?.traceId).slice(-2));
  }

  beforeEach(async () => {
    collector = await testCollector();
    await post(collector, [
      // a1: shop calls stock, which fails.
      span({
        traceId: 'a1',
        id: '1',
        name: 'checkout',
        timestamp: at(0),
        duration: 900,
        tags: { 'http.method': 'POST', note: 'a=b' },
      }),
      span({
        traceId: 'a1',
        id: '2',
        parentId: '1',
        kind: 'CLIENT',
        name: 'reserve',
        timestamp: at(0) + 10,
        duration: 500,
        remoteEndpoint: { serviceName: 'stock' },
      }),
      span({
        traceId: 'a1',
        id: '3',
        parentId: '2',
        name: 'reserve item',
        localEndpoint: { serviceName: 'stock' },
        timestamp: at(0) + 20,
        duration: 400,
        tags: { error: 'sold out' },
        annotations: [{ timestamp: at(0) + 30, value: 'cache miss' }],
      }),
      // a2: later, shop alone, quicker.
      span({
        traceId: 'a2',
        id: '1',
        name: 'list',
        timestamp: at(10),
        duration: 100,
        tags: { 'http.method': 'GET' },
      }),
      // a3: latest, another service, slowest.
      span({
        traceId: 'a3',
        id: '1',
        name: 'report',
        localEndpoint: { serviceName: 'office' },
        timestamp: at(20),
        duration: 5_000,
      }),
      // a4: never has a time, so no search finds it.
      span({ traceId: 'a4', id: '1', timestamp: undefined, duration: undefined }),
    ]);
  });

  it('answers the newest first, with all spans of each', async () => {
    expect(await found('')).toEqual(['a3', 'a2', 'a1']);
    const { json } = await get(collector, `/api/v2/traces?endTs=${T}&limit=1`);
    expect((json as Json[][])[0]?.map(({ id }) => String(id).slice(-1))).toEqual(['1', '2', '3']);
  });

  it('answers ten unless it is told a limit', async () => {
    const more = Array.from({ length: 12 }, (_, i) =>
      span({ traceId: `c${i + 10}`, timestamp: at(30) }),
    );
    await post(collector, more);
    expect(await found('')).toHaveLength(10);
    expect(await found('limit=12')).toHaveLength(12);
    expect(await found('limit=2')).toHaveLength(2);
  });

  it('looks back one day from endTs, and endTs is now, unless told otherwise', async () => {
    const now = Date.now();
    const hour = 3_600_000;
    await post(collector, [
      span({ traceId: 'd1', timestamp: (now - 23 * hour) * 1_000 }),
      span({ traceId: 'd2', timestamp: (now - 25 * hour) * 1_000 }),
      span({ traceId: 'd3', timestamp: (now + hour) * 1_000 }),
    ]);
    const { json } = await get(collector, '/api/v2/traces');
    expect((json as Json[][]).map(([first]) => String(first?.traceId).slice(-2))).toEqual(['d1']);
  });

  it('finds by time', async () => {
    expect(await found(`lookback=${60_000}`)).toEqual(['a3', 'a2', 'a1']);
    expect(await found('lookback=50000')).toEqual(['a3', 'a2']);
    expect(await found('lookback=49999')).toEqual(['a3']);
    const { json } = await get(collector, `/api/v2/traces?endTs=${T + 10_000}`);
    expect(json).toHaveLength(2);
  });

  it('takes the time of the root, whenever it arrives, and the earliest without one', async () => {
    await post(collector, [span({ traceId: 'e1', id: '2', parentId: '1', timestamp: at(40) })]);
    await post(collector, [span({ traceId: 'e1', id: '3', parentId: '1', timestamp: at(35) })]);
    expect(await found('lookback=25000')).toEqual(['e1']);
    expect(await found('lookback=24000')).toEqual([]);
    await post(collector, [span({ traceId: 'e1', id: '1', timestamp: at(50) })]);
    await post(collector, [span({ traceId: 'e1', id: '4', parentId: '1', timestamp: at(1) })]);
    expect(await found('lookback=10000')).toEqual(['e1']);
  });

  it.each([
    ['serviceName=shop', ['a2', 'a1']],
    ['serviceName=STOCK', ['a1']],
    ['serviceName=nope', []],
    ['serviceName=all', []],
    ['serviceName=%20shop', []],
    ['serviceName=', ['a3', 'a2', 'a1']],
    ['spanName=Checkout', ['a1']],
    ['spanName=all', ['a3', 'a2', 'a1']],
    ['serviceName=stock&spanName=checkout', []],
    ['serviceName=shop&spanName=reserve', ['a1']],
    ['remoteServiceName=stock', ['a1']],
    ['serviceName=stock&remoteServiceName=stock', []],
    ['annotationQuery=error', ['a1']],
    ['annotationQuery=error=sold%20out', ['a1']],
    ['annotationQuery=error=', ['a1']],
    ['annotationQuery=error=other', []],
    ['annotationQuery=error%20=%20sold%20out', ['a1']],
    ['annotationQuery=error=other%20and%20error=sold%20out', ['a1']],
    ['annotationQuery=error=other%20and%20error', []],
    ['annotationQuery=error%20and%20error=other', []],
    ['annotationQuery=cache%20miss', ['a1']],
    ['annotationQuery=cache', []],
    ['annotationQuery=http.method', ['a2', 'a1']],
    ['annotationQuery=http.method=GET', ['a2']],
    ['annotationQuery=note=a=b', ['a1']],
    ['annotationQuery=error%20and%20http.method=POST', ['a1']],
    ['annotationQuery=error%20and%20http.method=GET', []],
    ['serviceName=shop&annotationQuery=error', []],
    ['serviceName=stock&annotationQuery=error%20and%20cache%20miss', ['a1']],
    ['minDuration=500', ['a3', 'a1']],
    ['minDuration=500&maxDuration=900', ['a1']],
    ['minDuration=901&maxDuration=4999', []],
    ['serviceName=stock&minDuration=400', ['a1']],
    ['serviceName=stock&minDuration=401', []],
    // Different spans of the service may satisfy the conditions.
    ['serviceName=shop&spanName=checkout&remoteServiceName=stock&minDuration=900', ['a1']],
  ])('finds with %s the traces %j', async (query, expected) => {
    expect(await found(query)).toEqual(expected);
  });

  it.each([
    ['endTs=0', 'endTs must be greater than zero'],
    ['limit=0', 'limit must be greater than zero'],
    ['limit=-1', 'limit must be greater than zero'],
    ['lookback=0', 'lookback must be greater than zero'],
    ['minDuration=0', 'minDuration must be greater than zero'],
    ['maxDuration=5', 'maxDuration needs a minDuration'],
    ['minDuration=5&maxDuration=4', 'maxDuration is less than minDuration'],
    [
      `annotationQuery=${Array(101).fill('a').join('+and+')}`,
      'annotationQuery has more than 100 terms',
    ],
    ['limit=ten', 'limit must be a whole number'],
    ['endTs=1e99', 'endTs must be a whole number'],
    ['lookback=99999999999999999999', 'lookback must be a whole number'],
  ])('refuses %s with 400: %s', async (query, says) => {
    expect(await get(collector, `/api/v2/traces?${query}`)).toMatchObject({
      status: 400,
      text: says,
    });
  });

  it('finds spans of HTTP by what they are called where people read, too', async () => {
    await post(collector, [
      span({
        traceId: 'b1',
        name: 'GET',
        timestamp: at(1),
        tags: { 'http.url': 'http://a/Fail?x=1' },
      }),
      span({ traceId: 'b2', name: 'get', timestamp: at(2), tags: { 'http.route': '/orders/:id' } }),
      span({ traceId: 'b3', name: 'get /fail', timestamp: at(3) }),
    ]);
    expect(await found('spanName=get')).toEqual(['b2', 'b1']);
    expect(await found('spanName=get+/fail')).toEqual(['b3', 'b1']);
    expect(await found('spanName=GET+/Orders/:id&serviceName=shop')).toEqual(['b2']);
    expect(await found('spanName=/fail')).toEqual([]);
  });

  it('takes as many terms as it says', async () => {
    expect(await found(`annotationQuery=${Array(100).fill('error').join('+and+')}`)).toEqual([
      'a1',
    ]);
    expect(
      await found(
        `annotationQuery=${Array(100).fill('http.method').join('+and+')}&serviceName=shop&minDuration=1&spanName=list`,
      ),
    ).toEqual(['a2']);
  });

  it('finds what many traces have and what few have by the same rules', async () => {
    const many = Array.from({ length: 2_500 }, (_, i) =>
      span({
        traceId: (0xf00000 + i).toString(16),
        timestamp: at(30) + i,
        name: 'tick',
        tags: { parity: String(i % 2), number: String(i) },
        duration: i + 1,
      }),
    );
    await post(collector, many);
    expect(await found('spanName=tick&limit=3000')).toHaveLength(2_500);
    expect(await found('annotationQuery=parity=1&limit=3000')).toHaveLength(1_250);
    expect(await found('annotationQuery=parity=1%20and%20number=7')).toEqual(['07']);
    expect(await found('annotationQuery=parity=0%20and%20number=7')).toEqual([]);
    expect(await found('spanName=tick&minDuration=10&limit=2')).toEqual(['c3', 'c2']);
    expect(await found('spanName=tick&minDuration=10&maxDuration=11')).toEqual(['0a', '09']);
  });
});
