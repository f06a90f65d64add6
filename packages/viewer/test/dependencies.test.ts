import { describe, expect, it } from 'vitest';
import { get, type Json, post, span, testCollector } from './support/collector.js';

const ENDS = 1_700_000_000_500;

/** A span of one trace: its id, its parent's, and `from CLIENT to` in names of services. */
function call(id: number, parent: number | null, text: string, fields: Json = {}): Json {
  const [own = '', kind = '', remote = ''] = text.split(' ');
  return span({
    id: String(id).padStart(16, '0'),
    ...(parent !== null && { parentId: String(parent).padStart(16, '0') }),
    ...(kind !== '-' && { kind }),
    localEndpoint: own === '-' ? undefined : { serviceName: own },
    remoteEndpoint: remote === '' ? undefined : { serviceName: remote },
    ...fields,
  });
}

async function linksOf(spans: Json[]): Promise<unknown> {
  const collector = await testCollector();
  expect((await post(collector, spans)).status).toBe(202);
  return (await get(collector, `/api/v2/dependencies?endTs=${ENDS}&lookback=1000`)).json;
}

const link = (parent: string, child: string, callCount = 1, errorCount?: number) => ({
  parent,
  child,
  callCount,
  ...(errorCount !== undefined && { errorCount }),
});
const failed = { tags: { error: '' } };

// Each was put to Zipkin 3.6.1 and answered like this.
const cases: [title: string, spans: Json[], links: unknown[]][] = [
  ['a server without a caller is no link', [call(1, null, 'shop SERVER')], []],
  ['a server that names its caller', [call(1, null, 'shop SERVER phone')], [link('phone', 'shop')]],
  [
    'a client whose server recorded nothing',
    [call(1, null, 'shop CLIENT db')],
    [link('shop', 'db')],
  ],
  [
    'a client and its server are one call, by the name that the server has',
    [call(1, null, 'shop CLIENT alias'), call(2, 1, 'stock SERVER')],
    [link('shop', 'stock')],
  ],
  [
    'a span that client and server share',
    [call(1, null, 'shop CLIENT'), call(1, null, 'stock SERVER', { shared: true })],
    [link('shop', 'stock')],
  ],
  [
    'a call from neither service of a shared span is one of its client',
    [
      call(1, null, 'shop CLIENT'),
      call(1, null, 'stock SERVER', { shared: true }),
      call(2, 1, 'prices SERVER'),
    ],
    [link('shop', 'stock'), link('shop', 'prices')],
  ],
  [
    'local work between them changes nothing',
    [call(1, null, 'shop SERVER'), call(2, 1, 'shop -'), call(3, 2, 'stock SERVER')],
    [link('shop', 'stock')],
  ],
  [
    'work with a service at both ends is a call',
    [call(1, null, 'shop - db')],
    [link('shop', 'db')],
  ],
  [
    'messages link to the broker',
    [call(1, null, 'shop PRODUCER kafka'), call(2, 1, 'mailer CONSUMER kafka')],
    [link('shop', 'kafka'), link('kafka', 'mailer')],
  ],
  [
    'messages whose broker has no name are no links',
    [call(1, null, 'shop PRODUCER'), call(2, 1, 'mailer CONSUMER')],
    [],
  ],
  [
    'calls are counted, and those that failed',
    [
      call(1, null, 'shop SERVER'),
      call(2, 1, 'shop CLIENT db'),
      call(3, 1, 'shop CLIENT db', failed),
    ],
    [link('shop', 'db', 2, 1)],
  ],
  [
    'a call that failed for the client alone has failed',
    [call(1, null, 'shop CLIENT', failed), call(2, 1, 'stock SERVER')],
    [link('shop', 'stock', 1, 1)],
  ],
  [
    'a service that calls was called, though it did not record that',
    [call(1, null, 'shop SERVER'), call(2, 1, 'stock CLIENT db')],
    [link('stock', 'db'), link('shop', 'stock')],
  ],
  [
    'a span whose parent is missing counts as called by the root',
    [call(1, null, 'shop SERVER'), call(3, 2, 'stock SERVER')],
    [link('shop', 'stock')],
  ],
];

describe('GET /api/v2/dependencies', () => {
  it.each(cases)('%s', async (_title, spans, links) => {
    expect(await linksOf(spans)).toEqual(links);
  });

  it('answers of the traces that began in the time, and none without one', async () => {
    const collector = await testCollector();
    await post(collector, [call(1, null, 'shop CLIENT db')]);
    const ask = (query: string) => get(collector, `/api/v2/dependencies${query}`);
    expect((await ask(`?endTs=${ENDS}`)).json).toEqual([link('shop', 'db')]);
    expect((await ask(`?endTs=${ENDS}&lookback=499`)).json).toEqual([]);
    expect((await ask('?endTs=1699999999999')).json).toEqual([]);
    expect(await ask('')).toMatchObject({ status: 400, text: 'endTs is missing' });
    expect((await ask('?endTs=0')).status).toBe(400);
    expect((await ask(`?endTs=${ENDS}&lookback=0`)).status).toBe(400);
  });

  it('knows a trace whose programs send ids of different lengths for one', async () => {
    const low = '00000000000000e1';
    const traceId = `00000000000000f1${low}`;
    expect(
      await linksOf([
        call(1, null, 'web CLIENT', { traceId }),
        call(1, null, 'stock SERVER', { traceId: low, shared: true }),
      ]),
    ).toEqual([link('web', 'stock')]);
  });
});
