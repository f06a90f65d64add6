import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  FIXTURES,
  fixture,
  get,
  type Json,
  post,
  span,
  temporaryFolder,
  testCollector,
} from './support/collector.js';
import { viewer } from './support/command.js';

/** Runs to the end. */
async function run(args: readonly string[], input?: string | Buffer) {
  const running = viewer(args);
  running.child.stdin?.end(input);
  const { code } = await running.ended;
  return { code, stdout: running.stdout, stderr: running.stderr };
}

/** Imports one file. @returns how it went, and the file of traces */
async function imported(content: string | Buffer, name = 'spans.json') {
  const folder = await temporaryFolder();
  const file = join(folder, name);
  await writeFile(file, content);
  const db = join(folder, 'traces.db');
  return { ...(await run(['import', file, '--db', db])), db, file };
}

async function traceIn(db: string, id: string): Promise<unknown> {
  const collector = await testCollector({ db });
  return (await get(collector, `/api/v2/trace/${id}`)).json;
}

const SPANS = [
  span(),
  span({ id: '00000000000000b2', name: 'ü', tags: { text: '"}]{[,\\' } }),
  span({ traceId: '00000000000000a2' }),
];

describe('opentracing-viewer import', () => {
  it('takes a list of spans', async () => {
    const { code, stdout, stderr, db } = await imported(JSON.stringify(SPANS));
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(
      `imported 3 spans, 2 new traces; look with "opentracing-viewer ls --db ${db}"\n`,
    );
    expect(await traceIn(db, 'a1')).toEqual(SPANS.slice(0, 2));
  });

  it.each([
    ['a list of traces', JSON.stringify([SPANS.slice(0, 2), SPANS.slice(2), []])],
    ['an indented list', JSON.stringify(SPANS, null, 2)],
    ['lines of spans', SPANS.map((each) => `${JSON.stringify(each)}\r\n`).join('')],
    ['lines of lists', SPANS.map((each) => `${JSON.stringify([each])}\n`).join('')],
    ['a byte order mark', `\uFEFF${JSON.stringify(SPANS)}`],
    ['gzip', gzipSync(JSON.stringify(SPANS))],
    ['gzip in parts', Buffer.concat([gzipSync('['), gzipSync(JSON.stringify(SPANS).slice(1))])],
  ])('takes %s', async (_what, content) => {
    const { code, stdout, stderr, db } = await imported(content);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('imported 3 spans, 2 new traces');
    expect(await traceIn(db, 'a1')).toEqual(SPANS.slice(0, 2));
  });

  const OTLP_SPAN = {
    traceId: '000000000000000000000000000000a1',
    spanId: '00000000000000b1',
    name: 'GET',
    kind: 2,
    startTimeUnixNano: '1700000000000000000',
    endTimeUnixNano: '1700000000001000000',
    attributes: [{ key: 'http.status_code', value: { intValue: '200' } }],
  };
  const otlp = (...spans: Json[]) => ({
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
        scopeSpans: [{ scope: {}, spans }],
      },
    ],
  });

  it.each([
    ['a request', JSON.stringify(otlp(OTLP_SPAN), null, 2)],
    ['lines of requests', `${JSON.stringify(otlp(OTLP_SPAN))}\n${JSON.stringify(otlp())}\n`],
    ['a list of requests', JSON.stringify([otlp(), otlp(OTLP_SPAN)])],
    ['gzip', gzipSync(`${JSON.stringify(otlp(OTLP_SPAN))}\n`)],
  ])('takes OTLP JSON as %s', async (_what, content) => {
    const { code, stdout, stderr, db } = await imported(content);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('imported 1 span, 1 new trace');
    expect(await traceIn(db, 'a1')).toEqual([
      span({ kind: 'SERVER', tags: { 'http.status_code': '200' } }),
    ]);
  });

  it('says which line and span of a file with OTLP JSON is bad, and keeps the others', async () => {
    const other = { ...OTLP_SPAN, spanId: '00000000000000c3' };
    const lines = [otlp(OTLP_SPAN), otlp({ ...OTLP_SPAN, spanId: 'xyz' }, other)];
    const { code, stderr, db } = await imported(
      lines.map((line) => JSON.stringify(line)).join('\n'),
    );
    expect(code).toBe(1);
    expect(stderr).toContain('line 2: span 0: ');
    expect(stderr).toContain('(2 spans up to there were imported)');
    expect(await traceIn(db, 'a1')).toMatchObject([{ id: OTLP_SPAN.spanId }, { id: other.spanId }]);
  });

  it('takes several files, and standard input for -', async () => {
    const folder = await temporaryFolder();
    const db = join(folder, 'traces.db');
    await writeFile(join(folder, 'one.json'), JSON.stringify(SPANS.slice(0, 1)));
    const args = ['import', join(folder, 'one.json'), '-', '--db', db];
    const { code, stdout } = await run(args, gzipSync(JSON.stringify(SPANS.slice(1))));
    expect([code, stdout]).toEqual([0, expect.stringContaining('imported 3 spans, 2 new traces')]);
  });

  it('takes empty files and lists', async () => {
    for (const content of ['', '[]', '\n', '[[]]']) {
      const { code, stdout, stderr } = await imported(content);
      expect([code, stderr], content).toEqual([0, '']);
      expect(stdout).toContain('imported 0 spans, 0 new traces');
    }
  });

  it('changes nothing when a file is imported again', async () => {
    const first = await imported(JSON.stringify(SPANS));
    const second = await run(['import', first.file, '--db', first.db]);
    expect(second.stdout).toContain('imported 3 spans, 0 new traces');
    expect(await traceIn(first.db, 'a1')).toEqual(SPANS.slice(0, 2));
  });

  it('works while a collector has the file', async () => {
    const collector = await testCollector();
    const file = join(await temporaryFolder(), 'spans.json');
    await writeFile(file, JSON.stringify(SPANS));
    expect((await run(['import', file, '--db', collector.db])).code).toBe(0);
    expect((await get(collector, '/api/v2/trace/a1')).json).toHaveLength(2);
  });

  it('takes spans that are cut anywhere between two reads', async () => {
    // Longer than what is read at once, with texts and escapes at every place of it.
    const many = Array.from({ length: 3_000 }, (_, i) =>
      span({ id: (i + 1).toString(16), tags: { text: `\\"]}${'ü'.repeat(i % 97)}\\` } }),
    );
    const { stdout, db } = await imported(gzipSync(JSON.stringify(many)));
    expect(stdout).toContain('imported 3000 spans, 1 new trace');
    const spans = (await traceIn(db, 'a1')) as Json[];
    expect(spans.map(({ tags }) => tags)).toEqual(many.map(({ tags }) => tags));
  });

  const good = JSON.stringify(span());
  it.each([
    ['[\n{}]', 'line 2: neither a span of Zipkin v2 nor OTLP begins here', 0],
    ['{"data":[{"traceID":"1"}]}', 'line 1: neither a span of Zipkin v2 nor OTLP begins here', 0],
    ['[{"traceId":"1"}]', 'line 1: span 0: id is missing', 0],
    [
      `[${good},\n${good},\n{"id":"1","traceId":"1","kind":"SOME"}]`,
      'line 3: span 2: kind must',
      2,
    ],
    [`[${good},{"id":}]`, 'line 1: the object that begins here is not JSON: ', 1],
    [`[${good}\n,{"id":"1"`, 'line 2: the file ends within the object that begins here', 1],
    [`[${good}`, 'line 1: the file ends within a list', 1],
    [`[${good}\n${good}]`, 'line 2: it is not JSON with spans ("{" where a comma or the end', 1],
    [`[${good},]`, 'line 1: it is not JSON with spans ("]" where a list or an object has', 1],
    [`${good}]`, 'line 1: it is not JSON with spans ("]" where a list or an object has', 1],
    ['[[[]]]', 'line 1: it is not JSON with spans ("[" where a list or an object has', 0],
    ['\n\nhello', 'line 3: it is not JSON with spans ("h" where a list or an object has', 0],
    ['[1]', 'line 1: it is not JSON with spans ("1" where a list or an object has', 0],
    [Buffer.from([0x89, 0x50]), 'line 1: it is not JSON with spans (a byte where a list', 0],
    ['[{"id":"1","traceId":"1","annotations":[{"endpoint":{}}]}]', 'span 0 is in the Zipkin v1', 0],
    [Buffer.from('1f8b08', 'hex'), ' is not valid gzip: ', 0],
    [gzipSync(`[${good}]`).fill(0, 20, 40), ' is not valid gzip: ', 0],
  ])('says what is wrong with a file: %#', async (content, sentence, before) => {
    const { code, stdout, stderr, file, db } = await imported(content);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^opentracing-viewer: .*\n$/);
    expect(stderr).toContain(file);
    expect(stderr).toContain(sentence);
    const was =
      before === 1 ? '1 span up to there was imported' : `${before} spans up to there were`;
    expect(stderr).toContain(was);
    if (before > 0) expect(await traceIn(db, 'a1')).toEqual([span()]);
  });

  it('says when a file is missing, is a folder, or was not named', async () => {
    const folder = await temporaryFolder();
    const db = join(folder, 'traces.db');
    const missing = await run(['import', join(folder, 'none.json'), '--db', db]);
    expect(missing).toEqual({
      code: 1,
      stdout: '',
      stderr: `opentracing-viewer: there is no file ${join(folder, 'none.json')}\n`,
    });
    await mkdir(join(folder, 'sub'));
    const isFolder = await run(['import', join(folder, 'sub'), '--db', db]);
    expect([isFolder.code, isFolder.stderr]).toEqual([1, expect.stringContaining('is a folder')]);
    const none = await run(['import', '--db', db]);
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('missing required')]);
  });
});

