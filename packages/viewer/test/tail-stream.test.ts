import { request } from 'node:http';
import { type Collector, startCollector } from 'opentracing-viewer';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { get, type Json, post, span, temporaryFolder, testCollector } from './support/collector.js';

interface TailEvent {
  event?: string;
  id?: string;
  data?: string;
}

/** A stream of events that is being read, as an EventSource reads it. */
class Listening {
  readonly headers: Headers;
  readonly _reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly _decoder = new TextDecoder();
  _text = '';

  constructor(response: Response) {
    this.headers = response.headers;
    if (response.body === null) throw new Error('there is no stream');
    this._reader = response.body.getReader();
    onTestFinished(() => this.leave());
  }

  /** What stands between two empty lines; undefined at the end. */
  async block(): Promise<string | undefined> {
    while (!this._text.includes('\n\n')) {
      const { value, done } = await this._reader.read();
      if (done) return undefined;
      this._text += this._decoder.decode(value, { stream: true });
    }
    const end = this._text.indexOf('\n\n');
    const block = this._text.slice(0, end);
    this._text = this._text.slice(end + 2);
    return block;
  }

  async event(): Promise<TailEvent | undefined> {
    const block = await this.block();
    if (block === undefined) return undefined;
    const fields = block.split('\n').map((line) => {
      const [, name = '', value = ''] = /^([^:]*): ?(.*)$/s.exec(line) ?? [];
      return [name, value];
    });
    return Object.fromEntries(fields);
  }

  /** The next trace, and the id of its event. */
  async trace(): Promise<{ line: Json; id: string }> {
    const { data = '', id = '' } = (await this.event()) ?? {};
    return { line: JSON.parse(data), id };
  }

  leave(): Promise<void> {
    return this._reader.cancel();
  }
}

/** Listens; the stream has begun when this resolves. */
async function listen(
  { url }: { url: string },
  query = '',
  headers: Record<string, string> = {},
): Promise<Listening> {
  const response = await fetch(`${url}/api/tail?${query}`, { headers });
  expect(response.status).toBe(200);
  const listening = new Listening(response);
  expect(await listening.event()).toMatchObject({ event: 'start', retry: '2000', data: '' });
  return listening;
}

const of = (traceId: string, fields: Json = {}) => span({ traceId, id: traceId, ...fields });

