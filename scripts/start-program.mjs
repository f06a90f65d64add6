// One program of the shop in a process of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../examples/shop/', import.meta.url));
/** How long a program may take to end when it is asked to, in milliseconds. */
const GRACE = 5_000;
/** How much is kept of what a program writes to stderr: its last characters. */
const STDERR_KEPT = 4_000;

/**
 * A program that is starting or running.
 *
 * @typedef {object} Program
 * @property {Promise<string>} address resolves with its address as soon as it listens
 * @property {Promise<never>} failed rejects with a sentence and its stderr when it ends by itself
 * @property {() => Promise<void>} stop ends it, after it has sent its spans
 */

/**
 * Starts a program of the shop on a free port, traced by `opentracing-ts/register`.
 *
 * @param {string} name the program, and what its service is called
 * @param {Record<string, string>} env what it is told
 * @returns {Program}
 */
export function startProgram(name, env) {
  const preload = ['--import', 'opentracing-ts/register'];
  const child = spawn(process.execPath, [...preload, `dist/${name}.js`], {
    cwd: folder,
    env: {
      ...withoutTracing(process.env),
      PORT: '0',
      OTEL_SERVICE_NAME: name,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let isStopping = false;
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr = (stderr + text).slice(-STDERR_KEPT);
  });
  const closed = once(child, 'close');
  /** @type {Promise<never>} */
  const failed = closed.then(([status, signal]) => {
    if (isStopping) return new Promise(() => {});
    const reason = stderr === '' ? '' : `:\n${stderr.trimEnd()}`;
    throw new Error(`${name} ended with ${signal ?? `status ${status}`}${reason}`);
  });
  // Whoever does not wait for it does not want to know.
  failed.catch(() => {});

  return {
    address: addressOf(child.stdout),
    failed,
    async stop() {
      isStopping = true;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), GRACE);
      await closed.catch(() => {});
      clearTimeout(timer);
    },
  };
}

/**
 * The address that a program prints. What it prints after that is read and dropped, for it would wait
 * if nobody read it.
 *
 * @param {import('node:stream').Readable} stdout
 * @returns {Promise<string>}
 */
function addressOf(stdout) {
  return new Promise((resolve) => {
    createInterface({ input: stdout }).on('line', (line) => {
      const match = / listens on (\S+)$/.exec(line);
      if (match?.[1]) resolve(match[1]);
    });
  });
}

/**
 * What the user's shell says about tracing is for the user's programs.
 *
 * @param {NodeJS.ProcessEnv} env
 */
function withoutTracing(env) {
  const isForTracing = (/** @type {string} */ name) => /^(OTEL|OPENTRACING)_/.test(name);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isForTracing(name)));
}
