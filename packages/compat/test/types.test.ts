import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const workspace = fileURLToPath(new URL('../../..', import.meta.url));
const fixtures = fileURLToPath(new URL('fixtures', import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'compat-types-'));
  for (const [name, source] of [
    ['original', 'node_modules/opentracing'],
    ['compat', 'packages/compat'],
  ] as const) {
    const modules = join(folder, name, 'node_modules');
    await mkdir(modules, { recursive: true });
    await cp(fixtures, join(folder, name), { recursive: true });
    await writeFile(join(folder, name, 'package.json'), '{}');
    await symlink(join(workspace, source), join(modules, 'opentracing'), 'junction');
    await symlink(
      join(workspace, 'packages/opentracing'),
      join(modules, 'opentracing-ts'),
      'junction',
    );
  }
});
afterAll(() => rm(folder, { recursive: true }));

/** The complaints of a compiler about a program, all declaration files checked. */
async function complaints(where: string, file: string, compiler: string, options: string[]) {
  const tsc = join(workspace, 'node_modules', compiler, 'bin/tsc');
  const flags = ['--noEmit', '--strict', '--pretty', 'false', '--target', 'es2022'];
  const child = spawn(process.execPath, [tsc, ...flags, '--lib', 'es2022', ...options, file], {
    cwd: join(folder, where),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  await once(child, 'close');
  return output;
}

const NODE16 = ['--module', 'node16', '--moduleResolution', 'node16'];
const BUNDLER = ['--module', 'esnext', '--moduleResolution', 'bundler'];
const NODE10 = ['--module', 'commonjs', '--moduleResolution', 'node10'];
const COMPILERS: [string, string, string[]][] = [
  ['typescript', 'node10', [...NODE10, '--ignoreDeprecations', '6.0']],
  ['typescript', 'bundler', BUNDLER],
  ['typescript-7', 'node16', NODE16],
  ['typescript-7', 'bundler', BUNDLER],
];

describe('a program that was written against the types of 0.14.7', () => {
  test('compiles against those', async () => {
    expect(await complaints('original', 'program-of-0.14.ts', 'typescript-7', NODE16)).toBe('');
  });

  test.each(COMPILERS)('compiles against ours: %s, %s', async (compiler, _resolution, options) => {
    expect(await complaints('compat', 'program-of-0.14.ts', compiler, options)).toBe('');
  });
});

test.each(COMPILERS.slice(1))(
  'objects of this package and of opentracing-ts go where the other is expected: %s, %s',
  async (compiler, _resolution, options) => {
    expect(await complaints('compat', 'both-worlds.ts', compiler, options)).toBe('');
  },
);
