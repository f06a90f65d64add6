// Builds the workspaces for `npm start` when what was built is missing or older than its sources.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** What `npm start` runs, and the files that it needs of each. */
const needed = {
  'packages/opentracing': ['esm/index.js', 'esm/register/index.js', 'cjs/package.json'],
  'packages/viewer': ['index.js'],
  'examples/shop': ['gateway.js', 'orders.js', 'inventory.js', 'pricing.js', 'price-worker.js'],
};

/**
 * @param {AbortSignal} signal stops the build
 * @throws Error with one sentence when the build fails
 */
export async function buildWhenNeeded(signal) {
  if (!existsSync(join(root, 'node_modules', 'typescript'))) {
    throw new Error('the dependencies are not installed: run "npm ci" first');
  }
  if (Object.entries(needed).every(([workspace, files]) => isBuilt(workspace, files))) return;
  const build = spawn(process.execPath, [join(root, 'scripts', 'build.mjs')], { stdio: 'inherit' });
  const stop = () => build.kill();
  signal.addEventListener('abort', stop);
  const [status] = await once(build, 'exit');
  signal.removeEventListener('abort', stop);
  if (status !== 0) throw new Error('the build failed, for the reason above');
}

/**
 * @param {string} workspace
 * @param {string[]} files
 */
function isBuilt(workspace, files) {
  const folder = join(root, workspace);
  const dist = join(folder, 'dist');
  return (
    files.every((file) => existsSync(join(dist, file))) &&
    newest(dist) >= Math.max(newest(join(folder, 'src')), changed(join(folder, 'package.json')))
  );
}

/**
 * The latest time at which a file under a folder was changed.
 *
 * @param {string} folder
 * @returns {number}
 */
function newest(folder) {
  const times = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => changed(join(entry.parentPath, entry.name)));
  return Math.max(0, ...times);
}

/** @param {string} file */
function changed(file) {
  return statSync(file).mtimeMs;
}
