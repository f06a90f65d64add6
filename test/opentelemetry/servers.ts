import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../support/run.js';

/** A server that was started for a test. */
export interface Server {
  readonly port: number;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

/** How a server is installed and started. */
export interface ServerKind {
  /** The package of Debian that has it. */
  readonly debian: string;
  /** The programs that it needs, which are looked for in {@link FOLDERS}. */
  readonly programs: readonly [server: string, ...others: string[]];
  /** Makes its files in the folder. */
  prepare?(folder: string): Promise<void>;
  /** Its arguments. */
  arguments(folder: string, port: number): string[];
  /** What it writes when it answers. */
  readonly ready: string;
  readonly stopSignal: NodeJS.Signals;
}

const ATTEMPTS = 3;
const PATIENCE_MS = 60_000;
const STOP_PATIENCE_MS = 10_000;

/** Of Debian's user `nobody`: PostgreSQL and MariaDB refuse to run as root. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const asNobody = isRoot ? { uid: NOBODY, gid: NOBODY } : {};

const FOLDERS = [...postgresFolders(), '/usr/bin', '/usr/sbin', '/usr/local/bin'];

export const POSTGRES: ServerKind = {
  debian: 'postgresql',
  programs: ['postgres', 'initdb'],
  prepare: (folder) =>
    prepareWith('initdb', [
      ...['-D', join(folder, 'data'), '-U', 'postgres', '-A', 'trust'],
      ...['-E', 'UTF8', '--locale=C', '--no-sync'],
    ]),
  arguments: (folder, port) => [
    ...['-D', join(folder, 'data'), '-h', '127.0.0.1', '-p', `${port}`, '-k', folder],
    ...['-c', 'fsync=off'],
  ],
  ready: 'ready to accept connections',
  stopSignal: 'SIGINT',
};

export const MARIADB: ServerKind = {
  debian: 'mariadb-server',
  programs: ['mariadbd', 'mariadb-install-db'],
  prepare: async (folder) => {
    await prepareWith('mariadb-install-db', [
      ...['--no-defaults', `--datadir=${join(folder, 'data')}`],
      '--auth-root-authentication-method=normal',
    ]);
    await writeFile(
      join(folder, 'init.sql'),
      'CREATE DATABASE IF NOT EXISTS test;\n' +
        "CREATE USER tester@'127.0.0.1';\n" +
        "GRANT ALL ON test.* TO tester@'127.0.0.1';\n",
    );
    await chmod(join(folder, 'init.sql'), 0o644);
  },
  arguments: (folder, port) => [
    ...['--no-defaults', `--datadir=${join(folder, 'data')}`, `--port=${port}`],
    ...['--bind-address=127.0.0.1', '--skip-name-resolve', '--innodb-flush-log-at-trx-commit=0'],
    ...[`--socket=${join(folder, 's')}`, `--init-file=${join(folder, 'init.sql')}`],
  ],
  ready: 'ready for connections',
  stopSignal: 'SIGTERM',
};

export const REDIS: ServerKind = {
  debian: 'redis-server',
  programs: ['redis-server'],
  arguments: (folder, port) => [
    ...['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder],
    ...['--save', '', '--appendonly', 'no'],
  ],
  ready: 'Ready to accept connections',
  stopSignal: 'SIGTERM',
};

/** Why a server cannot be started here; `undefined` where it can. */
export function missing({ debian, programs }: ServerKind): string | undefined {
  const name = programs.find((program) => programPath(program) === undefined);
  return name && `${name} is not there; apt-get install ${debian}`;
}

/** Starts a server on a free port, with its files in a folder of its own, as an unprivileged user. */
export async function start(kind: ServerKind): Promise<Server> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(kind);
    } catch (error) {
      // Somebody else may have taken the port.
      if (attempt === ATTEMPTS) {
        throw error;
      }
    }
  }
}

async function startOnce(kind: ServerKind): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'ot-'));
  if (isRoot) {
    await chown(folder, NOBODY, NOBODY);
  }
  try {
    await kind.prepare?.(folder);
    const port = await freePort();
    const [program] = kind.programs;
    const child = spawn(programPath(program) ?? program, kind.arguments(folder, port), {
      ...asNobody,
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    await untilReady(child, kind);
    return {
      port,
      stop: async () => {
        await stop(child, kind.stopSignal);
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function prepareWith(program: string, args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await run(programPath(program) ?? program, args, {
    ...asNobody,
    cwd: tmpdir(),
  });
  if (code !== 0) {
    throw new Error(`${program} ended with ${code}:\n${stdout}${stderr}`);
  }
}

async function untilReady(child: ChildProcess, { ready, programs }: ServerKind): Promise<void> {
  let output = '';
  const started = new Promise<void>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      output += chunk;
      if (output.includes(ready)) {
        resolve();
      }
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`${programs[0]} ended with ${code}:\n${output}`)));
    setTimeout(
      () => reject(new Error(`${programs[0]} is not ready:\n${output}`)),
      PATIENCE_MS,
    ).unref();
  });
  try {
    await started;
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const exited = once(child, 'exit');
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE_MS);
  await exited;
  clearTimeout(timer);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function programPath(program: string): string | undefined {
  return FOLDERS.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

/** Where Debian has them, the newest version first. */
function postgresFolders(): string[] {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).map(Number) : [];
  return versions.sort((a, b) => b - a).map((version) => join(root, `${version}`, 'bin'));
}
