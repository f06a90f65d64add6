import { describe, expect, it } from 'vitest';
import { labelOf } from '../src/model/label.js';
import { parseDuration } from '../src/model/parse-duration.js';
import { serviceColour } from '../src/page/format/colour.js';
import { count } from '../src/page/format/count.js';
import { formatDuration, formatMarks } from '../src/page/format/duration.js';
import { formatAgo, formatExact } from '../src/page/format/time.js';
import { endpointText, serviceOf } from '../src/page/model/labels.js';

describe('the marks of an axis', () => {
  it.each([
    [
      [0, 500_000, 1_000_000],
      ['0', '0.5 s', '1 s'],
    ],
    [
      [0, 200, 400, 600],
      ['0', '200 µs', '400 µs', '600 µs'],
    ],
    [
      [500, 1_000, 1_500],
      ['0.5 ms', '1 ms', '1.5 ms'],
    ],
    [
      [1_234_600, 1_234_800],
      ['1.2346 s', '1.2348 s'],
    ],
    [
      [60_000_000, 90_000_000],
      ['1 min', '1 min 30 s'],
    ],
  ])('are in one unit: %j', (marks, texts) => {
    expect(formatMarks(marks)).toEqual(texts);
  });
});

describe('a duration', () => {
  it.each([
    ['200us', 200],
    ['200 µs', 200],
    ['200\u03bcs', 200],
    ['10ms', 10_000],
    [' 1.5s ', 1_500_000],
    ['.5ms', 500],
    ['2 min', 120_000_000],
    ['2m', 120_000_000],
    ['1H', 3_600_000_000],
    ['0.4us', undefined],
    ['0ms', undefined],
    ['10', undefined],
    ['ms', undefined],
    ['-1ms', undefined],
    ['1e3ms', undefined],
    ['1.2.3s', undefined],
    ['10 ms 5', undefined],
    ['10constructor', undefined],
    ['99999999999999999h', undefined],
    ['', undefined],
  ])('written %j is %s microseconds', (text, microseconds) => {
    expect(parseDuration(text)).toBe(microseconds);
  });

  it.each([
    [0, '0 µs'],
    [1, '1 µs'],
    [999, '999 µs'],
    [1_000, '1 ms'],
    [12_345, '12.3 ms'],
    [999_499, '999 ms'],
    [999_500, '1 s'],
    [1_500_000, '1.5 s'],
    [59_949_999, '59.9 s'],
    [59_950_000, '1 min'],
    [125_000_000, '2 min 5 s'],
    [3_599_600_000, '1 h'],
    [5_400_000_000, '1 h 30 min'],
    [-1_500, '\u22121.5 ms'],
  ])('of %d microseconds is written %j', (microseconds, text) => {
    expect(formatDuration(microseconds)).toBe(text);
  });
});

describe('a moment', () => {
  const now = Date.UTC(2026, 10, 22, 12);

  it.each([
    [0, 'just now'],
    [1_000, 'just now'],
    [5_000, '5 seconds ago'],
    [60_000, '1 minute ago'],
    [3_599_000, '59 minutes ago'],
    [7_200_000, '2 hours ago'],
    [3 * 86_400_000, '3 days ago'],
    [-5_000, 'in 5 seconds'],
  ])('%d milliseconds before now is written %j', (before, text) => {
    expect(formatAgo(now - before, now)).toBe(text);
  });

  it('of long ago is written as its date', () => {
    const moment = new Date(2019, 9, 8, 12).getTime();
    expect(formatAgo(moment, now)).toBe('2019-10-08');
  });

  it('is written exactly in the time zone of the reader', () => {
    expect(formatExact(new Date(2026, 0, 2, 3, 4, 5, 6).getTime())).toBe('2026-01-02 03:04:05.006');
  });
});

describe('the colour of a service', () => {
  it('depends on its name alone and is never red', () => {
    for (let index = 0; index < 500; index += 1) {
      const { hue, tone } = serviceColour(`service-${index}`);
      expect(hue).toBeGreaterThanOrEqual(50);
      expect(hue).toBeLessThan(345);
      expect([0, 1, 2]).toContain(tone);
    }
    expect(serviceColour('gateway')).toEqual(serviceColour('gateway'));
  });
});

describe('labels', () => {
  it.each([
    [{ 'http.url': 'http://127.0.0.1:8080/orders/7?x=1' }, 'get /orders/7'],
    [{ 'http.url': '/orders/7?x=1' }, 'get /orders/7'],
    [{ 'url.full': 'http://shop/orders/7?x=1' }, 'get /orders/7'],
    [{ 'url.path': '/orders/7', 'url.query': 'x=1' }, 'get /orders/7'],
    [{ 'http.target': '/orders/7?x=1' }, 'get /orders/7'],
    [{ 'url.path': '/orders/7', 'http.route': '/orders/:id' }, 'get /orders/:id'],
    [{ 'http.url': '/orders/7', 'http.route': '/orders/:id' }, 'get /orders/:id'],
    [{}, 'get'],
  ])('name a span of HTTP after its path too, with the tags %j', (tags, expected) => {
    expect(labelOf({ traceId: 'a', id: 'b', name: 'get', tags })).toBe(expected);
    expect(labelOf({ traceId: 'a', id: 'b', name: 'checkout', tags })).toBe('checkout');
  });

  it('say what a span does not', () => {
    expect(labelOf({ traceId: 'a', id: 'b' })).toBe('(no name)');
    expect(serviceOf({ traceId: 'a', id: 'b' })).toBe('unknown');
  });

  it.each([
    [{ serviceName: 'orders', ipv4: '127.0.0.1', port: 8080 }, 'orders 127.0.0.1:8080'],
    [{ ipv6: '2001:db8::1', port: 80 }, '[2001:db8::1]:80'],
    [{ ipv6: '2001:db8::1' }, '2001:db8::1'],
    [{ serviceName: 'orders', port: 80 }, 'orders port 80'],
    [{ serviceName: 'orders' }, 'orders'],
  ])('write the endpoint %j as %j', (endpoint, text) => {
    expect(endpointText(endpoint)).toBe(text);
  });

  it('count in singular and plural', () => {
    expect([count(0, 'span'), count(1, 'span'), count(12_345, 'span')]).toEqual([
      '0 spans',
      '1 span',
      '12,345 spans',
    ]);
  });
});
