import { existsSync } from 'node:fs';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startTestCollector, type TestCollectorOptions } from 'opentracing-viewer/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { get, post, span, temporaryFolder, testCollector } from './support/collector.js';
import { node, viewer } from './support/command.js';

const WORKSPACE = fileURLToPath(new URL('../../..', import.meta.url));

async function started(options: TestCollectorOptions = {}) {
  const collector = await startTestCollector(options);
  onTestFinished(() => collector.close());
  return collector;
}

describe('traces', () => {
  it('waits for those that are asked for, and gives them in the order of their start', async () => {
    const collector = await started();
    const found = collector.traces({ search: 'service=shop k=v', atLeast: 2, timeoutMs: 60_000 });
    await post(collector, [
      span({ traceId: '3', tags: { k: 'v' }, timestamp: 3_000_000 }),
      span({ traceId: '1', timestamp: 1_000_000 }),
    ]);
    await post(collector, [
      span({ traceId: '2', tags: { k: 'v' }, timestamp: 2_000_000 }),
      span({ traceId: '2', id: 'c' }),
    ]);
    const ids = (await found).map((spans) => [Number(spans[0]?.traceId), spans.length]);
    expect(ids).toEqual([
      [2, 2],
      [3, 1],
    ]);
  });

  it.each([
    [{ serach: 'service=shop' }, 'and no serach'],
    ['service=shop', 'and not "service=shop"'],
    [null, 'and not null'],
  ])(
    'refuses options that it does not know, which any trace would meet: %j',
    async (options, said) => {
      const collector = await started();
      // @ts-expect-error: JavaScript tells of it nowhere
      const found = collector.traces(options);
      await expect(found).rejects.toMatchObject({ name: 'BadRequestError' });
      await expect(found).rejects.toThrow(
        `traces takes an object with search, where, atLeast, timeoutMs, such as { search: 'service=shop' }, ${said}`,
      );
    },
  );

  it('waits until the spans of a trace are as they should be', async () => {
    const collector = await started();
    const found = collector.traces({ where: (spans) => spans.length === 2, timeoutMs: 60_000 });
    await post(collector, [span()]);
    await post(collector, [span({ id: 'b2' })]);
    expect(await found).toMatchObject([[{ name: 'get' }, { name: 'get' }]]);
  });

  it('leaves out what was in the file before', async () => {
    const earlier = await testCollector();
    await post(earlier, [span({ traceId: '1' })]);
    const collector = await started({ db: earlier.db });
    await post(collector, [span({ traceId: '2' })]);
    expect(await collector.traces()).toMatchObject([[{ traceId: '0000000000000002' }]]);
  });

  it('says what was there when it waited in vain', async () => {
    const collector = await started();
    await post(collector, [span()]);
    await expect(collector.traces({ search: 'error', timeoutMs: 0 })).rejects.toMatchObject({
      name: 'ViewerError',
      message: '0 instead of 1 traces were there for "error" after 0 ms, of 1 that came',
    });
    await expect(collector.traces({ atLeast: 2, timeoutMs: 0 })).rejects.toThrow(
      '1 instead of 2 traces were there after 0 ms, of 1 that came',
    );
    await expect(collector.traces({ search: '"open' })).rejects.toThrow('quotation mark');
  });
});

it('gives up before a test of Vitest or Jest is given up', async () => {
  const collector = await started();
  const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
  onTestFinished(() => clock.mockRestore());
  const found = collector.traces();
  clock.mockReturnValue(4_500);
  await expect(found).rejects.toThrow('0 instead of 1 traces were there after 4000 ms');
});

describe('the file of a test run', () => {
  it('is removed when no test failed, and kept where it was given', async () => {
    const temporary = await startTestCollector();
    expect(existsSync(temporary.db)).toBe(true);
    await Promise.all([temporary.close(), temporary.close()]);
    expect(existsSync(temporary.db)).toBe(false);

    const given = await startTestCollector({ db: join(await temporaryFolder(), 'traces.db') });
    await given.close();
    expect(existsSync(given.db)).toBe(true);
  });
});

