import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { post, span, temporaryFolder, testCollector } from './support/collector.js';
import { type Running, runViewer, viewer } from './support/command.js';

/** Follows the file, which is ready when this resolves. */
async function tail(db: string, args: string[] = [], env = {}): Promise<Running> {
  const running = viewer(['tail', '--db', db, ...args], env);
  await running.waitFor(/waiting for traces in .*traces\.db; press Ctrl-C to stop\n/);
  return running;
}

const later = (id: string) => span({ traceId: id, id, timestamp: 1_700_000_001_000_000 });

describe('opentracing-viewer tail', () => {
  it('prints a line for each trace that comes, also those of other processes, until Ctrl-C', async () => {
    const collector = await testCollector();
    await post(collector, [span({ traceId: 'aa' })]);
    const running = await tail(collector.db);
    await post(collector, [
      span({ kind: 'SERVER', name: 'GET', tags: { 'http.route': '/orders' } }),
      span({ id: 'b2', parentId: 'b1', duration: 400, tags: { error: '' } }),
    ]);
    await running.waitFor(/shop: get/);
    await post(collector, [later('a2')]);
    await running.waitFor(/00a2/);
    running.child.kill('SIGINT');
    expect(await running.ended).toEqual({ code: 0, signal: null });
    expect(running.stdout).toBe(
      [
        '00000000000000a1  22:13:20.000    1.00 ms      2  ✗ 1    shop: get /orders',
        '00000000000000a2  22:13:21.000    1.00 ms      1         shop: get',
        '',
      ].join('\n'),
    );
  });

  it('fits a narrow terminal', async () => {
    const collector = await testCollector();
    const running = await tail(collector.db, [], { COLUMNS: '60' });
    await post(collector, [span({ name: 'a name that is far too long', tags: { error: '' } })]);
    await running.waitFor(/shop: .*\n/);
    expect(running.stdout).toBe('00000000000000a1  22:13:20    1.00 ms  ✗ 1    shop: a name …\n');
  });

  it('puts the pieces of a trace together, and prints a trace again when more of it comes late', async () => {
    const collector = await testCollector();
    const running = await tail(collector.db, ['--json']);
    await post(collector, [span()]);
    await post(collector, [span({ id: 'b2' })]);
    const [first = ''] = await running.waitFor(/\{.*\n/);
    expect(JSON.parse(first)).toMatchObject({ traceId: '00000000000000a1', spanCount: 2 });
    await post(collector, [span({ id: 'b3', tags: { error: '' } })]);
    await running.waitFor(/"spanCount":3/);
    running.child.kill('SIGTERM');
    expect(await running.ended).toEqual({ code: 0, signal: null });
    const [, second = '', end] = running.stdout.split('\n');
    expect(JSON.parse(second)).toMatchObject({ spanCount: 3, errorCount: 1, services: ['shop'] });
    expect(end).toBe('');
  });

  it('prints each span as it comes, as a line or as Zipkin v2 JSON', async () => {
    const collector = await testCollector();
    const lines = await tail(collector.db, ['--spans']);
    const json = await tail(collector.db, ['--spans', '--json']);
    await post(collector, [span(), span({ id: 'b2', name: 'a\u001b[2J\n', tags: { error: '' } })]);
    await Promise.all([lines.waitFor(/\[2j/), json.waitFor(/\[2j.*\n/)]);
    expect(lines.stdout).toBe(
      [
        '00000000000000a1  22:13:20.000    1.00 ms                shop: get',
        '00000000000000a1  22:13:20.000    1.00 ms         ✗      shop: a\\x1b[2j\\n',
        '',
      ].join('\n'),
    );
    const [first = ''] = json.stdout.split('\n');
    expect(JSON.parse(first)).toEqual(span());
  });

  it('prints only what the options ask for', async () => {
    const collector = await testCollector();
    const options = [
      ['--service', 'Stock'],
      ['--name', 'QUERY'],
      ['--query', 'k=v and retry'],
      ['service=stock', 'k=v', 'minDuration=1ms'],
    ];
    const all = await Promise.all(options.map((args) => tail(collector.db, ['--json', ...args])));
    const stock = { localEndpoint: { serviceName: 'stock' } };
    const annotations = [{ timestamp: 1, value: 'retry' }];
    await post(collector, [
      span({ traceId: '1' }),
      span({ traceId: '2', ...stock }),
      span({ traceId: '3', name: 'query', tags: { k: 'w' }, annotations }),
      span({ traceId: '4', tags: { k: 'v' } }),
      span({ traceId: '5', name: 'query', tags: { k: 'v' }, annotations, ...stock }),
    ]);
    // The last trace is what each of them waits for.
    await Promise.all(all.map((running) => running.waitFor(/0005"/)));
    const found = all.map(({ stdout }) =>
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => Number.parseInt(JSON.parse(line).traceId, 16)),
    );
    expect(found).toEqual([[2, 5], [3, 5], [5], [5]]);
  });

  it('may be there before the first collector', async () => {
    const db = join(await temporaryFolder(), 'state', 'traces.db');
    const running = await tail(db);
    const collector = await testCollector({ db });
    await post(collector, [span()]);
    await running.waitFor(/shop: get/);
  });

  it('ends quietly when nobody reads on', async () => {
    const collector = await testCollector();
    const running = await tail(collector.db, ['--spans']);
    running.child.stdout?.destroy();
    await post(collector, [span()]);
    expect(await running.ended).toEqual({ code: 0, signal: null });
    expect(running.stderr).toMatch(/^opentracing-viewer: waiting [^\n]*\n$/);
  });

  it('prints more than a pipe holds, whole', async () => {
    const collector = await testCollector();
    const running = await tail(collector.db, ['--spans', '--json']);
    const tags = { text: 'x'.repeat(1_000) };
    const many = Array.from({ length: 3_000 }, (_, i) => span({ id: `${i + 1}`, tags }));
    await post(collector, many);
    await post(collector, [span({ id: 'f', name: 'last' })]);
    await running.waitFor(/"name":"last".*\n/);
    const ids = running.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).id);
    expect(new Set(ids).size).toBe(3_001);
  });

  it.each([['--bogus'], ['--db', ''], ['"open'], ['--limit', '3'], ['--service', '--json']])(
    'ends misuse with 2 and one sentence: %s %s',
    async (...args) => {
      const { code, stdout, stderr } = await runViewer(['tail', ...args]);
      expect(stderr).toMatch(/^opentracing-viewer: .+\n$/);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    },
  );
});
