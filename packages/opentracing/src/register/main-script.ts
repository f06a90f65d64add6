import { readFileSync, realpathSync } from 'node:fs';
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
  let folder = dirname(script);
  for (;;) {
    const name = packageName(folder);
    if (name !== undefined) {
      return name;
    }
    const parent = dirname(folder);
    if (parent === folder) {
      return basename(script, extname(script));
    }
    folder = parent;
  }
}

function packageName(folder: string): string | undefined {
  try {
    const { name } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return typeof name === 'string' && name !== '' ? name : undefined;
  } catch {
    return undefined;
  }
}
