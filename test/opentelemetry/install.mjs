import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const LOCK = `${FOLDER}package-lock.json`;
const INSTALLED_LOCK = `${FOLDER}node_modules/.installed-lock.json`;
const ATTEMPTS = 3;
const NPM_CI = [
  ...['ci', '--workspaces=false', '--ignore-scripts', '--omit=optional'],
  ...['--no-audit', '--no-fund'],
];

/**
 * Installs the libraries and their instrumentation as the lock file says, unless they are there.
 *
 * @throws Error when npm fails three times
 */
export function installLibraries() {
  const lock = readFileSync(LOCK, 'utf8');
  if (installedLock() === lock) {
    return;
  }
  for (let attempt = 1; ; attempt++) {
    const { status, stdout, stderr } = spawnSync('npm', NPM_CI, { cwd: FOLDER, encoding: 'utf8' });
    if (status === 0) {
      break;
    }
    if (attempt === ATTEMPTS) {
      throw new Error(`npm ci in test/opentelemetry/ failed:\n${stdout}${stderr}`);
    }
  }
  copyFileSync(LOCK, INSTALLED_LOCK);
}

function installedLock() {
  try {
    return readFileSync(INSTALLED_LOCK, 'utf8');
  } catch {
    return '';
  }
}
