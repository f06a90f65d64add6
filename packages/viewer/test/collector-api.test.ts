import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  FIXTURES,
  fixture,
  get,
  type Json,
  post,
  span,
  testCollector,
} from './support/collector.js';

const TOO_LONG = 10 * 1024 * 1024 + 1;

describe('POST /api/v2/spans', () => {
  it.each(FIXTURES)('takes the real trace %s and gives it back', async (name) => {
    const collector = await testCollector();
    const trace = await fixture(name);

    expect(await post(collector, trace)).toEqual({ status: 202, text: '' });

    const read = await get(collector, `/api/v2/trace/${trace[0]?.traceId}`);
    expect(read.status).toBe(200);
    expect(byId(read.json as Json[])).toEqual(byId(trace.map(asStored)));
  });

  it('takes an empty body and an empty list', async () => {
    const collector = await testCollector();
    expect(await post(collector, '')).toEqual({ status: 202, text: '' });
    expect(await post(collector, '[]')).toEqual({ status: 202, text: '' });
    expect(collector.added).toEqual({ spans: 0, traces: 0, errors: 0 });
  });

  it('takes gzip', async () => {
    const collector = await testCollector();
    const body = Uint8Array.from(gzipSync(JSON.stringify([span()])));
    expect((await post(collector, body, { 'content-encoding': 'gzip' })).status).toBe(202);
    expect((await get(collector, '/api/v2/services')).json).toEqual(['shop']);
  });

  it('takes the spans of programs that are told not to sample the sending', async () => {
    const collector = await testCollector();
    expect((await post(collector, [span()], { b3: '0' })).status).toBe(202);
    expect(collector.added.spans).toBe(1);
  });

  it('is also answered under /zipkin', async () => {
    const collector = await testCollector();
    const response = await fetch(`${collector.url}/zipkin/api/v2/spans`, {
      method: 'POST',
      body: JSON.stringify([span()]),
    });
    expect(response.status).toBe(202);
    expect((await get(collector, '/zipkin/api/v2/services')).json).toEqual(['shop']);
  });

  it('counts what it added', async () => {
    const collector = await testCollector();
    await post(collector, [span(), span({ id: 'b2', tags: { error: '' } })]);
    await post(collector, [span({ id: 'b3' }), span({ traceId: 'a2' })]);
    expect(collector.added).toEqual({ spans: 4, traces: 2, errors: 1 });
  });

  it.each([
    ['a body that is not JSON', 'hello', 'the body is not JSON'],
    ['broken UTF-8', Uint8Array.of(0x5b, 0x22, 0xff, 0x22, 0x5d), 'the body is not JSON'],
    ['an object', '{}', 'the body must be a JSON list'],
    ['a list of something else', '[1]', 'span 0 must be an object'],
    ['a list in a list', [span(), []], 'span 1 must be an object'],
    ['no trace id', [span({ traceId: undefined })], 'span 0: traceId is missing'],
    ['no id', [span(), span({ id: null })], 'span 1: id is missing'],
    ['an id that is a number', [span({ id: 12 })], 'span 0: id must be a string'],
    ['an empty id', [span({ id: '' })], 'span 0: id is empty'],
    ['an id in upper case', [span({ id: 'AB' })], 'span 0: id must be lower-case hexadecimal'],
    ['a trace id that is no number', [span({ traceId: 'xyz' })], 'traceId must be lower-case hex'],
    ['a trace id that is too long', [span({ traceId: '1'.repeat(33) })], 'longer than 32'],
    ['an id that is too long', [span({ id: '1'.repeat(17) })], 'span 0: id is longer than 16'],
    ['a trace id of zeros', [span({ traceId: '0000' })], 'span 0: traceId is all zeros'],
    ['an id of zeros', [span({ id: '0' })], 'span 0: id is all zeros'],
    ['a strange parent', [span({ parentId: 'no' })], 'span 0: parentId must be lower-case hex'],
    ['an unknown kind', [span({ kind: 'client' })], 'kind must be one of CLIENT, SERVER'],
    ['a fraction of a microsecond', [span({ timestamp: 1.5 })], 'timestamp must be a whole number'],
    ['a duration in words', [span({ duration: 'long' })], 'duration must be a whole number'],
    ['a port over 65535', [span({ localEndpoint: { port: 65_536 } })], 'port is over 65535'],
    [
      'an endpoint that is text',
      [span({ remoteEndpoint: 'x' })],
      'remoteEndpoint must be an object',
    ],
    ['tags in a list', [span({ tags: [] })], 'tags must be an object'],
    ['a tag without a value', [span({ tags: { a: null } })], 'tags.a must be a string'],
    ['annotations in an object', [span({ annotations: {} })], 'annotations must be a list'],
    [
      'an annotation without a time',
      [span({ annotations: [{ value: 'x' }] })],
      'annotations[0]: time',
    ],
    [
      'an annotation without a value',
      [span({ annotations: [{ timestamp: 1 }] })],
      'value is missing',
    ],
    ['a flag in words', [span({ shared: 'yes' })], 'shared must be true or false'],
    ['binary annotations', [{ ...span(), binaryAnnotations: [] }], 'is in the Zipkin v1 format'],
    [
      'annotations with endpoints',
      [span({ annotations: [{ timestamp: 1, value: 'sr', endpoint: {} }] })],
      'is in the Zipkin v1 format',
    ],
  ])(
    'refuses %s with 400 and a sentence, and keeps nothing of the request',
    async (_, body, says) => {
      const collector = await testCollector();
      const { status, text } = await post(collector, body as Json[]);
      expect(text).toContain(says);
      expect(status).toBe(400);
      expect(collector.added.spans).toBe(0);
      expect((await get(collector, '/api/v2/services')).json).toEqual([]);
    },
  );

  it('refuses bad gzip with 400', async () => {
    const collector = await testCollector();
    const answer = await post(collector, '[]', { 'content-encoding': 'gzip' });
    expect(answer).toEqual({ status: 400, text: 'the body is not valid gzip' });
  });

  it('refuses Thrift with 415 and names the encodings that it takes', async () => {
    const collector = await testCollector();
    const type = { 'content-type': 'application/x-thrift' };
    const { status, text } = await post(collector, '\n\u0001', type);
    expect(status).toBe(415);
    expect(text).toContain('application/json or application/x-protobuf');
  });

  it('refuses other compressions with 415', async () => {
    const collector = await testCollector();
    expect((await post(collector, 'x', { 'content-encoding': 'br' })).status).toBe(415);
  });

  it('refuses a body over the limit with 413', async () => {
    const collector = await testCollector();
    const { status, text } = await post(collector, ' '.repeat(TOO_LONG));
    expect(status).toBe(413);
    expect(text).toContain('over the limit of 10485760 bytes');
  });

  it('refuses a small body that decompresses to over the limit with 413', async () => {
    const collector = await testCollector();
    const bomb = Uint8Array.from(gzipSync(Buffer.alloc(TOO_LONG, ' ')));
    expect(bomb.length).toBeLessThan(20_000);
    const { status, text } = await post(collector, bomb, { 'content-encoding': 'gzip' });
    expect(status).toBe(413);
    expect(text).toContain('the decompressed body is over the limit');
  });
});

