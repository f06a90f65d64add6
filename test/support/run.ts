import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The folder of the workspace. */
export const WORKSPACE = fileURLToPath(new URL('../..', import.meta.url));

/** How a program ended. */
export interface Ended {
  /** The exit status; `null` when a signal ended it. */
  readonly code: number | null;
  /** All of its output. */
  readonly stdout: string;
  /** All of its errors. */
  readonly stderr: string;
}

/** What a program is run with. */
export interface RunOptions {
  /** The working folder. */
  readonly cwd: string;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** After how many milliseconds it is ended; by default 60,000. */
  readonly timeout?: number;
  /** The user and the group that it runs as; by default those of this process. */
  readonly uid?: number;
  readonly gid?: number;
}

/** Runs a program to its end, whatever its exit status is. */
export function run(file: string, args: readonly string[], options: RunOptions): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeout ?? 60_000,
      ...(options.uid !== undefined && { uid: options.uid }),
      ...(options.gid !== undefined && { gid: options.gid }),
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Runs this Node with the arguments. */
export function node(args: readonly string[], options: RunOptions): Promise<Ended> {
  return run(process.execPath, args, options);
}
