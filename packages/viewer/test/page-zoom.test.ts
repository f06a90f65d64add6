import { describe, expect, it } from 'vitest';
import { isZoomed, readZoom, writeZoom } from '../src/page/model/zoom.js';

describe('the part of the time that is shown', () => {
  it('is what the address says, and what it writes is read again', () => {
    const zoom = readZoom('?from=100&to=900', 1_000);
    expect(zoom).toEqual({ from: 100, to: 900 });
    expect(writeZoom(zoom, 1_000)).toEqual({ from: '100', to: '900' });
    expect(isZoomed(zoom, 1_000)).toBe(true);
  });

  it('is all of the trace where the address names none, or nonsense', () => {
    for (const search of ['', '?from=&to=x', '?from=5&to=5', '?from=2000&to=3000']) {
      const zoom = readZoom(search, 1_000);
      expect(zoom).toEqual({ from: 0, to: 1_000 });
      expect(isZoomed(zoom, 1_000)).toBe(false);
      expect(writeZoom(zoom, 1_000)).toEqual({});
    }
  });

  it('stays inside the trace, and has its ends in order', () => {
    expect(readZoom('?from=-50&to=500', 1_000)).toEqual({ from: 0, to: 500 });
    expect(readZoom('?from=800&to=200', 1_000)).toEqual({ from: 200, to: 800 });
  });
});