describe('a span in the store', () => {
  it.each([
    [
      'pads ids',
      { traceId: 'a1', id: '1', parentId: '2' },
      { id: '0000000000000001', parentId: '0000000000000002' },
    ],
    [
      'shortens a trace id whose upper half is zero',
      { traceId: `${'0'.repeat(30)}a1` },
      { traceId: '00000000000000a1' },
    ],
    ['drops a parent of zeros', { parentId: '0' }, { parentId: undefined }],
    [
      'drops a parent that is the span itself',
      { parentId: '00000000000000b1' },
      { parentId: undefined },
    ],
    [
      'lower-cases names',
      { name: 'GET /X', localEndpoint: { serviceName: 'SHOP' } },
      { name: 'get /x', localEndpoint: { serviceName: 'shop' } },
    ],
    ['leaves out an empty name', { name: '' }, { name: undefined }],
    [
      'leaves out a negative time',
      { timestamp: -5, duration: -1 },
      { timestamp: undefined, duration: undefined },
    ],
    ['leaves out a duration of zero', { duration: 0 }, { duration: undefined }],
    [
      'reads numbers in text',
      { timestamp: '1700000000000001' },
      { timestamp: 1_700_000_000_000_001 },
    ],
    [
      'drops shared of a client',
      { kind: 'CLIENT', shared: true },
      { kind: 'CLIENT', shared: undefined },
    ],
    [
      'keeps shared of a server',
      { kind: 'SERVER', shared: true },
      { kind: 'SERVER', shared: true },
    ],
    ['keeps debug', { debug: true }, { debug: true }],
    [
      'leaves out an empty endpoint',
      { localEndpoint: { serviceName: '', port: 0 } },
      { localEndpoint: undefined },
    ],
    [
      'leaves out a negative port',
      { remoteEndpoint: { serviceName: 'db', port: -1 } },
      { remoteEndpoint: { serviceName: 'db' } },
    ],
    [
      'makes ipv4 of a mapped address',
      { remoteEndpoint: { ipv6: '::ffff:10.1.2.3' } },
      { remoteEndpoint: { ipv4: '10.1.2.3' } },
    ],
    [
      'writes ipv6 the short way',
      { remoteEndpoint: { ipv6: '2001:DB8:0:0:0:0:0:1' } },
      { remoteEndpoint: { ipv6: '2001:db8::1' } },
    ],
    [
      'drops an address that is none',
      { remoteEndpoint: { ipv4: 'localhost', port: 80 } },
      { remoteEndpoint: { port: 80 } },
    ],
    ['makes text of tags', { tags: { a: 1, b: true } }, { tags: { a: '1', b: 'true' } }],
    ['drops unknown fields', { color: 'red' }, { color: undefined }],
    [
      'sorts annotations and drops repetitions',
      {
        annotations: [
          { timestamp: 2, value: 'b' },
          { timestamp: 1, value: 'z' },
          { timestamp: 2, value: 'b' },
          { timestamp: 2, value: 'a' },
        ],
      },
      {
        annotations: [
          { timestamp: 1, value: 'z' },
          { timestamp: 2, value: 'a' },
          { timestamp: 2, value: 'b' },
        ],
      },
    ],
  ])('%s', async (_, sent, stored) => {
    const collector = await testCollector();
    expect(await post(collector, [span(sent)])).toEqual({ status: 202, text: '' });
    const { json } = await get(collector, '/api/v2/trace/a1');
    const expected = JSON.parse(
      JSON.stringify(span({ ...sent, traceId: '00000000000000a1', ...stored })),
    );
    expect(json).toEqual([expected]);
  });

  it('keeps tags that are named like members of objects', async () => {
    const collector = await testCollector();
    const body = JSON.stringify([span()]).replace(
      '"name"',
      '"tags":{"__proto__":"x","constructor":"y"},"name"',
    );
    await post(collector, body);
    const { text } = await get(collector, '/api/v2/trace/a1');
    expect(text).toContain('"tags":{"__proto__":"x","constructor":"y"}');
  });

  it('keeps any text as it is', async () => {
    const collector = await testCollector();
    const tags = { zero: 'a\u0000b', quotes: `'"\\`, emoji: '🦉', long: 'x'.repeat(100_000) };
    await post(collector, [span({ tags })]);
    const { json } = await get(collector, '/api/v2/trace/a1');
    expect(json).toEqual([span({ tags })]);
    const found = await get(
      collector,
      `/api/v2/traces?endTs=1700000001000&annotationQuery=long=${'x'.repeat(5_000)}`,
    );
    expect(found.json).toEqual([]);
  });
});

