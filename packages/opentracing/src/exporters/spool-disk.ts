import type * as nodeCrypto from 'node:crypto';
import type * as nodeFs from 'node:fs';
import type * as nodeOs from 'node:os';
import type * as nodePath from 'node:path';
import type * as nodeZlib from 'node:zlib';
import { makeCrc32 } from './crc32.js';

/**
 * A spool cannot be used, or not at the moment.
 *
 * @example
 * ```ts
 * try {
 *   createZipkinTracer({ serviceName: 'orders', spool: { dir: '/dev/null/spool' } });
 * } catch (error) {
 *   console.log((error as Error).name);
 * }
 * ```
 * ```text
 * SpoolError
 * ```
 */
export class SpoolError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SpoolError';
  }
}

/** The built-ins of Node that a spool needs. */
export interface Disk {
  fs: typeof nodeFs;
  join: typeof nodePath.join;
  dirname: typeof nodePath.dirname;
  crc32(bytes: Uint8Array): number;
  pid: number;
  /** Tells this machine, since it was started, from others, and its containers from each other. */
  host: string;
  /** When a process of this machine was started, in hexadecimal digits; `''` where that cannot be told. */
  startOf(pid: number): string;
  /** Random, for names. */
  token(): string;
}

/** @throws SpoolError where the runtime has no files */
export function diskOfRuntime(): Disk {
  const runtime = (globalThis as { process?: Partial<NodeJS.Process> }).process;
  const load = (name: string) => runtime?.getBuiltinModule?.(name) as unknown;
  const fs = load('node:fs') as typeof nodeFs | undefined;
  const zlib = load('node:zlib') as typeof nodeZlib | undefined;
  const path = load('node:path') as typeof nodePath | undefined;
  const os = load('node:os') as typeof nodeOs | undefined;
  const crypto = load('node:crypto') as typeof nodeCrypto | undefined;
  const isSupported = typeof fs?.writevSync === 'function' && path && os && crypto;
  if (!isSupported) {
    throw new SpoolError(
      'This runtime has no files to spool spans to; leave out the option spool, and spans that can ' +
        'not be sent wait in memory.',
    );
  }
  const textOf = (read: () => string) => {
    try {
      return read();
    } catch {
      return '';
    }
  };
  const identity = [
    os.hostname(),
    textOf(() => fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
    textOf(() => fs.readlinkSync('/proc/self/ns/pid')),
  ].join();
  // Source: proc_pid_stat(5): the 22nd field, after a name in parentheses that may have spaces in it.
  const startOf = (pid: number) => {
    const stat = textOf(() => fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
    const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
    return ticks > 0 ? ticks.toString(16) : '';
  };
  const crc32 = zlib?.crc32 ?? makeCrc32();
  return {
    fs,
    join: path.join,
    dirname: path.dirname,
    crc32,
    pid: runtime?.pid ?? 0,
    host: crc32(new TextEncoder().encode(identity)).toString(16).padStart(8, '0'),
    startOf,
    token: () => crypto.randomBytes(4).toString('hex'),
  };
}

/**
 * Makes a directory for this user alone, and those above it. One after the other, because `mkdirSync` with
 * `recursive` does not return where nothing can be made but the file system says that something is
 * missing, as /proc does.
 */
export function makeFolder(disk: Disk, path: string): void {
  const { dirname, fs } = disk;
  if (fs.existsSync(path) || dirname(path) === path) {
    return;
  }
  makeFolder(disk, dirname(path));
  try {
    fs.mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process may have made it in between.
    if (!fs.existsSync(path)) {
      throw error;
    }
  }
}

/** Other processes work in the directory as well: what was there a moment ago may be gone. */
export function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
