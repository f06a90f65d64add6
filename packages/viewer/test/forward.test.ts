import { join } from 'node:path';
import Database from 'libsql';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Receiver } from '../src/forward/receiver.js';
import { Relay } from '../src/forward/relay.js';
import { normalizeSpan } from '../src/model/normalize.js';
import { get, type Json, post, span, temporaryFolder, testCollector } from './support/collector.js';
import { type Running, runViewer, viewer } from './support/command.js';
import { type FakeReceiver, fakeReceiver, type Received } from './support/receiver.js';

let db: string;

beforeEach(async () => {
  db = join(await temporaryFolder(), 'traces.db');
});

/** The command, ready to take spans at `url`. */
async function forward(to: string, ...options: string[]): Promise<Running & { url: string }> {
  const running = viewer(['forward', '--port', '0', '--db', db, '--to', to, ...options]);
  const [, url = ''] = await running.waitFor(/open (http:\S+) to see traces/);
  await running.waitFor(/press Ctrl-C/);
  return Object.assign(running, { url });
}

/** Stops it as Ctrl-C does. @returns what it said on stderr, line by line */
async function stop(running: Running): Promise<string[]> {
  running.child.kill('SIGINT');
  expect(await running.ended).toEqual({ code: 0, signal: null });
  return running.stderr.trimEnd().split('\n');
}

const spans = (from: number, to: number): Json[] =>
  Array.from({ length: to - from }, (_, i) => span({ id: (from + i).toString(16) }));

/** The names that the spans of a test have here: their numbers. */
const idsOf = (requests: readonly Received[]): number[] =>
  requests.flatMap(({ body }) => (body as Json[]).map(({ id }) => Number.parseInt(String(id), 16)));

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

/** The reports in a file, as they came. */
async function readRows(path: string): Promise<unknown[]> {
  const file = new Database(path, { readonly: true });
  try {
    return file.prepare('SELECT body FROM span').all();
  } finally {
    file.close();
  }
}

const has = (count: number) => (requests: Received[]) => idsOf(requests).length >= count;

const SAYS = 'opentracing-viewer:';