describe('GET of one trace', () => {
  it('answers 404 with the normalised id when there is none', async () => {
    const collector = await testCollector();
    expect(await get(collector, '/api/v2/trace/ab')).toMatchObject({
      status: 404,
      text: '00000000000000ab not found',
    });
  });

  it('refuses an id that is none with 400', async () => {
    const collector = await testCollector();
    for (const id of ['xyz', 'ABC', '0', '1'.repeat(33)]) {
      expect((await get(collector, `/api/v2/trace/${id}`)).status).toBe(400);
    }
  });

  it('answers several with traceMany, which needs two different ids', async () => {
    const collector = await testCollector();
    await post(collector, [span(), span({ traceId: 'a2' }), span({ traceId: 'a3' })]);
    const two = await get(collector, '/api/v2/traceMany?traceIds=a1,%20a3,ff,a1');
    expect((two.json as Json[][]).map(([first]) => first?.traceId)).toEqual([
      '00000000000000a1',
      '00000000000000a3',
    ]);
    for (const ids of ['', '?traceIds=', '?traceIds=a1', '?traceIds=a1,00a1', '?traceIds=a1,x']) {
      expect((await get(collector, `/api/v2/traceMany${ids}`)).status).toBe(400);
    }
    expect((await get(collector, '/api/v2/traceMany?traceIds=c1,c2')).json).toEqual([]);
  });
});

