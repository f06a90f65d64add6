import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

/** Debian's; set `CHROMIUM_PATH` where it is elsewhere. */
const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

/**
 * Opens a page in headless Chromium while `use` runs.
 *
 * @template R
 * @param {(page: import('playwright-core').Page) => Promise<R>} use
 * @throws Error when there is no Chromium
 */
export async function withPage(use) {
  if (!existsSync(executablePath)) {
    throw new Error(
      `There is no Chromium at ${executablePath}; install it, or set CHROMIUM_PATH, to time the page.`,
    );
  }
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    return await use(await browser.newPage({ viewport: { width: 1280, height: 800 } }));
  } finally {
    await browser.close();
  }
}