describe('opentracing-viewer forward', () => {
  it('relays what it receives to Zipkin, keeps it, and says at the end how much that was', async () => {
    const zipkin = await fakeReceiver();
    const running = await forward(zipkin.url);
    expect(running.stdout).toContain(`spans are relayed to ${zipkin.url}/api/v2/spans\n`);
    await post(running, spans(1, 4));
    await zipkin.until(has(3));
    expect(zipkin.requests[0]?.path).toBe('/api/v2/spans');
    expect(zipkin.requests[0]?.headers).toMatchObject({ 'content-type': 'application/json' });
    expect(zipkin.requests[0]?.body).toEqual(
      [1, 2, 3].map((id) => span({ id: `000000000000000${id}` })),
    );
    expect(await stop(running)).toEqual([`${SAYS} relayed 3 spans to ${zipkin.url}/api/v2/spans`]);
    expect((await runViewer(['ls', '--db', db])).stdout).toContain('shop: get');
  });

  it('sends what is left when it is stopped, and what others write to the same file', async () => {
    const zipkin = await fakeReceiver();
    const running = await forward(zipkin.url);
    const other = await testCollector({ db });
    await post(other, spans(1, 2_501));
    const said = await stop(running);
    expect(said).toEqual([`${SAYS} relayed 2500 spans to ${zipkin.url}/api/v2/spans`]);
    expect(idsOf(zipkin.requests)).toEqual(range(1, 2_501));
    expect(zipkin.requests.length).toBeGreaterThanOrEqual(3);
  });

  it('keeps what the receiver cannot take, says so once, and sends it when the receiver is back', async () => {
    const gone = await fakeReceiver();
    await gone.close();
    const running = await forward(gone.url);
    expect((await post(running, spans(1, 3))).status).toBe(202);
    await running.waitFor(
      /takes no spans now \(connect ECONNREFUSED [^)]+\): they wait in the file until it does\n/,
    );
    await post(running, spans(3, 5));
    const back = await fakeReceiver(undefined, gone.port);
    await back.until(has(4));
    expect(idsOf(back.requests)).toEqual([1, 2, 3, 4]);
    const said = await stop(running);
    expect(said.slice(1)).toEqual([
      `${SAYS} ${back.url}/api/v2/spans takes spans again`,
      `${SAYS} relayed 4 spans to ${back.url}/api/v2/spans`,
    ]);
  });

  it('goes on after a restart where it ended, and begins with what comes after its first start', async () => {
    const earlier = await testCollector({ db });
    await post(earlier, spans(100, 110));
    await earlier.close();
    const down = await fakeReceiver((_, response) => response.writeHead(503).end('starting'));
    const running = await forward(down.url);
    await post(running, spans(1, 4));
    await running.waitFor(/\(it answers 503: starting\)/);
    expect((await stop(running)).at(-1)).toBe(
      `${SAYS} relayed 0 spans to ${down.url}/api/v2/spans, 3 wait in the file for the next start`,
    );
    await down.close();
    const meanwhile = await testCollector({ db });
    await post(meanwhile, spans(4, 5));
    await meanwhile.close();

    const up = await fakeReceiver(undefined, down.port);
    const again = await forward(up.url);
    await up.until(has(4));
    expect(idsOf(up.requests)).toEqual([1, 2, 3, 4]);
    await stop(again);
  });

  it('loses nothing when it is killed', async () => {
    const refusing = await fakeReceiver((_, response) => response.writeHead(500).end());
    const running = await forward(refusing.url);
    await post(running, spans(1, 4));
    await refusing.until(has(3));
    running.child.kill('SIGKILL');
    await running.ended;
    await refusing.close();
    const up = await fakeReceiver(undefined, refusing.port);
    const again = await forward(up.url);
    await up.until(has(3));
    expect(idsOf(up.requests)).toEqual([1, 2, 3]);
    await stop(again);
  });

  it.each([429, 500, 503, 408, 401, 404, 302])(
    'sends again what is answered with %d',
    async (status) => {
      let answers = 0;
      const busy = await fakeReceiver((_, response) => {
        answers += 1;
        const headers = { 'retry-after': '1', location: 'http://127.0.0.1:1/' };
        response.writeHead(answers === 1 ? status : 202, headers).end('not now');
      });
      const running = await forward(busy.url);
      await post(running, spans(1, 3));
      await busy.until(has(4));
      expect(idsOf(busy.requests)).toEqual([1, 2, 1, 2]);
      const said = await stop(running);
      expect(said[0]).toBe(
        `${SAYS} ${busy.url}/api/v2/spans takes no spans now (it answers ${status}: not now): they wait in the file until it does`,
      );
      expect(said.at(-1)).toBe(`${SAYS} relayed 2 spans to ${busy.url}/api/v2/spans`);
    },
  );

  it.each([400, 413])(
    'finds the one span that is answered with %d, and relays all others once',
    async (status) => {
      const taken: Received[] = [];
      const strict = await fakeReceiver((request, response) => {
        const refuses = idsOf([request]).includes(13);
        if (!refuses) taken.push(request);
        response.writeHead(refuses ? status : 202).end(refuses ? 'span 13 is\nwrong' : '');
      });
      const running = await forward(strict.url);
      await post(running, spans(1, 101));
      await strict.until(() => idsOf(taken).length === 99);
      expect(idsOf(taken)).toEqual(range(1, 101).filter((id) => id !== 13));
      expect(await stop(running)).toEqual([
        `${SAYS} ${strict.url}/api/v2/spans refuses a span (it answers ${status}: span 13 is wrong): it stays in the file, and so will others`,
        `${SAYS} relayed 99 spans to ${strict.url}/api/v2/spans, 1 refused`,
      ]);
    },
  );

  it('ends in time while the receiver hangs, and keeps what it did not take', async () => {
    const hanging = await fakeReceiver(() => {});
    const running = await forward(hanging.url);
    await post(running, spans(1, 3));
    await hanging.until(has(2));
    expect((await stop(running)).at(-1)).toContain('relayed 0 spans to');
    expect(running.stderr).toContain('2 wait in the file for the next start');
  });

  it.each(['others come', 'it is stopped'])(
    'tells of spans that were deleted before the receiver took them, when %s',
    async (then) => {
      let isBusy = true;
      const zipkin = await fakeReceiver((_, response) =>
        response.writeHead(isBusy ? 503 : 202, { 'retry-after': '1' }).end(),
      );
      // What was deleted before the first start was not to be relayed.
      const earlier = await testCollector({ db });
      await post(earlier, [span({ traceId: 'e1' })]);
      await earlier.close();
      const file = new Database(db);
      file.exec('DELETE FROM span; DELETE FROM term; DELETE FROM trace');
      file.close();
      const running = await forward(zipkin.url, '--max-age', '1h');
      await post(running, spans(1, 4));
      await running.waitFor(/takes no spans now/);
      const other = new Database(db, { timeout: 5_000 });
      other.exec('UPDATE trace SET arrived = arrived - 7200000');
      other.close();
      await vi.waitFor(
        async () => expect((await get(running, '/api/v2/trace/a1')).status).toBe(404),
        { timeout: 20_000, interval: 50 },
      );
      isBusy = false;
      const before = zipkin.requests.length;
      if (then === 'others come') {
        await post(running, [span({ traceId: 'a2', id: '9' })]);
        await zipkin.until(() => idsOf(zipkin.requests.slice(before)).includes(9));
      }
      const sent = then === 'others come' ? '1 span' : '0 spans';
      const said = await stop(running);
      expect(said.at(-1)).toBe(
        `${SAYS} relayed ${sent} to ${zipkin.url}/api/v2/spans, 3 deleted before it took them`,
      );
      expect(said).toContain(
        `${SAYS} spans were deleted before ${zipkin.url}/api/v2/spans took them: --max-size or --max-age is less than what waits`,
      );
      const again = await forward(zipkin.url);
      expect(await stop(again)).toEqual([`${SAYS} relayed 0 spans to ${zipkin.url}/api/v2/spans`]);
    },
  );

  it('sends fewer spans at once to a receiver that does not answer in time', async () => {
    const sizes: number[] = [];
    const receiver: Receiver = {
      name: 'slow',
      async send(list) {
        sizes.push(list.length);
        return list.length > 300
          ? { kind: 'unavailable', reason: 'no answer', waitMs: 1, isSlow: true }
          : { kind: 'taken', refused: 0, reason: '' };
      },
    };
    let taken = 0;
    const queue = {
      next: (limit: number) => {
        const list = spans(taken + 1, Math.min(taken + limit, 1_000) + 1).map((each) =>
          normalizeSpan(each, 'the span'),
        );
        return { cursor: taken + list.length, spans: list, deleted: 0 };
      },
      done: (cursor: number) => {
        taken = cursor;
      },
    };
    const relay = new Relay({ queue, receiver, say: () => {} });
    await vi.waitFor(() => expect(relay.sent).toBe(1_000));
    await relay.close(1_000);
    expect(sizes.slice(0, 3)).toEqual([1_000, 500, 250]);
  });

  it('relays to OTLP where the address is one of it, and tells what was left out there', async () => {
    const otlp = await fakeReceiver((_, response) => {
      const partialSuccess = { rejectedSpans: '1', errorMessage: 'too old' };
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ partialSuccess }));
    });
    const running = await forward(`${otlp.url}/v1/traces`);
    await post(running, spans(1, 3));
    await otlp.until((requests) => requests.length === 1);
    expect(otlp.requests[0]).toMatchObject({
      path: '/v1/traces',
      body: {
        resourceSpans: [
          {
            resource: {
              attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }],
            },
            scopeSpans: [{ spans: [{ name: 'get' }, { name: 'get' }] }],
          },
        ],
      },
    });
    expect(await stop(running)).toEqual([
      `${SAYS} ${otlp.url}/v1/traces refuses a span (too old): it stays in the file, and so will others`,
      `${SAYS} relayed 1 span to ${otlp.url}/v1/traces, 1 refused`,
    ]);
  });

  it('relays to another collector of this program by OTLP as by Zipkin', async () => {
    const target = await testCollector();
    for (const [id, to] of [target.url, `${target.url}/v1/traces`].entries()) {
      const running = await forward(to);
      const traceId = `${id + 1}`.repeat(16);
      await post(running, [
        span({ traceId, kind: 'SERVER', tags: { error: 'no', 'http.method': 'GET' } }),
      ]);
      await stop(running);
      const trace = await get(target, `/api/v2/trace/${traceId}`);
      expect(trace.json).toMatchObject([
        { name: 'get', kind: 'SERVER', duration: 1_000, tags: { error: 'no' } },
      ]);
    }
  });

  it('sends headers and never shows them', async () => {
    const zipkin = await fakeReceiver((_, response) => response.writeHead(403).end('no'));
    const headers = ['--header', 'Authorization: Basic c2VjcmV0', '--header', 'x-scope: team:a'];
    const running = await forward(`${zipkin.url}/base/?token=secret`, ...headers);
    await post(running, spans(1, 2));
    await zipkin.until(has(1));
    expect(zipkin.requests[0]?.path).toBe('/base/api/v2/spans?token=secret');
    expect(zipkin.requests[0]?.headers).toMatchObject({
      authorization: 'Basic c2VjcmV0',
      'x-scope': 'team:a',
    });
    await stop(running);
    expect(running.stdout + running.stderr).not.toMatch(/c2VjcmV0|secret|team:a/);
  });

  it('is what the plain command does with --to', async () => {
    const zipkin: FakeReceiver = await fakeReceiver();
    const running = viewer(['--port', '0', '--db', db, '--to', zipkin.url]);
    const [, url = ''] = await running.waitFor(/open (http:\S+) to see traces/);
    await post({ url }, spans(1, 2));
    await zipkin.until(has(1));
    await stop(running);
  });

  it('does not relay to itself', async () => {
    const { port, close } = await testCollector();
    await close();
    for (const host of ['127.0.0.1', 'localhost']) {
      const to = `http://${host}:${port}`;
      const { code, stderr } = await runViewer([
        'forward',
        '--port',
        `${port}`,
        '--db',
        db,
        '--to',
        to,
      ]);
      expect(stderr).toBe(
        `${SAYS} --to ${to}/api/v2/spans is this collector itself: choose another port by --port\n`,
      );
      expect(code).toBe(2);
    }
  });

  it.each(['', '/v1/traces'])('ends with a collector on the same file: %s', async (path) => {
    const other = await testCollector({ db });
    const running = await forward(`${other.url}${path}`);
    await post(running, [span()]);
    const copies = async () => (await readRows(db)).length;
    const told = async () => (await get(other, '/metrics')).json as Record<string, number>;
    const received = 'counter.zipkin_collector.spans.http';
    await vi.waitUntil(async () => Number((await told())[received]) >= 1);
    await stop(running);
    // OTLP says some of it in other words, once.
    expect(await copies()).toBeLessThanOrEqual(path === '' ? 1 : 2);
  });

  it('ends with a collector that relays back', async () => {
    const other = await testCollector();
    const there = await forward(other.url);
    const back = await viewer(['forward', '--port', '0', '--db', other.db, '--to', there.url]);
    await back.waitFor(/press Ctrl-C/);
    await post(there, spans(1, 4));
    await vi.waitUntil(async () => (await readRows(other.db)).length === 3);
    expect(await stop(back)).toEqual([`${SAYS} relayed 3 spans to ${there.url}/api/v2/spans`]);
    expect(await stop(there)).toEqual([`${SAYS} relayed 3 spans to ${other.url}/api/v2/spans`]);
    expect(await readRows(db)).toHaveLength(3);
  });

  it.each([
    [[], '--to'],
    [['--to', 'host:9411'], 'http://127.0.0.1:9411'],
    [['--to', ''], 'http://127.0.0.1:9411'],
    [['--to', 'http://me:secret@host'], '--to takes no password'],
    [['--to', 'http://host', '--header', 'secret'], "--header must be 'Name: value'"],
    [['--to', 'http://host', '--header', 'a b: secret'], "--header must be 'Name: value'"],
    [['--to', 'http://host', '--header', 'a: secret\nb: c'], "--header must be 'Name: value'"],
    [['--to', 'http://host', 'extra'], 'too many arguments'],
  ])('ends misuse with 2 and one sentence without secrets: %s', async (args, sentence) => {
    const { code, stdout, stderr } = await runViewer(['forward', '--db', db, ...args]);
    expect(stderr).toMatch(/^opentracing-viewer: .+\n$/);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toContain('secret');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('takes headers only with a receiver', async () => {
    const { code, stderr } = await runViewer(['--db', db, '--header', 'a: secret']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `${SAYS} option '--header' needs '--to <url>'\n`,
    });
  });
});
