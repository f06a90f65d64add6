import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { post, span, temporaryFolder, testCollector } from './support/collector.js';
import { node, runViewer, viewer } from './support/command.js';

const PROGRAM = fileURLToPath(new URL('support/broken-programs.mjs', import.meta.url));
const FORGETFUL = fileURLToPath(new URL('support/forgetful.mjs', import.meta.url));

describe('opentracing-viewer show', () => {
  it('says under the tree what is wrong, where, and how to mend it', async () => {
    const collector = await testCollector();
    const env = { OPENTRACING_ZIPKIN_URL: `${collector.url}/api/v2/spans` };
    await node([PROGRAM, 'not-awaited'], env).ended;
    const { stdout, code } = await runViewer(['show', 'last', '--db', collector.db]);
    expect(code).toBe(0);
    const [, root, child, empty, heading, ...rest] = stdout.trimEnd().split('\n');
    expect([root, child, empty]).toEqual([
      expect.stringMatching(/^shop order /),
      expect.stringMatching(/^shop └ send a mail /),
      '',
    ]);
    expect(heading).toBe('1 finding');
    // Where lines are wrapped depends on how long the program took.
    expect(rest.join(' ').replace(/\s+/g, ' ')).toMatch(
      /^! Child of a finished span: “send a mail” of shop began [\d.]+ (?:µs|ms|s) after the end of “order”, the parent\. shop: send a mail span [0-9a-f]{16} Nobody waited for it: await it /,
    );
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('names the other trace of a context that was lost', async () => {
    const collector = await testCollector();
    const env = { OPENTRACING_ZIPKIN_URL: `${collector.url}/api/v2/spans` };
    await node([PROGRAM, 'no-inject'], env).ended;
    const { stdout } = await runViewer(['show', 'last', '--db', collector.db]);
    expect(stdout).toMatch(
      /\n {2}s\w+: get \/stock\/7 {2}span [0-9a-f]{16} {2}trace [0-9a-f]{16}\n/,
    );
  });

  it('shows spans that were never finished of a program under run, and where they were started', async () => {
    const db = join(await temporaryFolder(), 'traces.db');
    const run = viewer(['run', '--db', db, '--port', '0', '--', 'node', FORGETFUL]);
    expect(await run.ended).toMatchObject({ code: 0 });
    const { stdout } = await runViewer(['show', 'last', '--db', db]);
    const site = FORGETFUL.slice(process.cwd().length + 1).replaceAll('/', '\\/');
    expect(stdout).toMatch(/! Never finished: “bake” of .* was open when its program ended/);
    expect(stdout).toMatch(new RegExp(`: bake  span [0-9a-f]{16}  ${site}:5:\\d+\\n`));
    const verbose = await runViewer(['show', 'last', '--verbose', '--db', db]);
    expect(verbose.stdout).toMatch(new RegExp(`started: ${site}:5:\\d+ in bake\\n`));
    expect(verbose.stdout).not.toContain('code.line');
  });

  it('neutralises what spans say, and is silent of traces as they should be', async () => {
    const collector = await testCollector();
    await post(collector, [
      span({ name: '\u001b[2J', parentId: 'ff', tags: { 'code.file.path': '\u202e' } }),
    ]);
    const { stdout } = await runViewer(['show', 'last', '--db', collector.db]);
    expect(stdout).toContain('“\\x1b[2j”');
    expect(stdout).toContain('\\u202e');
    const healthy = await testCollector();
    await post(healthy, [span()]);
    expect((await runViewer(['show', 'last', '--db', healthy.db])).stdout).not.toContain('finding');
  });
});

describe('opentracing-viewer ls', () => {
  it('marks the traces with warnings', async () => {
    const collector = await testCollector();
    await post(collector, [
      span(),
      span({ traceId: 'a2', parentId: 'ff' }),
      span({ traceId: 'a2', id: 'b3', parentId: 'fe' }),
    ]);
    const { stdout } = await runViewer(['ls', '--db', collector.db]);
    const marks = stdout.split('\n').map((line) => /! \d \w+/.exec(line)?.[0]);
    expect(marks.filter((mark) => mark !== undefined)).toEqual(['! 2 warnings']);
    const { stdout: json } = await runViewer(['ls', '--json', '--db', collector.db]);
    const counts = JSON.parse(json).map(
      ({ warningCount }: { warningCount: number }) => warningCount,
    );
    expect(counts.sort()).toEqual([0, 2]);
  });

  it('marks both traces that one became when the context was lost', async () => {
    const collector = await testCollector();
    const env = { OPENTRACING_ZIPKIN_URL: `${collector.url}/api/v2/spans` };
    await node([PROGRAM, 'no-inject'], env).ended;
    const { stdout } = await runViewer(['ls', '--db', collector.db]);
    expect(stdout.match(/! 1 warning/g)).toHaveLength(2);
  });
});
