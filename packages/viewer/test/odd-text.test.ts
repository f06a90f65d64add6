import { describe, expect, it } from 'vitest';
import { get, post, span, testCollector } from './support/collector.js';

describe('a zero character in a name', () => {
  it('is U+FFFD where names are listed and searched for, and stays in the span', async () => {
    const collector = await testCollector();
    const zero = span({ name: 'a\u0000b', localEndpoint: { serviceName: 'c\u0000d' } });
    await post(collector, [zero]);
    const answers = async (path: string) => (await get(collector, `/api/v2/${path}`)).json;
    expect(await answers('services')).toEqual(['c\uFFFDd']);
    expect(await answers('spans?serviceName=c%EF%BF%BDd')).toEqual(['a\uFFFDb']);
    expect(await answers('spans?serviceName=c%00d')).toEqual(['a\uFFFDb']);
    const search = `traces?endTs=${Date.now()}&lookback=${Date.now()}`;
    expect(await answers(`${search}&serviceName=c%00d&spanName=a%EF%BF%BDb`)).toEqual([
      [expect.objectContaining({ name: 'a\u0000b', localEndpoint: { serviceName: 'c\u0000d' } })],
    ]);
  });
});

describe('half of a surrogate pair', () => {
  it('is U+FFFD where names are listed and searched for, and stays in the span', async () => {
    const collector = await testCollector({ autocompleteKeys: ['half', 'cut'] });
    const half = span({
      name: 'a\ud800',
      localEndpoint: { serviceName: '\udc00' },
      remoteEndpoint: { serviceName: 'c\udfff' },
      annotations: [{ timestamp: 1, value: '\udbff' }],
      // Of this value the index keeps a part, which ends between the halves of an owl or another.
      tags: { half: '\ud83e', '\ud800': '\udc00', cut: `${'🦉'.repeat(150)}` },
    });
    const odd = span({ id: '2', tags: { cut: `x${'🦉'.repeat(150)}` } });
    expect((await post(collector, [half, odd])).status).toBe(202);
    const answers = async (path: string) => (await get(collector, `/api/v2/${path}`)).json;
    expect(await answers('services')).toEqual(['shop', '\uFFFD']);
    expect(await answers('spans?serviceName=%EF%BF%BD')).toEqual(['a\uFFFD']);
    expect(await answers('remoteServices?serviceName=%EF%BF%BD')).toEqual(['c\uFFFD']);
    expect(await answers('autocompleteValues?key=half')).toEqual(['\uFFFD']);
    expect(await answers('autocompleteValues?key=cut')).toEqual([]);
    const search = `traces?endTs=${Date.now()}&lookback=${Date.now()}`;
    const found = await answers(
      `${search}&serviceName=%EF%BF%BD&annotationQuery=%EF%BF%BD=%EF%BF%BD`,
    );
    expect(found).toEqual([expect.arrayContaining([half])]);
  });
});
