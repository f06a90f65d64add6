import 'zone.js/node';
import { copyFile, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, describe } from 'vitest';
import { scenarios } from './scenarios.js';

// All scenarios once more, over ZoneScopeManager alone: zone.js patches the program that loads it.
// They are compiled to ES2016, as Angular's build does, so that `await` becomes a generator.
const TESTBED = import.meta.dirname;
const names = ['managers', ...scenarios.map((scenario) => `${scenario}/${scenario}`)];
const folder = await mkdtemp(join(tmpdir(), 'testbed-'));
afterAll(() => rm(folder, { recursive: true }));

await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
await symlink(join(TESTBED, '../node_modules'), join(folder, 'node_modules'), 'junction');
await build({
  entryPoints: names.map((name) => join(TESTBED, `${name}.test.ts`)),
  outdir: folder,
  outbase: TESTBED,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'es2016',
  supported: { 'import-meta': true, 'dynamic-import': true },
  logLevel: 'error',
});
const WORKER = 'worker-threads/worker.mjs';
await copyFile(join(TESTBED, WORKER), join(folder, WORKER));

describe('Compiled to ES2016:', () => {
  for (const name of names) {
    describe(`${name}:`, async () => {
      await import(/* @vite-ignore */ join(folder, `${name}.test.js`));
    });
  }
});
