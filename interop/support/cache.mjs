import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Where what was downloaded and built is kept between runs; git ignores it. */
export const CACHE = fileURLToPath(new URL('../../.cache/interop', import.meta.url));

const ATTEMPTS = 5;
const PAUSE_MS = 5_000;
const TIMEOUT_MS = 300_000;

/**
 * The path of a file from the network, downloaded unless it is there with the right sum.
 *
 * @param {{ url: string, sha256: string, name: string }} file
 * @returns {Promise<string>}
 */
export async function download({ url, sha256, name }) {
  const path = `${CACHE}/${name}`;
  if ((await sumOf(path)) === sha256) return path;
  await mkdir(CACHE, { recursive: true });
  const partial = `${path}.${process.pid}`;
  try {
    await retry(async () => {
      const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (!response.ok || response.body === null) {
        throw new Error(`${url} answered with ${response.status}`);
      }
      await pipeline(
        Readable.fromWeb(/** @type {any} */ (response.body)),
        createWriteStream(partial),
      );
      const sum = await sumOf(partial);
      if (sum !== sha256) throw new Error(`${url} has the sum ${sum} rather than ${sha256}`);
    });
    await rename(partial, path);
  } finally {
    await rm(partial, { force: true });
  }
  return path;
}

/**
 * Tries what goes over the network several times, waiting longer each time.
 *
 * @template R
 * @param {() => Promise<R>} attempt
 * @returns {Promise<R>}
 */
export async function retry(attempt) {
  for (let failures = 1; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      if (failures === ATTEMPTS) throw error;
      await delay(failures * PAUSE_MS);
    }
  }
}

/** @param {string} path */
async function sumOf(path) {
  try {
    const hash = createHash('sha256');
    await pipeline(createReadStream(path), hash);
    return hash.digest('hex');
  } catch {
    return undefined;
  }
}
