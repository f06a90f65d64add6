import { cp, mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { run, WORKSPACE } from './run.js';

/** The library as one part of a program sees it. */
export interface Copy {
  /** The name under which it is installed, and the way in which it is loaded. */
  readonly name: string;
  /** What it exports under a subpath, such as `''` or `'/mocktracer'`. */
  load<T>(subpath: string): Promise<T>;
}

/** A program's folder in which two versions of the library are installed side by side. */
export interface TwoVersions {
  readonly folder: string;
  readonly newerModule: Copy;
  readonly newerCommonJs: Copy;
  readonly olderModule: Copy;
  readonly olderCommonJs: Copy;
}

const LIBRARY = join(WORKSPACE, 'packages/opentracing');

/** Names with an underscore that two versions agree on, or that belong to somebody else. */
const KEPT = new Set(['_isDelegate', '_foreignContext', '_tag', '_header', '_httpMessage']);

/**
 * Packs the library twice and installs both by npm, as `newer` and `older`. The older one has another
 * version number, and each of its internal members another name, so that nothing works by a member
 * that another version need not have.
 */
export async function installTwoVersions(): Promise<TwoVersions> {
  const folder = await mkdtemp(join(tmpdir(), 'two-versions-'));
  const source = join(folder, 'source');
  await mkdir(source);
  for (const name of ['dist', 'package.json']) {
    await cp(join(LIBRARY, name), join(source, name), { recursive: true });
  }
  await pack(source, folder, 'newer');
  await makeOlder(source);
  await pack(source, folder, 'older');

  await writeFile(join(folder, 'package.json'), '{"name":"program","private":true}');
  const aliases = ['newer', 'older'].map((name) => `${name}@file:./${name}.tgz`);
  await npm(['install', '--offline', '--no-audit', '--no-fund', ...aliases], folder);
  // The peers are one copy each, as npm makes them.
  for (const scope of ['@types', '@opentelemetry']) {
    await mkdir(join(folder, 'node_modules', scope));
  }
  for (const name of ['effect', 'zone.js', '@opentelemetry/api', '@types/node', 'undici-types']) {
    const installed = join(WORKSPACE, 'node_modules', name);
    await symlink(installed, join(folder, 'node_modules', name), 'junction');
  }
  return {
    folder,
    newerModule: moduleOf(folder, 'newer'),
    newerCommonJs: commonJsOf(folder, 'newer'),
    olderModule: moduleOf(folder, 'older'),
    olderCommonJs: commonJsOf(folder, 'older'),
  };
}

async function makeOlder(source: string): Promise<void> {
  const manifest = join(source, 'package.json');
  const content = JSON.parse(await readFile(manifest, 'utf8'));
  await writeFile(manifest, JSON.stringify({ ...content, version: '0.0.1' }));
  for (const file of await readdir(join(source, 'dist'), { recursive: true })) {
    if (file.endsWith('.js')) {
      const path = join(source, 'dist', file);
      const code = await readFile(path, 'utf8');
      const renamed = code.replace(/\b_[a-zA-Z]\w*/g, (name) =>
        KEPT.has(name) ? name : `${name}OfOlder`,
      );
      await writeFile(path, renamed);
    }
  }
}

async function pack(source: string, folder: string, name: string): Promise<void> {
  const before = new Set(await readdir(folder));
  await npm(['pack', '--silent', '--pack-destination', folder, source], folder);
  const archive = (await readdir(folder)).find((file) => !before.has(file));
  await cp(join(folder, String(archive)), join(folder, `${name}.tgz`));
}

async function npm(args: string[], cwd: string): Promise<void> {
  const { code, stdout, stderr } = await run('npm', args, { cwd, timeout: 120_000 });
  if (code !== 0) throw new Error(`npm ${args.join(' ')} failed:\n${stdout}${stderr}`);
}

function commonJsOf(folder: string, name: string): Copy {
  const require = createRequire(join(folder, 'program.cjs'));
  return {
    name: `${name} (CommonJS)`,
    load: async (subpath) => require(`${name}${subpath}`),
  };
}

function moduleOf(folder: string, name: string): Copy {
  const root = join(folder, 'node_modules', name);
  return {
    name: `${name} (ES module)`,
    async load(subpath) {
      const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
      const path: string = manifest.exports[`.${subpath}`].import.default;
      return import(pathToFileURL(join(root, path)).href);
    },
  };
}
