import { withPage } from './chromium.mjs';
import { ask } from './client.mjs';
import { LARGE_TRACE, largeTrace } from './large-trace.mjs';
import { servers } from './servers.mjs';

/**
 * Shows a trace of ten thousand spans in the viewer's page, with its first rows drawn, while `use` runs.
 *
 * @template R
 * @param {(page: import('playwright-core').Page) => Promise<R>} use
 */
export function withLargeTrace(use) {
  return servers['opentracing-viewer']?.(async ({ url }) => {
    for (const body of largeTrace()) {
      const { status, text } = await ask(`${url}/api/v2/spans`, body);
      if (status !== 202) throw new Error(`The trace was answered with ${status}: ${text}`);
    }
    return withPage(async (page) => {
      await page.goto(`${url}/traces/${LARGE_TRACE}`, { waitUntil: 'commit' });
      await page.locator('[role=treeitem]').first().waitFor();
      return use(page);
    });
  });
}
