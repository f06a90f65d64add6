import { copyFile, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { run } from '../support/run.js';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const LOCK = `${FOLDER}package-lock.json`;
const INSTALLED_LOCK = `${FOLDER}node_modules/.installed-lock.json`;
const ATTEMPTS = 5;

/** Where the packages of the runtimes are once they are installed. */
export const RUNTIMES = `${FOLDER}node_modules`;

/** Why there are no runtimes to test with, empty when there are. */
export const missingRuntimes =
  process.platform === 'linux' && process.arch === 'x64'
    ? ''
    : `the runtimes are obtained for Linux on x64, and this is ${process.platform} on ${process.arch}`;

/** Installs what the lock file says, about 350 MB, unless it is there already. */
export async function installRuntimes(): Promise<void> {
  const lock = await readFile(LOCK, 'utf8');
  if ((await readFile(INSTALLED_LOCK, 'utf8').catch(() => '')) === lock) {
    return;
  }
  console.log('Installing the runtimes from npm, about 350 MB, once ...');
  for (let attempt = 1; ; attempt++) {
    const { code, stdout, stderr } = await run(
      'npm',
      ['ci', '--ignore-scripts', '--no-audit', '--no-fund'],
      { cwd: FOLDER, timeout: 300_000 },
    );
    if (code === 0) break;
    if (attempt === ATTEMPTS) throw new Error(`npm ci failed:\n${stdout}${stderr}`);
    // The registry is away now and then.
    await pause(attempt * 2_000);
  }
  await copyFile(LOCK, INSTALLED_LOCK);
}
