import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';

// The entry points of npm, npx, yarn, pnpm and corepack; a release of yarn in a repository has its
// version in its name.
const PACKAGE_MANAGER = /^(npm|npx|pnpm|pnpx|yarn|yarnpkg|corepack)(-cli|-\d[\w.-]*)?(\.[cm]?js)?$/;

/**
 * The file that the process was started with, with symbolic links followed; `undefined` where there is
 * none, as in `node -e`.
 *
 * @internal
 */
export function mainScript(): string | undefined {
  const path = process.argv[1];
  try {
    return path && realpathSync(path);
  } catch {
    return undefined;
  }
}

/**
 * Whether a script is the command line of a package manager. `npm start` with the instrumentation in
 * `NODE_OPTIONS` is to trace the program, not npm.
 *
 * @internal
 */
export function isPackageManager(script: string): boolean {
  return PACKAGE_MANAGER.test(basename(script));
}

/**
 * What a program is called: the name in the nearest package.json above its script, else the script's
 * own name.
 *
 * @internal
 */
export function programName(script: string | undefined): string {
  if (script === undefined) {
    return 'node';
  }
  for (const folder of foldersAbove(script)) {
    const { name } = packageIn(folder);
    if (typeof name === 'string' && name !== '') {
      return name;
    }
  }
  return basename(script, extname(script));
}

/**
 * Whether a program could load a package.
 *
 * @internal
 */
export function isInstalled(name: string, script: string): boolean {
  return foldersAbove(script).some((folder) => existsSync(join(folder, 'node_modules', name)));
}

/**
 * Whether a program says that it needs a package, in a package.json above its script.
 *
 * @internal
 */
export function dependsOn(name: string, script: string): boolean {
  return foldersAbove(script).some((folder) => {
    const { dependencies } = packageIn(folder);
    return typeof dependencies === 'object' && dependencies !== null && name in dependencies;
  });
}

/** From that of the script up to the root. */
function foldersAbove(script: string): string[] {
  const folders = [dirname(script)];
  for (;;) {
    const last = folders.at(-1) as string;
    const parent = dirname(last);
    if (parent === last) {
      return folders;
    }
    folders.push(parent);
  }
}

/** What the package.json in a folder says; nothing where there is none. */
function packageIn(folder: string): { name?: unknown; dependencies?: unknown } {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) ?? {};
  } catch {
    return {};
  }
}