describe('opentracing-viewer export', () => {
  async function filled() {
    const collector = await testCollector();
    for (const name of FIXTURES) await post(collector, await fixture(name));
    await post(collector, [{ traceId: '00000000000000a9', id: '00000000000000b9' }]);
    return collector;
  }

  it('writes all traces, from which the same traces are imported', async () => {
    const { db } = await filled();
    const folder = await temporaryFolder();
    const file = join(folder, 'all.json.gz');
    const exported = await run(['export', '--db', db, '--output', file]);
    expect(exported.stderr).toBe('');
    expect(exported.stdout).toMatch(/^exported 7 traces, \d+ spans to .*all\.json\.gz\n$/);
    const other = join(folder, 'other.db');
    const { stdout } = await run(['import', file, '--db', other]);
    expect(stdout).toContain(', 7 new traces');
    const [one, two] = [await run(['export', '--db', db]), await run(['export', '--db', other])];
    expect(two).toEqual(one);
    const lines = gunzipSync(await readFile(file))
      .toString()
      .trim()
      .split('\n');
    expect(lines.slice(1, -1).map((line) => JSON.parse(line.replace(/,$/, '')))).toEqual(
      JSON.parse(one.stdout),
    );
  });

  it('writes OTLP JSON, a trace on each line, from which the same traces are imported', async () => {
    const collector = await testCollector();
    for (const name of ['ascend', 'yelp'] as const) await post(collector, await fixture(name));
    const { db } = collector;
    const file = join(await temporaryFolder(), 'all.jsonl');
    const { stdout } = await run(['export', '--format', 'otlp', '--db', db, '--output', file]);
    expect(stdout).toMatch(/^exported 2 traces, /);
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => Object.keys(JSON.parse(line)))).toEqual([
      ['resourceSpans'],
      ['resourceSpans'],
    ]);
    const other = `${file}.db`;
    const back = await run(['import', file, '--db', other]);
    expect(back).toMatchObject({ code: 0, stderr: '' });
    const before: Json[] = JSON.parse((await run(['export', '--db', db])).stdout);
    const after: Json[] = JSON.parse((await run(['export', '--db', other])).stdout);
    // Endpoints become attributes, which come back as tags beside the endpoints.
    expect(after).toMatchObject(
      before.map(({ localEndpoint: _local, remoteEndpoint: _remote, ...fields }) => fields),
    );
  });

  it('writes one trace by the beginning of its id, or the newest', async () => {
    const { db } = await filled();
    const one = await run(['export', '5aab74', '--db', db]);
    const spans: Json[] = JSON.parse(one.stdout);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect(JSON.parse((await run(['export', 'last', '--db', db])).stdout)).not.toEqual([]);
    const none = await run(['export', 'abcdef', '--db', db]);
    expect(none.stderr).toContain('there is no trace "abcdef"');
    expect(none.code).toBe(1);
  });

  it('writes the traces that a search finds', async () => {
    const collector = await testCollector();
    await post(collector, [...SPANS, span({ traceId: '00000000000000a3', tags: { error: '' } })]);
    const { stdout } = await run(['export', '--search', 'error', '--db', collector.db]);
    expect(JSON.parse(stdout)).toEqual([
      span({ traceId: '00000000000000a3', tags: { error: '' } }),
    ]);
    const none = await run(['export', '--search', 'nothing', '--db', collector.db]);
    expect(none).toEqual({ code: 0, stdout: '[]\n', stderr: '' });
  });

  it('says what cannot be done', async () => {
    const { db } = await testCollector();
    const folder = await temporaryFolder();
    const both = await run(['export', 'a1', '--search', 'error', '--db', db]);
    expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('both were given')]);
    const format = await run(['export', '--format', 'xml', '--db', db]);
    expect([format.code, format.stderr]).toEqual([2, expect.stringContaining("'xml' is invalid")]);
    const output = join(folder, 'none', 'file.json');
    const unwritable = await run(['export', '--output', output, '--db', db]);
    expect(unwritable.code).toBe(1);
    expect(unwritable.stderr).toContain(`opentracing-viewer: cannot write to ${output}: `);
    const missing = await run(['export', '--db', join(folder, 'none.db')]);
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('no traces in')]);
  });
});
