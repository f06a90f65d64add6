import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ViewerError } from '../errors.js';
import { defaultDatabasePath } from '../store/default-path.js';
import { SpanStore } from '../store/store.js';
import { commandLine } from './console.js';

/**
 * The store for a command that only reads, which makes no file.
 * @param db the file; by default the one in the state folder
 * @throws ViewerError with one sentence when the file is missing or cannot be used
 */
export function openTraces(db: string | undefined): SpanStore {
  const path = db ?? defaultDatabasePath();
  if (!existsSync(path)) throw new ViewerError(noTracesYet(resolve(path), db));
  return new SpanStore(path);
}

/** A sentence that says that nothing was collected so far, and how to begin. */
export function noTracesYet(path: string, db: string | undefined): string {
  const run = commandLine('run -- node app.js', db);
  return `there are no traces in ${path} yet: run a program with "${run}"`;
}
