import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

const START_TIMEOUT_MS = 90_000;
const STOP_TIMEOUT_MS = 5_000;
const OUTPUT_SHOWN = 2_000;

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.once(signal, () => process.exit(1));
}

/** A program that this machine lacks, in one sentence with the remedy. */
export class MissingToolError extends Error {}

/**
 * Runs a program to its end.
 *
 * @param {string} file
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<string>} what it printed
 * @throws Error with the end of what it printed, when it fails
 */
export async function run(file, args, options = {}) {
  try {
    const { stdout } = await promisify(execFile)(file, args, {
      ...options,
      env: { ...process.env, ...options.env },
      maxBuffer: 64 << 20,
    });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = /** @type {{ stdout?: string, stderr?: string }} */ (
      error
    );
    const said = `${stdout}${stderr}`.trim().slice(-OUTPUT_SHOWN);
    throw new Error(`${file} ${args.join(' ')} failed: ${said || error}`);
  }
}

/**
 * Sees to it that a program is there and new enough.
 *
 * @param {{ file: string, args: string[], version: RegExp, atLeast: number[], remedy: string }} tool
 *   `version` matches the parts of the version in what the program prints
 * @throws MissingToolError
 */
export async function requireTool({ file, args, version, atLeast, remedy }) {
  /** @type {string} */
  let said;
  try {
    const { stdout, stderr } = await promisify(execFile)(file, args);
    said = stdout + stderr;
  } catch {
    throw new MissingToolError(`There is no ${file} on this machine; ${remedy}.`);
  }
  const found = version.exec(said)?.slice(1).map(Number);
  if (found === undefined || isOlder(found, atLeast)) {
    const is = found === undefined ? 'of no known version' : found.join('.');
    throw new MissingToolError(`The ${file} on this machine is ${is}; ${remedy}.`);
  }
}

/**
 * @param {readonly number[]} version
 * @param {readonly number[]} than
 */
function isOlder(version, than) {
  const at = than.findIndex((part, index) => part !== version[index]);
  return at !== -1 && (version[at] ?? 0) < /** @type {number} */ (than[at]);
}

/**
 * Starts a server, waits until it says that it is there, and ends it when `use` is done.
 *
 * @template R
 * @param {{ file: string, args: string[], env?: NodeJS.ProcessEnv, ready: RegExp }} server
 *   `ready` matches what it prints when it serves
 * @param {(ready: RegExpExecArray, child: import('node:child_process').ChildProcessWithoutNullStreams)
 *   => Promise<R>} use
 * @returns {Promise<R>}
 */
export async function withServer({ file, args, env, ready }, use) {
  const child = spawn(file, args, { env: { ...process.env, ...env } });
  running.add(child);
  try {
    return await use(await waitUntilReady(child, file, ready), child);
  } finally {
    await stop(child);
    running.delete(child);
  }
}

/**
 * @param {import('node:child_process').ChildProcessWithoutNullStreams} child
 * @param {string} file
 * @param {RegExp} ready
 * @returns {Promise<RegExpExecArray>}
 */
function waitUntilReady(child, file, ready) {
  return new Promise((resolve, reject) => {
    let said = '';
    const fail = (/** @type {string} */ what) => {
      clearTimeout(timer);
      reject(new Error(`${file} ${what}: ${said.trim().slice(-OUTPUT_SHOWN)}`));
    };
    const timer = setTimeout(fail, START_TIMEOUT_MS, 'did not start in time');
    child.once('error', (error) => fail(`cannot be started (${error.message})`));
    child.once('close', (code, signal) => fail(`ended with ${code ?? signal}`));
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        said += text;
        const match = ready.exec(said);
        if (match === null) return;
        clearTimeout(timer);
        resolve(match);
      });
    }
  });
}

/** @param {import('node:child_process').ChildProcess} child */
async function stop(child) {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}
