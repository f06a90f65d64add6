import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';

/** Debian's; set `CHROMIUM_PATH` where it is elsewhere. */
const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

/** Why there is no Chromium to test with, empty when there is one. With `CI=true` it has to be. */
export const missingChromium = existsSync(executablePath)
  ? ''
  : `there is no Chromium at ${executablePath}: install it, or set CHROMIUM_PATH`;
if (missingChromium !== '') {
  if (process.env.CI === 'true') throw new Error(missingChromium);
  console.warn(`The tests of the page are skipped: ${missingChromium}`);
}

/** Headless, and silent towards the world. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core'), 'utf8');

/** Fails with what axe finds, of whatever weight. */
export async function checkAccess(page: Page): Promise<void> {
  // Through the debugger, since the page's policy lets no foreign script in.
  await page.evaluate(axeSource);
  const violations = await page.evaluate(
    `axe.run().then(({ violations }) => violations.map(
      ({ id, help, nodes }) => id + ': ' + help + '\\n' + nodes.map(
        ({ target, failureSummary }) => '  ' + target + '\\n  ' + failureSummary).join('\\n')))`,
  );
  expect(violations).toEqual([]);
}
