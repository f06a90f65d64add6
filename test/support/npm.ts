import { join } from 'node:path';
import { run, WORKSPACE } from './run.js';

/** For `npm install`: what the workspace was installed from is in npm's cache. */
export const INSTALL = [
  ...['install', '--prefer-offline', '--fetch-retries=5', '--no-audit', '--no-fund'],
];

/**
 * Runs npm, three times at most: the registry is away now and then.
 *
 * @returns its output
 */
export async function npm(args: readonly string[], cwd: string): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const { code, stdout, stderr } = await run('npm', args, { cwd, timeout: 120_000 });
    if (code === 0) return stdout;
    if (attempt === 3) throw new Error(`npm ${args.join(' ')} failed:\n${stdout}${stderr}`);
  }
}

/**
 * Packs a package of the workspace.
 *
 * @param name - of its folder in `packages`
 * @param folder - where the archive goes
 * @returns the file name of the archive
 */
export async function pack(name: string, folder: string): Promise<string> {
  const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder];
  return (await npm([...args, join(WORKSPACE, 'packages', name)], folder)).trim();
}
