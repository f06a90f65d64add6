import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { BatchRecorder } from 'opentracing-ts/basictracer';
import { onTestFinished } from 'vitest';

/** Takes the address of the collector, the directory, its name, and how many spans it records. */
export const PROGRAM = fileURLToPath(new URL('../fixtures/programs/spooling.mjs', import.meta.url));

/** A program that records spans, and what it has said so far. */
export function start(command: string, args: readonly string[]) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  /** What it has said, line by line; a line that it was killed in counts for nothing. */
  const said = (): Said[] =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  return { child: child as ChildProcess, ended, said };
}

interface Said {
  flushed?: number;
  queued?: number;
  isDone?: boolean;
  isEmpty?: boolean;
  stats?: BatchRecorder['stats'];
  spool?: { dropped: number };
  errors?: string[];
}
