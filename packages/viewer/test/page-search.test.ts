import { describe, expect, it } from 'vitest';
import {
  apiQuery,
  checkQuery,
  everything,
  isFiltered,
  readQuery,
  writeQuery,
} from '../src/page/search/query.js';

const full = {
  serviceName: 'orders & more',
  spanName: 'get /orders/:id',
  remoteServiceName: 'db',
  annotationQuery: 'error and http.method=GET',
  minDuration: '10ms',
  maxDuration: '1.5 s',
  lookback: '1h',
  from: '',
  to: '',
  limit: 50,
};

describe('a search in the address of the page', () => {
  it('is read as it was written', () => {
    expect(readQuery(writeQuery(full))).toEqual(full);
    expect(readQuery(writeQuery(everything))).toEqual(everything);
  });

  it('is empty when it finds everything', () => {
    expect(writeQuery(everything)).toBe('');
    expect(isFiltered(everything)).toBe(false);
    expect(isFiltered({ ...everything, limit: 10 })).toBe(false);
    expect(isFiltered({ ...everything, lookback: '1h' })).toBe(true);
  });

  it('ignores what it does not understand', () => {
    expect(readQuery('?lookback=constructor&limit=-3&other=1')).toEqual(everything);
    expect(readQuery('?limit=1.5')).toEqual(everything);
    expect(readQuery('?limit=30').limit).toBe(30);
  });
});

describe('a search', () => {
  it('is refused with a sentence when a duration has no unit or the bounds are crossed', () => {
    expect(checkQuery(full)).toEqual({});
    expect(checkQuery({ ...everything, minDuration: '10' }).minDuration).toMatch(/unit/);
    expect(
      checkQuery({ ...everything, minDuration: '1s', maxDuration: '10ms' }).maxDuration,
    ).toMatch(/at least 1 s/);
  });

  it('asks the API in its units', () => {
    const now = 1_700_000_000_000;
    expect(Object.fromEntries(new URLSearchParams(apiQuery(full, now)))).toEqual({
      serviceName: 'orders & more',
      spanName: 'get /orders/:id',
      remoteServiceName: 'db',
      annotationQuery: 'error and http.method=GET',
      minDuration: '10000',
      maxDuration: '1500000',
      endTs: String(now),
      lookback: '3600000',
      limit: '50',
    });
  });

  it('over all time goes back to the epoch', () => {
    expect(apiQuery(everything, 1_700_000_000_000)).toBe(
      'endTs=1700000000000&lookback=1700000000000&limit=20',
    );
  });

  it('with an upper bound alone sends the lower one that the API wants beside it', () => {
    const params = new URLSearchParams(apiQuery({ ...everything, maxDuration: '1ms' }, 1_000));
    expect([params.get('minDuration'), params.get('maxDuration')]).toEqual(['1', '1000']);
  });
});
