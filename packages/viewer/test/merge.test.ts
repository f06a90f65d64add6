import { describe, expect, it } from 'vitest';
import { get, type Json, post, span, testCollector } from './support/collector.js';

/** Posts each report by itself, as different programs do, and reads the trace. */
async function merged(...reports: Json[]): Promise<Json[]> {
  const collector = await testCollector();
  for (const report of reports) expect((await post(collector, [report])).status).toBe(202);
  return (await get(collector, '/api/v2/trace/a1')).json as Json[];
}

describe('the reports of one trace, when it is read', () => {
  it('are sorted by id, the client half of a call before the server half', async () => {
    const spans = await merged(
      span({ id: '2', kind: 'SERVER', shared: true, localEndpoint: { serviceName: 'b' } }),
      span({ id: '3' }),
      span({ id: '2', kind: 'CLIENT' }),
      span({ id: '1' }),
    );
    expect(spans.map(({ id, kind }) => [String(id).slice(-1), kind])).toEqual([
      ['1', undefined],
      ['2', 'CLIENT'],
      ['2', 'SERVER'],
      ['3', undefined],
    ]);
  });

  it('become one span when a span came in pieces: the first value wins, later tags overwrite', async () => {
    const [one, ...none] = await merged(
      span({
        name: undefined,
        duration: undefined,
        tags: { a: '1', b: '1' },
        annotations: [{ timestamp: 2, value: 'y' }],
        localEndpoint: { serviceName: 'shop' },
      }),
      span({
        name: 'late',
        timestamp: 1_700_000_000_000_999,
        tags: { b: '2', c: '2' },
        annotations: [
          { timestamp: 1, value: 'x' },
          { timestamp: 2, value: 'y' },
        ],
        localEndpoint: { serviceName: 'shop', ipv4: '10.0.0.1' },
      }),
      span({
        name: undefined,
        localEndpoint: undefined,
        debug: true,
        remoteEndpoint: { serviceName: 'db' },
      }),
    );
    expect(none).toEqual([]);
    expect(one).toEqual(
      span({
        name: 'late',
        debug: true,
        tags: { a: '1', b: '2', c: '2' },
        annotations: [
          { timestamp: 1, value: 'x' },
          { timestamp: 2, value: 'y' },
        ],
        localEndpoint: { serviceName: 'shop', ipv4: '10.0.0.1' },
        remoteEndpoint: { serviceName: 'db' },
      }),
    );
  });

  it('become one span when a batch was sent twice', async () => {
    expect(await merged(span(), span())).toEqual([span()]);
  });

  it('stay apart when their endpoints contradict each other', async () => {
    const endpoints = [{ ipv4: '10.0.0.1' }, { ipv4: '10.0.0.2' }];
    expect(await merged(...endpoints.map((localEndpoint) => span({ localEndpoint })))).toHaveLength(
      2,
    );
    const services = [{ serviceName: 'a' }, { serviceName: 'b' }];
    expect(await merged(...services.map((localEndpoint) => span({ localEndpoint })))).toHaveLength(
      2,
    );
  });

  it('stay apart when one half of a call is shared', async () => {
    expect(
      await merged(span({ kind: 'SERVER', shared: true }), span({ kind: 'SERVER' })),
    ).toHaveLength(2);
  });

  it('complete each other: a server half after a client half is shared and has its parent', async () => {
    const spans = await merged(
      span({ kind: 'CLIENT', parentId: '00000000000000b0' }),
      span({ kind: 'SERVER', localEndpoint: { serviceName: 'stock' } }),
    );
    expect(spans[1]).toMatchObject({ kind: 'SERVER', shared: true, parentId: '00000000000000b0' });
    expect(spans[0]).not.toHaveProperty('shared');
  });
});
