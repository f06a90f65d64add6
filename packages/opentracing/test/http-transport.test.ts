import { inspect } from 'node:util';
import { gunzipSync } from 'node:zlib';
import type { ExportError } from 'opentracing-ts/basictracer';
import { type HttpTransportOptions, httpTransport } from 'opentracing-ts/exporters';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { startCollector } from './faults/collector.js';

const JSON_TYPE = 'application/json';
const LARGE = new TextEncoder().encode(JSON.stringify([{ name: 'x'.repeat(5_000) }]));
const SMALL = new TextEncoder().encode('[{"name":"small"}]');

function transport(options: HttpTransportOptions) {
  const send = httpTransport(options);
  onTestFinished(() => send.close?.());
  return send;
}

function rejection(promise: Promise<unknown>): Promise<ExportError> {
  return promise.then(
    () => expect.unreachable(),
    (error) => error,
  );
}

/** What is there to speak HTTP with: Node's modules, or `fetch` as on other runtimes. */
const VARIANTS = [
  ['node:http', () => {}],
  ['fetch', () => vi.stubGlobal('process', { ...process, getBuiltinModule: undefined })],
] as const;

afterEach(() => vi.unstubAllGlobals());

describe.each(VARIANTS)('httpTransport over %s', (variant, prepare) => {
  async function prepared(...args: Parameters<typeof startCollector>) {
    const collector = await startCollector(...args);
    prepare();
    return collector;
  }

  it('posts the body with its type, and resolves with the body of the answer', async () => {
    const { url, exchanges } = await prepared(({ response }) => response.end('taken'));
    const answer = await transport({ url, headers: { 'x-tenant': 'a' } })(SMALL, 'text/x-spans');
    expect(new TextDecoder().decode(answer as Uint8Array)).toBe('taken');
    expect(exchanges[0]?.headers).toMatchObject({
      b3: '0',
      'x-tenant': 'a',
      'content-type': 'text/x-spans',
    });
    expect([...(exchanges[0]?.body ?? [])]).toEqual([...SMALL]);
  });

  it('reads 64 KiB of the answer at most', async () => {
    const { url } = await prepared(({ response }) => response.end('x'.repeat(1_000_000)));
    const answer = await transport({ url })(SMALL, JSON_TYPE);
    expect(answer).toHaveLength(65_536);
  });

  it('asks a function for the headers of each request', async () => {
    const { url, exchanges } = await prepared();
    let token = 0;
    const send = transport({
      url,
      headers: async () => ({ authorization: `Bearer ${++token}` }),
    });
    await send(SMALL, JSON_TYPE);
    await send(SMALL, JSON_TYPE);
    expect(exchanges.map(({ headers }) => headers.authorization)).toEqual(['Bearer 1', 'Bearer 2']);
  });

  it('keeps the spans while that function fails', async () => {
    const { url, exchanges } = await prepared();
    const headers = () => {
      throw new Error('no token yet');
    };
    const error = await rejection(transport({ url, headers })(SMALL, JSON_TYPE));
    expect(error).toMatchObject({ name: 'ExportError', retryable: true });
    expect(error.message).toContain('no token yet');
    expect(exchanges).toEqual([]);
  });

  it('sends the name and password of the URL as Authorization', async () => {
    const { url, exchanges } = await prepared();
    await transport({ url: url.replace('//', '//us%C3%A9r:p%40ss@') })(SMALL, JSON_TYPE);
    const [scheme, credentials] = exchanges[0]?.headers.authorization?.split(' ') ?? [];
    expect([scheme, Buffer.from(credentials ?? '', 'base64').toString()]).toEqual([
      'Basic',
      'usér:p@ss',
    ]);
  });

  it('compresses what is large, when it is asked to', async () => {
    const { url, exchanges } = await prepared();
    const send = transport({ url, compression: 'gzip' });
    await send(LARGE, JSON_TYPE);
    await send(SMALL, JSON_TYPE);
    const [large, small] = exchanges;
    expect(large?.headers['content-encoding']).toBe('gzip');
    expect(large?.body.byteLength).toBeLessThan(200);
    expect([...gunzipSync(large?.body ?? '')]).toEqual([...LARGE]);
    expect(small?.headers).not.toHaveProperty('content-encoding');
  });

  it('does not compress on the loopback by default', async () => {
    const { url, exchanges } = await prepared();
    await transport({ url })(LARGE, JSON_TYPE);
    await transport({ url: url.replace('127.0.0.1', 'localhost') })(LARGE, JSON_TYPE);
    expect(exchanges.map(({ headers }) => headers['content-encoding'])).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('takes a refusal for the spans and not for gzip, where gzip has been taken before', async () => {
    const { url, exchanges } = await prepared(({ number, accept, refuse }) =>
      number === 1 ? accept() : refuse(400),
    );
    const send = transport({ url, compression: 'gzip' });
    await send(LARGE, JSON_TYPE);
    await rejection(send(LARGE, JSON_TYPE));
    expect(exchanges).toHaveLength(2);
  });

  it.each([
    [415, ['gzip', undefined, undefined, undefined]],
    [400, ['gzip', undefined, 'gzip', undefined, undefined]],
    [422, ['gzip', undefined, 'gzip', undefined, undefined]],
  ])(
    'sends no more compressed bodies to a collector that cannot read them (%i)',
    async (status, encodings) => {
      const { url, exchanges } = await prepared(({ headers, accept, refuse }) =>
        headers['content-encoding'] === 'gzip' ? refuse(status) : accept(),
      );
      const send = transport({ url, compression: 'gzip' });
      for (let count = 0; count < 3; count++) {
        await send(LARGE, JSON_TYPE);
      }
      expect(exchanges.map(({ headers }) => headers['content-encoding'])).toEqual(encodings);
    },
  );

  it('goes on to compress after a single refusal that the status does not explain', async () => {
    const { url, exchanges } = await prepared(({ number, accept, refuse }) =>
      number === 1 ? refuse(400) : accept(),
    );
    const send = transport({ url, compression: 'gzip' });
    await send(LARGE, JSON_TYPE);
    await send(LARGE, JSON_TYPE);
    expect(exchanges.map(({ headers }) => headers['content-encoding'])).toEqual([
      'gzip',
      undefined,
      'gzip',
    ]);
  });

  it('sends one header for names that differ in case', async () => {
    const { url, exchanges } = await prepared();
    const headers = { 'Content-Type': 'text/other', Authorization: 'Bearer t', B3: '1' };
    await transport({ url: url.replace('//', '//user:pass@'), headers })(SMALL, JSON_TYPE);
    expect(exchanges[0]?.headers).toMatchObject({
      'content-type': JSON_TYPE,
      authorization: 'Bearer t',
      b3: '1',
    });
  });

  it('names this package and its version, unless the program says something else', async () => {
    const { url, exchanges } = await prepared();
    await transport({ url })(SMALL, JSON_TYPE);
    await transport({ url, headers: { 'User-Agent': 'bakery/2' } })(SMALL, JSON_TYPE);
    expect(exchanges.map(({ headers }) => headers['user-agent'])).toEqual([
      `opentracing-ts/${manifest.version}`,
      'bakery/2',
    ]);
  });

  it('shows what a collector says in one line and without what controls a terminal', async () => {
    const said = '\u001b[2J\u001b[31mred\r\nopentracing-ts: forged\u202e\u0007';
    const { url } = await prepared(({ refuse }) => refuse(400, {}, said));
    const { message } = await rejection(transport({ url })(SMALL, JSON_TYPE));
    expect(message).toBe(
      `The collector at ${url} answered 400: [2J [31mred opentracing-ts: forged`,
    );
  });

  it('shows of the address of a redirect neither the password nor the query', async () => {
    const location = 'https://user:secret@127.0.0.1/login?key=secret';
    const { url } = await prepared(({ refuse }) => refuse(302, { location }));
    const { message } = await rejection(transport({ url })(SMALL, JSON_TYPE));
    expect(message).toContain('as url (https://127.0.0.1/login)');
  });

  it.each([
    [400, { retryable: false, divisible: true }],
    [401, { retryable: false, divisible: false }],
    [403, { retryable: false, divisible: false }],
    [404, { retryable: false, divisible: false }],
    [408, { retryable: true, divisible: false }],
    [413, { retryable: false, divisible: true }],
    [422, { retryable: false, divisible: true }],
    [429, { retryable: true, divisible: false }],
    [500, { retryable: true, divisible: false }],
    [501, { retryable: false, divisible: false }],
    [502, { retryable: true, divisible: false }],
    [503, { retryable: true, divisible: false }],
    [504, { retryable: true, divisible: false }],
    [302, { retryable: false, divisible: false }],
  ])('says what may be done after an answer %i', async (status, expected) => {
    const { url } = await prepared(({ refuse }) => refuse(status, {}, 'because'));
    const error = await rejection(transport({ url })(SMALL, JSON_TYPE));
    expect(error).toMatchObject({ name: 'ExportError', ...expected });
    expect(error.message).toContain(`${url} answered ${status}: because`);
  });

  it('says, in one line, that spans wait where they do', async () => {
    const { url } = await prepared(({ refuse }) => refuse(503, {}, 'too\n  busy\n'));
    expect((await rejection(transport({ url })(SMALL, JSON_TYPE))).message).toBe(
      `The collector at ${url} answered 503: too busy; while the program runs, spans wait until it takes them`,
    );
  });

  it('says, in one line, that TLS is spoken to a port of HTTP', async () => {
    const collector = await prepared();
    const url = collector.url.replace('http:', 'https:');
    const { message } = await rejection(transport({ url })(SMALL, JSON_TYPE));
    expect(message).toMatch(/^[^\n]+$/);
    if (variant === 'node:http') {
      expect(message).toBe(
        `The collector at ${url} cannot be reached (it does not speak TLS there; is http: meant ` +
          'rather than https:?); while the program runs, spans wait until it can',
      );
    }
  });

  it('takes a URL and Headers as objects', async () => {
    const { url, exchanges } = await prepared();
    const headers = new Headers({ 'X-Key': 'a' }) as unknown as HeadersOf;
    await transport({ url: new URL(url), headers })(SMALL, JSON_TYPE);
    await transport({ url, headers: () => headers as Record<string, string> })(SMALL, JSON_TYPE);
    expect(exchanges.map((exchange) => exchange.headers['x-key'])).toEqual(['a', 'a']);
  });

  it.each([
    ['text', 'Bearer secret'],
    ['5', 5],
    ['null', null],
  ])('keeps the spans while the function for the headers gives %s', async (shown, given) => {
    const { url, exchanges } = await prepared();
    const headers = (() => given) as unknown as () => Record<string, string>;
    const send = transport({ url, headers });
    const { message, retryable } = await rejection(send(SMALL, JSON_TYPE));
    expect(message).toBe(
      `The function that gives the headers for ${new URL(url).origin} failed ` +
        `(they are ${shown} rather than an object); spans wait until it works`,
    );
    expect(retryable).toBe(true);
    const last = () => send.sendLast?.([{ body: SMALL, contentType: JSON_TYPE }], 1_000);
    expect(last).toThrow(`they are ${shown} rather than an object`);
    expect(exchanges).toHaveLength(0);
  });

  it('retries after the statuses that it is told', async () => {
    const { url } = await prepared(({ refuse }) => refuse(500));
    const send = transport({ url, retryStatuses: [429, 502, 503, 504] });
    expect(await rejection(send(SMALL, JSON_TYPE))).toMatchObject({ retryable: false });
  });

  it.each([
    ['2', 2_000, 2_000],
    [' 0 ', 0, 0],
    ['99999999999999999999', 3_600_000, 3_600_000],
    ['-1', undefined, undefined],
    ['soon', undefined, undefined],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0, 0],
    [new Date(Date.now() + 600_000).toUTCString(), 500_000, 600_000],
  ])('understands Retry-After: %s', async (value, least, most) => {
    const { url } = await prepared(({ refuse }) => refuse(503, { 'retry-after': value }));
    const { retryAfterMs } = await rejection(transport({ url })(SMALL, JSON_TYPE));
    if (least === undefined) {
      expect(retryAfterMs).toBeUndefined();
    } else {
      expect(retryAfterMs).toBeGreaterThanOrEqual(least);
      expect(retryAfterMs).toBeLessThanOrEqual(most);
    }
  });

  it('says that no answer came in time', async () => {
    const { url } = await prepared(() => {});
    const error = await rejection(transport({ url, timeoutMs: 20 })(SMALL, JSON_TYPE));
    expect(error).toMatchObject({ name: 'ExportError', retryable: true });
    expect(error.message).toContain('no answer in 20 ms');
  });

  it('is not followed by a second request when a new connection is reset', async () => {
    const { url, exchanges } = await prepared(({ reset }) => reset());
    expect(await rejection(transport({ url })(SMALL, JSON_TYPE))).toMatchObject({
      retryable: true,
      divisible: false,
    });
    expect(exchanges).toHaveLength(1);
  });

  it('takes the status for the answer when the rest of it is lost', async () => {
    const { url } = await prepared(({ response, reset }) => {
      response.writeHead(202, { 'content-length': 100 });
      response.write('half', () => reset());
    });
    await transport({ url })(SMALL, JSON_TYPE);
  });
});

it('handles the failure of headers for which there is no waiting when the program ends', () => {
  const failed = Promise.reject<HeadersOf>(new Error('no token'));
  const then = vi.spyOn(failed, 'then');
  const send = transport({ url: 'http://127.0.0.1:9/', headers: () => failed });
  try {
    send.sendLast?.([{ body: SMALL, contentType: JSON_TYPE }], 1);
  } catch {}
  expect(then.mock.lastCall?.[1]).toBeTypeOf('function');
});

describe('the options of httpTransport', () => {
  it.each([
    ['http://user:secret@a b/', 'http://***@a b/'],
    ['http://user:secret/1@host/', 'http://***@host/'],
    ['user:secret@host:9411', '***@host:9411'],
    ['ftp://host/?key=secret', 'ftp://host/?***'],
  ])('shows no password or query of a URL that is none (%s)', (url, shown) => {
    expect(() => httpTransport({ url })).toThrow(`The URL of the collector is '${shown}'; it has`);
  });

  const url = 'http://127.0.0.1:9411/api/v2/spans';

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, '5' as unknown as number])(
    'has no timeout of %s',
    (timeoutMs) => {
      const make = () => httpTransport({ url, timeoutMs });
      expect(make).toThrow(RangeError);
      expect(make).toThrow('timeoutMs is');
    },
  );

  it('has no other compression', () => {
    const make = () => httpTransport({ url, compression: 'br' as 'gzip' });
    expect(make).toThrow(RangeError);
    expect(make).toThrow("The compression 'br' is not known; use 'gzip' or 'none'.");
  });

  it.each([{ 'bad name': 'x' }, { name: 'secret\nsecret' }, 'authorization', 5, null])(
    'has no headers such as %j',
    (headers) => {
      const make = () => httpTransport({ url, headers: headers as unknown as HeadersOf });
      expect(make).toThrow(TypeError);
      expect(make).toThrow('The headers for the collector are none');
    },
  );

  it('does not show the value of a header, which may be secret', async () => {
    const headers = { authorization: 'Bearer secret\n' };
    const shown: unknown[] = [];
    try {
      httpTransport({ url, headers: { ...headers, 'x-key': 'secret\nsecret' } });
    } catch (error) {
      shown.push(error);
    }
    const given = httpTransport({ url, headers: () => ({ ...headers, 'x-key': 'secret\0' }) });
    await given(new Uint8Array(), 'text/plain').catch((error) => shown.push(error));
    expect(shown).toHaveLength(2);
    for (const error of shown) {
      expect(inspect(error)).toContain("'x-key' has a name or a value that HTTP does not allow");
      expect(inspect(error)).not.toContain('secret');
    }
  });
});

type HeadersOf = Exclude<HttpTransportOptions['headers'], (() => unknown) | undefined>;
