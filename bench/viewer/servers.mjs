// The viewer and a real Zipkin, each started as its documents say, in processes of their own.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withServer } from '../../interop/support/programs.mjs';
import { zipkinJar, zipkinServer } from '../../interop/systems/zipkin.mjs';

const PROGRAM = fileURLToPath(
  new URL('../../packages/viewer/bin/opentracing-viewer.js', import.meta.url),
);

/** @typedef {{ url: string, rss: () => number }} Server - `rss` in megabytes */

/**
 * By the name of the variant, what runs a server while `use` runs.
 *
 * @type {Record<string, <R>(use: (server: Server) => Promise<R>) => Promise<R>>}
 */
export const servers = { 'opentracing-viewer': withViewer, Zipkin: withZipkin };

/** How the program is started with its traces in `folder`; see `withServer`. @param {string} folder */
export function viewerServer(folder) {
  return {
    file: process.execPath,
    args: [PROGRAM, '--port', '0', '--db', join(folder, 'traces.db')],
    ready: /open (http:\/\/127\.0\.0\.1:\d+) to see/,
  };
}

/**
 * A new folder while `use` runs.
 *
 * @template R
 * @param {(folder: string) => Promise<R>} use
 */
export async function withFolder(use) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-viewer-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function withViewer(use) {
  return withFolder((folder) => withServer(viewerServer(folder), served(use)));
}

/** With room for a million spans, which is twice its default. */
async function withZipkin(use) {
  const env = { MEM_MAX_SPANS: '1100000' };
  return withServer(zipkinServer(await zipkinJar(), [], env), served(use));
}

function served(use) {
  return (/** @type {RegExpExecArray} */ ready, /** @type {any} */ { pid }) =>
    use({
      url: ready[1],
      rss: () => Number(execFileSync('ps', ['-o', 'rss=', '-p', pid], { encoding: 'utf8' })) / 1024,
    });
}
