import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

describe('the harness', () => {
  test('runs under the test runner of Node', async () => {
    const fixture = fileURLToPath(new URL('fixtures/harness.node-test.mjs', import.meta.url));
    // What this runner sets for its workers would change the output of the other one.
    const { NODE_OPTIONS, NODE_TEST_CONTEXT, ...env } = process.env;
    const args = ['--test-reporter=tap', '--test', fixture];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    expect(stdout).toContain('# fail 0');
    expect(Number(/# pass (\d+)/.exec(stdout)?.[1])).toBeGreaterThan(80);
  });

  test('imports nothing but the library', async () => {
    const folder = new URL('../dist/esm/harness/', import.meta.url);
    const files = (await readdir(folder)).filter((name) => name.endsWith('.js'));
    const imported = await Promise.all(
      files.map(async (name) => {
        const text = await readFile(new URL(name, folder), 'utf8');
        return [...text.matchAll(/from '([^']+)'/g)].map(([, from]) => from);
      }),
    );
    expect(imported.flat().filter((from) => !/^\.\.?\//.test(String(from)))).toEqual([]);
  });
});
