import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { node, WORKSPACE } from './support/run.js';

/** A package whose exports and output agree. */
const SOUND: Record<string, string> = {
  'package.json': manifest(),
  'src/index.ts': 'export const a = 1;',
  'dist/esm/index.js': 'export const a = 1;',
  'dist/esm/index.d.ts': 'export declare const a = 1;',
  'dist/cjs/package.json': '{"type":"commonjs"}',
  'dist/cjs/index.js': 'exports.a = 1;',
  'dist/cjs/index.d.ts': 'export declare const a = 1;',
};

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'check-exports-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('passes a package whose exports and output agree', async () => {
  expect(await check({})).toEqual({ code: 0, problems: '' });
});

it('notices a target that was not built', async () => {
  const { code, problems } = await check({ 'dist/cjs/index.d.ts': null });
  expect(code).toBe(1);
  expect(problems).toBe('  . (require, types): ./dist/cjs/index.d.ts does not exist\n');
});

it('notices a name that one of the two module systems lacks', async () => {
  const { code, problems } = await check({ 'dist/cjs/index.js': 'exports.b = 1;' });
  expect(code).toBe(1);
  expect(problems).toBe('  . has ["a"] when imported, ["b"] when required\n');
});

it('notices a subpath that does not load', async () => {
  const { code, problems } = await check({ 'dist/esm/index.js': 'throw new Error("broken");' });
  expect(code).toBe(1);
  expect(problems).toContain('  . does not load: ');
});

it('notices a public entry that is not listed', async () => {
  const { code, problems } = await check({ 'src/extra/index.ts': 'export const b = 1;' });
  expect(code).toBe(1);
  expect(problems).toBe('  src/extra/index.ts is not in the exports\n');
});

/** Runs the check over the sound package with some of its files changed or, by null, missing. */
async function check(changes: Record<string, string | null>) {
  for (const [file, content] of Object.entries({ ...SOUND, ...changes })) {
    if (content === null) continue;
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), content);
  }
  const script = join(WORKSPACE, 'scripts/check-exports.mjs');
  const { code, stderr } = await node([script, folder], { cwd: folder });
  return { code, problems: stderr };
}

function manifest(): string {
  const conditions = (kind: string) => ({
    types: `./dist/${kind}/index.d.ts`,
    default: `./dist/${kind}/index.js`,
  });
  return JSON.stringify({
    name: 'sound',
    type: 'module',
    exports: { '.': { import: conditions('esm'), require: conditions('cjs') } },
  });
}