/** A file of tests, one of which fails. @param runner what the names come from */
const program = (runner: string) => `
  import { afterAll, afterEach, test } from '${runner}';
  import { createZipkinTracer } from 'opentracing-ts/zipkin';
  import { startTestCollector } from 'opentracing-viewer/testing';

  const collector = await startTestCollector();
  const tracer = createZipkinTracer({ serviceName: 'shop', url: collector.spansUrl });
  afterEach(collector.linkFailures(tracer));
  afterAll(() => collector.close());

  test('good', () => tracer.startSpan('good').finish());
  test('bad', () => {
    tracer.withActiveSpan('bad', () => tracer.startSpan('worse').finish());
    throw new Error('as it should');
  });
  test('late', () => tracer.startSpan('late').finish());
`;

async function folderWith(file: string, content: string): Promise<string> {
  const folder = await temporaryFolder();
  await symlink(join(WORKSPACE, 'node_modules'), join(folder, 'node_modules'), 'junction');
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(join(folder, file), content);
  return folder;
}

/** What was printed leads to the trace of the failed test, by the command that was printed, too. */
async function expectLinks(output: string): Promise<void> {
  const [, id = ''] =
    /The trace of "bad", which failed:\s+http:\S+\/traces\/(\w+)\n/.exec(output) ?? [];
  const [, port = '', db = ''] =
    /After the run: npx opentracing-viewer --port (\d+) --db (\S+)/.exec(output) ?? [];
  expect(output.match(/\/traces\//g)).toHaveLength(1);
  const running = viewer(['--port', port, '--db', db]);
  const [, url = ''] = await running.waitFor(/open (http:\S+) /);
  const { json } = await get({ url }, `/api/v2/trace/${id}`);
  const names = (json as { name: string }[]).map(({ name }) => name).sort();
  expect(names).toEqual(['bad', 'worse']);
}

describe('linkFailures', () => {
  it('prints the trace of a failed test under node:test', async () => {
    const tests = program('node:test').replaceAll('afterAll', 'after');
    const folder = await folderWith('shop.test.mjs', tests);
    const running = node(['--test', '--test-reporter=spec', join(folder, 'shop.test.mjs')], {
      TMPDIR: folder,
    });
    expect((await running.ended).code, running.stderr).toBe(1);
    await expectLinks(running.stdout + running.stderr);
  });

  it('prints the trace of a failed test under Vitest', async () => {
    const folder = await folderWith('shop.test.mjs', program('vitest'));
    const bin = join(WORKSPACE, 'node_modules/vitest/vitest.mjs');
    const running = node([bin, 'run', '--root', folder], {
      VITEST: undefined,
      NO_COLOR: '1',
      TMPDIR: folder,
    });
    expect((await running.ended).code, running.stderr).toBe(1);
    await expectLinks(running.stdout + running.stderr);
  });

  it('prints the trace of a failed test under Jest, whose state says how it ended', async () => {
    const collector = await started({ db: join(await temporaryFolder(), 'traces.db') });
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {});
    const state = Symbol('JEST_STATE_SYMBOL');
    const hook = collector.linkFailures();
    // Jest takes a function with parameters for one that calls back.
    expect(hook).toHaveLength(0);
    onTestFinished(() => {
      Reflect.deleteProperty(globalThis, state);
      printed.mockRestore();
    });
    const end = (errors: unknown[]) => {
      Reflect.set(globalThis, state, { currentlyRunningTest: { name: 'buys', errors } });
      return hook();
    };
    await post(collector, [span({ traceId: '1' })]);
    await end([]);
    expect(printed).not.toHaveBeenCalled();
    await post(
      collector,
      [2, 3, 4, 5, 6, 7, 8].map((id) => span({ traceId: `${id}` })),
    );
    await end([new Error('as it should')]);
    const [[text = ''] = []] = printed.mock.calls;
    const links = [2, 3, 4, 5, 6].map((id) => `  ${collector.url}/traces/000000000000000${id}\n`);
    expect(text).toContain(
      `The trace of "buys", which failed:\n${links.join('')}  and 2 more\nAfter the run: npx opentracing-viewer --port `,
    );
  });

  it('says that it does not know a runner', async () => {
    const collector = await started();
    await expect(collector.linkFailures()()).rejects.toThrow(
      'linkFailures is for the afterEach of Vitest, node:test and Jest',
    );
  });
});
