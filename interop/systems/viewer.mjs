import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCollector } from 'opentracing-viewer';
import { getJson } from '../support/http.mjs';
import { checkZipkinApi, ZIPKIN_FORMATS } from '../zipkin-checks.mjs';

/** @type {import('../report.mjs').System} The collector of this repository, by the checks for Zipkin. */
export const viewer = {
  name: 'our viewer',
  slow: false,
  async run(report) {
    await withViewer(async (url) => {
      report.version = (await getJson(`${url}/info`)).version;
      await checkZipkinApi(report, url, ZIPKIN_FORMATS);
    });
  },
};

/**
 * Runs the collector of this repository while `use` runs.
 *
 * @template R
 * @param {(url: string) => Promise<R>} use
 * @returns {Promise<R>}
 */
export async function withViewer(use) {
  const folder = await mkdtemp(join(tmpdir(), 'interop-'));
  const collector = await startCollector({ port: 0, db: join(folder, 'traces.db') });
  try {
    return await use(collector.url);
  } finally {
    await collector.close();
    await rm(folder, { recursive: true });
  }
}