describe('the lists of names', () => {
  it('are sorted and without repetitions', async () => {
    const collector = await testCollector();
    const remote = (serviceName: string) => ({ remoteEndpoint: { serviceName } });
    await post(collector, [
      span({ name: 'put', ...remote('Redis') }),
      span({ id: 'b2', name: 'get', ...remote('mysql') }),
      span({ id: 'b3', name: 'get', ...remote('redis') }),
      span({ id: 'b4', localEndpoint: { serviceName: 'bakery' } }),
      span({ id: 'b5', localEndpoint: undefined, name: 'nobody' }),
    ]);
    const answers = async (path: string) => (await get(collector, path)).json;
    expect(await answers('/api/v2/services')).toEqual(['bakery', 'shop']);
    expect(await answers('/api/v2/spans?serviceName=SHOP')).toEqual(['get', 'put']);
    expect(await answers('/api/v2/remoteServices?serviceName=shop')).toEqual(['mysql', 'redis']);
    expect(await answers('/api/v2/spans?serviceName=nope')).toEqual([]);
    expect((await get(collector, '/api/v2/spans')).status).toBe(400);
    expect((await get(collector, '/api/v2/remoteServices')).status).toBe(400);
  });
});

describe('the other addresses', () => {
  it('answer 404 with a sentence under /api', async () => {
    const collector = await testCollector();
    for (const path of ['/api/v2/nothing', '/api/nothing', '/api/tail/nothing']) {
      expect(await get(collector, path)).toMatchObject({
        status: 404,
        text: `GET ${path} not found`,
      });
    }
    expect((await get(collector, '/missing.js')).status).toBe(404);
    expect((await get(collector, '/..%2f..%2fpackage.json')).status).toBe(404);
  });
});

function byId(spans: Json[]): Json[] {
  const key = ({ id, kind }: Json) => `${id} ${kind}`;
  return [...spans].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** What real senders leave to the collector: a parent that is the span itself, a missing flag. */
function asStored(each: Json, _: number, trace: Json[]): Json {
  const client = trace.some(({ id, kind }) => id === each.id && kind === 'CLIENT');
  const { parentId, ...rest } = each;
  return {
    ...rest,
    ...(parentId === undefined || parentId === each.id ? {} : { parentId }),
    ...(each.kind === 'SERVER' && client ? { shared: true } : {}),
  };
}
