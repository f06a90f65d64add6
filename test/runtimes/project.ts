import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { run, WORKSPACE } from '../support/run.js';

const LIBRARY = join(WORKSPACE, 'packages/opentracing');
const PROGRAM = fileURLToPath(new URL('program', import.meta.url));
const PEERS = ['effect', 'zone.js', 'co'];

/** A part of the program that runs by itself: it may fail to load, and zone.js changes all the rest. */
export type Part = 'core' | 'effect' | 'zone' | 'instrumentation' | 'registered';

/** The project of a user: the packed library beside its peers, and the program. */
export interface Project {
  readonly folder: string;
  remove(): Promise<void>;
}

/** Makes one in a folder of its own. */
export async function createProject(): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'runtimes-'));
  await npm(folder, ['pack', '--silent', '--pack-destination', folder, LIBRARY]);
  const archive = (await readdir(folder)).find((name) => name.endsWith('.tgz')) as string;
  await writeFile(join(folder, 'package.json'), '{"private":true}');
  await npm(folder, ['install', '--offline', '--no-audit', '--no-fund', `./${archive}`]);
  const installed = join(folder, 'node_modules/opentracing-ts/package.json');
  const { version } = JSON.parse(await readFile(installed, 'utf8'));
  // As if it came from the registry: Deno knows no archives.
  const manifest = { private: true, dependencies: { 'opentracing-ts': version } };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  const { resolve } = createRequire(join(LIBRARY, 'package.json'));
  for (const peer of PEERS) {
    const target = dirname(resolve(`${peer}/package.json`));
    await symlink(target, join(folder, 'node_modules', peer));
  }
  await cp(PROGRAM, join(folder, 'program'), { recursive: true });
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

async function npm(cwd: string, args: string[]): Promise<void> {
  const { code, stdout, stderr } = await run('npm', args, { cwd });
  if (code !== 0) {
    throw new Error(`npm ${args.join(' ')} failed:\n${stdout}${stderr}`);
  }
}

/** How a part of the program is built. */
export interface PartOptions {
  readonly part: Part;
  /** What the program knows of its place. */
  readonly place: { readonly url: string; readonly name: string };
  /** What runs it: has `report` and `areas` of the part in scope. */
  readonly main: string;
  /** A module that is imported before all others. */
  readonly first?: string | undefined;
  readonly build: BuildOptions & { readonly target: string };
}

/** A part of the program cannot be built for a runtime, which lacks a module that it needs. */
export class MissingModuleError extends Error {}

/**
 * The text of a part of the program, compiled as a user would.
 *
 * @throws MissingModuleError for a module of Node that is not there
 */
export async function buildPart(project: Project, options: PartOptions): Promise<string> {
  const { part, place, main, first } = options;
  const result = await build({
    stdin: {
      contents: [
        ...(first === undefined ? [] : [`import '${first}';`]),
        ...(part === 'registered'
          ? ["import './program/registered.js';"]
          : [
              "import { report } from './program/report.js';",
              `import { areas } from './program/${part}.js';`,
              main,
            ]),
      ].join('\n'),
      resolveDir: project.folder,
    },
    define: { PLACE: JSON.stringify(place) },
    bundle: true,
    write: false,
    logLevel: 'silent',
    ...options.build,
    // The library too: an `await` that is left anywhere would lose the zone.
    ...(part === 'zone' ? { target: 'es2016', packages: 'bundle' } : {}),
  }).catch((error: Error) => {
    const module = /Could not resolve "(node:[^"]+)"/.exec(error.message)?.[1];
    throw module === undefined ? error : new MissingModuleError(`There is no module '${module}'.`);
  });
  return result.outputFiles?.[0]?.text as string;
}

/** Writes a part of the program beside the library; its path. */
export async function writePart(
  project: Project,
  file: string,
  options: PartOptions,
): Promise<string> {
  const path = join(project.folder, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, await buildPart(project, options));
  return path;
}
