import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';
import { expect, it } from 'vitest';
import { fixture, post, temporaryFolder, testCollector } from './support/collector.js';
import { node, viewer } from './support/command.js';

const WORKSPACE = fileURLToPath(new URL('../../..', import.meta.url));

/** The text of the README between two marks. */
async function excerpt(from: RegExp, to: string): Promise<string> {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const start = from.exec(readme);
  if (start === null) throw new Error(`the README has no ${from}`);
  const rest = readme.slice(start.index + start[0].length);
  return rest.slice(0, rest.indexOf(to));
}

it('shows in the README the tree that the command draws', async () => {
  const collector = await testCollector();
  await post(collector, await fixture('messaging'));
  const running = viewer(['show', 'last', '--db', collector.db], { COLUMNS: '88' });
  await running.ended;
  expect(running.stdout).toBe(await excerpt(/\$ opentracing-viewer show last\n/, '```'));
});

it('takes the span that the README sends with curl', async () => {
  const collector = await testCollector();
  const body = await excerpt(/application\/json' -d '/, "'\n");
  expect(await post(collector, body)).toEqual({ status: 202, text: '' });
  expect(collector.added.spans).toBe(1);
});

it('runs the program of the README', async () => {
  const folder = await temporaryFolder();
  await symlink(join(WORKSPACE, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const { code } = await transform(await excerpt(/```ts\n/, '```'), { loader: 'ts' });
  const span = '{"traceId":"a1","id":"1","name":"get","timestamp":Date.now()*1000,"duration":5}';
  const send = `await fetch(collector.url + '/api/v2/spans', { method: 'POST', body: JSON.stringify([${span.replaceAll('"', "'")}]) });`;
  const file = join(folder, 'program.mjs');
  await writeFile(
    file,
    code
      .replace('const response', `${send}\nconst response`)
      .replace('./traces.db', join(folder, 'x.db')),
  );
  const running = node([file]);
  expect(await running.ended, running.stderr).toEqual({ code: 0, signal: null });
  expect(running.stdout).toMatch(/^trace 00000000000000a1: 1 span, /);
});