describe('GET /api/tail', () => {
  it('tells each trace that comes from now on as a line of a list', async () => {
    const collector = await testCollector();
    await post(collector, [of('f')]);
    const listening = await listen(collector);
    expect(listening.headers.get('content-type')).toBe('text/event-stream');
    expect(listening.headers.get('cache-control')).toBe('no-store');
    await post(collector, [
      span({ name: 'GET', tags: { 'http.route': '/orders' } }),
      span({ id: 'b2', parentId: 'b1', duration: 400, tags: { error: '' } }),
    ]);
    expect((await listening.trace()).line).toEqual({
      id: '00000000000000a1',
      service: 'shop',
      name: 'get /orders',
      hasRoot: true,
      timestamp: 1_700_000_000_000_000,
      duration: 1_000,
      spans: 2,
      errors: 1,
      services: [['shop', 2]],
    });
  });

  it('tells a trace again when more of it comes', async () => {
    const collector = await testCollector();
    const listening = await listen(collector);
    await post(collector, [of('1')]);
    expect((await listening.trace()).line).toMatchObject({ spans: 1 });
    await post(collector, [of('1', { id: '2' })]);
    expect((await listening.trace()).line).toMatchObject({ id: '0000000000000001', spans: 2 });
  });

  it('tells what another process adds to the same file', async () => {
    const collector = await testCollector();
    const other = await testCollector({ db: collector.db });
    const listening = await listen(collector);
    await post(other, [of('1')]);
    expect((await listening.trace()).line).toMatchObject({ id: '0000000000000001' });
  });

  it('tells only what the parameters of the search ask for, whatever their time and limit', async () => {
    const collector = await testCollector();
    const all = await Promise.all(
      [
        'serviceName=Stock',
        'annotationQuery=error+and+k%3Dv',
        'minDuration=5000&spanName=all',
        'spanName=get&serviceName=stock&limit=1&endTs=1000&lookback=1',
      ].map((query) => listen(collector, query)),
    );
    const stock = { localEndpoint: { serviceName: 'stock' } };
    await post(collector, [
      of('1'),
      of('2', { ...stock, name: 'put', duration: 9_000 }),
      of('3', { tags: { error: '' } }),
      of('4', { tags: { error: '', k: 'v' } }),
      of('5', { ...stock, tags: { error: '', k: 'v' }, duration: 5_000 }),
    ]);
    const found = await Promise.all(
      all.map(async (listening) => {
        const ids: number[] = [];
        // The last trace is what each of them waits for.
        while (ids.at(-1) !== 5) ids.push(Number((await listening.trace()).line.id));
        return ids;
      }),
    );
    expect(found).toEqual([[2, 5], [4, 5], [2, 5], [5]]);
  });

  it('goes on after the last event that a listener had, so that none is lost', async () => {
    const collector = await testCollector();
    const listening = await listen(collector);
    await post(collector, [of('1')]);
    const { id } = await listening.trace();
    await listening.leave();
    await post(collector, [of('2'), of('3')]);
    for (const again of [
      await listen(collector, '', { 'last-event-id': id }),
      await listen(collector, `lastEventId=${id}`),
    ]) {
      expect((await again.trace()).line).toMatchObject({ id: '0000000000000002' });
      expect((await again.trace()).line).toMatchObject({ id: '0000000000000003' });
    }
  });

  it('gives each event an id after which nothing is missing, wherever the connection broke', async () => {
    const collector = await testCollector();
    const listening = await listen(collector);
    const traces = Array.from({ length: 50 }, (_, index) => (index + 1).toString(16));
    // Traces whose spans are mixed, some of which come later.
    await post(
      collector,
      traces.map((trace) => of(trace)),
    );
    await post(
      collector,
      traces.map((trace) => of(trace, { id: `${trace}ff` })),
    );
    for (let had = 0; had < 10; had += 1) await listening.trace();
    const { id } = await listening.trace();
    await listening.leave();
    const again = await listen(collector, '', { 'last-event-id': id });
    const rest = new Set<number>();
    while (!rest.has(50)) rest.add(Number.parseInt(String((await again.trace()).line.id), 16));
    for (let trace = 12; trace <= 50; trace += 1) expect(rest).toContain(trace);
  });

  it('begins with now for an id of a file that was larger', async () => {
    const collector = await testCollector();
    await post(collector, [of('1')]);
    const listening = await listen(collector, '', { 'last-event-id': '999999' });
    await post(collector, [of('2')]);
    expect((await listening.trace()).line).toMatchObject({ id: '0000000000000002' });
  });

  it.each([
    ['minDuration=soon', {}, 'minDuration must be a whole number'],
    ['limit=99999999', {}, 'limit is over 10000'],
    ['lastEventId=x', {}, 'Last-Event-ID must be a whole number'],
    ['', { 'last-event-id': '-1' }, 'Last-Event-ID must be a whole number'],
  ])('answers what it cannot read with 400 and a sentence: %s %o', async (query, headers, text) => {
    const collector = await testCollector();
    const response = await fetch(`${collector.url}/api/tail?${query}`, { headers });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(text);
  });

  it('is not for pages from elsewhere', async () => {
    const collector = await testCollector();
    const response = await fetch(`${collector.url}/api/tail`, {
      headers: { origin: 'https://elsewhere.example' },
    });
    expect(response.status).toBe(403);
  });

  it('has room for a hundred listeners, and again for one when one has gone', async () => {
    const collector = await testCollector();
    const all = await Promise.all(Array.from({ length: 100 }, () => listen(collector)));
    const head = await fetch(`${collector.url}/api/tail`, { method: 'HEAD' });
    expect(head.status).toBe(200);
    const refused = await get(collector, '/api/tail');
    expect(refused).toMatchObject({
      status: 503,
      text: '100 listeners follow the traces already: close one',
    });
    await all[0]?.leave();
    const status = async () => {
      const response = await fetch(`${collector.url}/api/tail`);
      await response.body?.cancel();
      return response.status;
    };
    await expect.poll(status).toBe(200);
    await post(collector, [of('1')]);
    expect((await all[99]?.trace())?.line).toMatchObject({ id: '0000000000000001' });
  });

  it('lets somebody who reads slowly have everything, without keeping it for them', async () => {
    const collector = await testCollector();
    const text = 'x'.repeat(20_000);
    const { port } = collector;
    const sent = request({ host: '127.0.0.1', port, path: '/api/tail', agent: false }).end();
    onTestFinished(() => void sent.destroy());
    const got = await new Promise<NodeJS.ReadableStream>((resolve) => sent.on('response', resolve));
    got.setEncoding('utf8').pause();
    const listening = await listen(collector);
    // More than the buffers of both ends hold: each line tells the name.
    for (let batch = 0; batch < 10; batch += 1) {
      const ids = Array.from({ length: 50 }, (_, index) => (batch * 50 + index + 1).toString(16));
      await post(
        collector,
        ids.map((id) => of(id, { name: text })),
      );
    }
    const seen = new Set<unknown>();
    while (seen.size < 500) seen.add((await listening.trace()).line.id);
    const late = new Set<string>();
    let rest = '';
    await new Promise<void>((resolve) => {
      got.on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          if (line.startsWith('data: ')) late.add(JSON.parse(line.slice(6)).id);
        }
        if (late.size === 500) resolve();
      });
      got.resume();
    });
    expect(late).toEqual(seen);
  });

  it('says something every 15 seconds, and with it how far it has looked', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    onTestFinished(() => void vi.useRealTimers());
    const collector = await testCollector();
    const listening = await listen(collector, 'serviceName=other');
    await post(collector, [of('1'), of('2')]);
    await vi.advanceTimersByTimeAsync(15_500);
    expect(await listening.block()).toBe(': alive\nid: 2');
  });

  it('ends when the collector closes, at once', async () => {
    const collector: Collector = await startCollector({
      port: 0,
      db: `${await temporaryFolder()}/traces.db`,
    });
    const all = await Promise.all([listen(collector), listen(collector)]);
    // The collector's timer that would end connections by force never fires.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    await collector.close();
    for (const listening of all) expect(await listening.event()).toBeUndefined();
  });
});
