import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** The built command line, for `node`. */
export const VIEWER = fileURLToPath(new URL('../../dist/bin.js', import.meta.url));

/** A program under test: what it printed so far, and its end. */
export interface Running {
  child: ChildProcess;
  readonly stdout: string;
  readonly stderr: string;
  /** Resolves with the match once the output contains it; rejects when the program ends first. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>;
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** The built command line in a process of its own, without a terminal. */
export function viewer(args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
  return node([VIEWER, ...args], env);
}

/** The built command line, to its end. */
export async function runViewer(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const running = viewer(args, env);
  const { code } = await running.ended;
  return { code, stdout: running.stdout, stderr: running.stderr };
}

/** Node in a process of its own, which is killed when the test is over. */
export function node(args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(process.execPath, args, {
    // As if it was not started by npx, whatever these tests were started by.
    env: {
      ...process.env,
      npm_command: undefined,
      NODE_OPTIONS: '',
      TZ: 'UTC',
      COLUMNS: '100',
      ...env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const heard = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const listener of heard) listener();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    for (const listener of heard) listener();
  });
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return {
    child,
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
    waitFor(pattern) {
      return new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(stdout) ?? pattern.exec(stderr);
          if (match === null) return;
          heard.delete(look);
          resolve(match);
        };
        heard.add(look);
        look();
        void ended.then(() => {
          reject(new Error(`ended without ${pattern}\n${stdout}\n${stderr}`));
        });
      });
    },
    ended,
  };
}
