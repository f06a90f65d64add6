import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { get, type Json, post, span, temporaryFolder, testCollector } from './support/collector.js';
import { runViewer, viewer } from './support/command.js';

const LONGEST = 10 * 1024 * 1024;

describe('the values of tags', () => {
  it('are answered for the keys that the collector was told, in order', async () => {
    const collector = await testCollector({ autocompleteKeys: ['region', 'http.method', 'none'] });
    await post(collector, [
      span({ tags: { region: 'west', 'http.method': 'GET', region2: 'no', other: 'x' } }),
      span({ id: 'b2', tags: { region: 'east', 'http.method': 'GET' } }),
      span({ traceId: 'a2', tags: { region: '', 'http.method': 'POST' } }),
      span({ traceId: 'a3', tags: { region: 'ü=1', 'region=ü': 'x' } }),
    ]);
    const answer = async (path: string) => (await get(collector, `/api/v2/${path}`)).json;
    expect(await answer('autocompleteKeys')).toEqual(['region', 'http.method', 'none']);
    expect(await answer('autocompleteValues?key=http.method')).toEqual(['GET', 'POST']);
    expect(await answer('autocompleteValues?key=region')).toEqual(
      expect.arrayContaining(['east', 'west', 'ü=1']),
    );
    expect(await answer('autocompleteValues?key=none')).toEqual([]);
    expect(await answer('autocompleteValues?key=other')).toEqual([]);
    expect(await get(collector, '/api/v2/autocompleteValues')).toMatchObject({
      status: 400,
      text: 'key is missing',
    });
  });

  it('are none unless it was told keys, and none that are very long', async () => {
    const [plain, told] = [
      await testCollector(),
      await testCollector({ autocompleteKeys: ['sql'] }),
    ];
    const tags = { sql: `SELECT ${'x'.repeat(300)}` };
    for (const collector of [plain, told]) await post(collector, [span({ tags })]);
    expect((await get(plain, '/api/v2/autocompleteKeys')).json).toEqual([]);
    expect((await get(plain, '/api/v2/autocompleteValues?key=sql')).json).toEqual([]);
    expect((await get(told, '/api/v2/autocompleteValues?key=sql')).json).toEqual([]);
  });

  it('have their keys from the command line, too', async () => {
    const db = join(await temporaryFolder(), 'traces.db');
    const keys = ['--autocomplete-keys', ' region, http.method,region,'];
    const running = viewer(['--port', '0', '--db', db, ...keys]);
    const [, url = ''] = await running.waitFor(/open (http\S+) /);
    expect((await get({ url }, '/api/v2/autocompleteKeys')).json).toEqual([
      'region',
      'http.method',
    ]);
    const wrong = await runViewer(['--port', '0', '--db', db, '--autocomplete-keys', ' , ']);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('It must name at least one tag.');
  });
});

describe('what is told of the collector', () => {
  it.each(['', '/zipkin'])('is answered under %s/', async (at) => {
    const collector = await testCollector();
    expect((await get(collector, `${at}/health`)).json).toMatchObject({ status: 'UP' });
    expect((await get(collector, `${at}/info`)).json).toMatchObject({ name: 'opentracing-viewer' });
    expect((await get(collector, `${at}/config.json`)).json).toMatchObject({
      searchEnabled: true,
      queryLimit: 10,
      defaultLookback: 86_400_000,
      dependency: { enabled: true },
    });
    expect((await get(collector, `${at}/metrics`)).json).toMatchObject({
      'counter.zipkin_collector.spans.http': 0,
    });
  });

  it('counts what was received, refused and dropped', async () => {
    const collector = await testCollector();
    const body = JSON.stringify([span(), span({ id: 'b2' })]);
    await post(collector, body);
    await post(collector, 'no spans');
    await post(collector, [span({ id: '' })]);
    const one = { traceId: 'a1'.padStart(32, '0'), spanId: 'b3'.padStart(16, '0') };
    const otlp = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [one, {}] }] }] });
    const send = (content: string) =>
      fetch(`${collector.url}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: content,
      });
    await send(otlp);
    await send('no spans');
    expect((await get(collector, '/metrics')).json).toEqual({
      'counter.zipkin_collector.messages.http': 5,
      'counter.zipkin_collector.messages_dropped.http': 3,
      'counter.zipkin_collector.bytes.http': body.length + otlp.length,
      'counter.zipkin_collector.spans.http': 4,
      'counter.zipkin_collector.spans_dropped.http': 1,
      'gauge.zipkin_collector.message_bytes.http': otlp.length,
      'gauge.zipkin_collector.message_spans.http': 2,
    });
    expect(collector.added.spans).toBe(3);
  });
});

describe('a body that was made to do harm', () => {
  const deep = (open: string, close: string) => {
    const times = Math.floor(LONGEST / 2 / Math.max(open.length + close.length - 1, 1));
    return open.repeat(times) + close.repeat(times);
  };
  it.each([
    ['lists in lists', deep('[', ']')],
    ['lists without an end', '['.repeat(LONGEST)],
    ['objects in objects', `[${deep('{"a":', '}')}]`],
    ['tags in tags', `[{"traceId":"1","id":"1","tags":${deep('{"\\"[":', '}')}}]`],
  ])('of %s is refused with 400', async (_, body) => {
    const collector = await testCollector();
    expect(await post(collector, body)).toEqual({
      status: 400,
      text: 'the body has lists or objects nested more than 200 deep',
    });
  });

  it('of millions of objects, or of more spans than fit, is refused with 413', async () => {
    const collector = await testCollector();
    const objects = await post(collector, `[${'{},'.repeat(2_000_000)}{}]`);
    expect(objects.status).toBe(413);
    expect(objects.text).toContain('more than 1000000 lists and objects');
    const spans = await post(collector, `[${'{"traceId":"1","id":"1"},'.repeat(100_000)}{}]`);
    expect(spans.status).toBe(413);
    expect(spans.text).toContain('more than 100000 spans');
    const proto = Buffer.from('0a060a01011a0101'.repeat(100_001), 'hex');
    const type = { 'content-type': 'application/x-protobuf' };
    expect((await post(collector, Uint8Array.from(proto), type)).status).toBe(413);
    expect(collector.added.spans).toBe(0);
  });

  it('may look like one inside of a text', async () => {
    const collector = await testCollector();
    const text = '{["\\'.repeat(100_000);
    expect(await post(collector, [span({ tags: { text } })])).toEqual({ status: 202, text: '' });
    const { json } = await get(collector, '/api/v2/trace/a1');
    expect((json as Json[])[0]?.tags).toEqual({ text });
  });
});
