import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Debian's; set `CHROMIUM_PATH` where it is elsewhere. */
const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

/** Why there is no Chromium to test with, empty when there is one. With `CI=true` it has to be. */
export const missingChromium = existsSync(executablePath)
  ? ''
  : `there is no Chromium at ${executablePath}: install it, or set CHROMIUM_PATH`;
if (missingChromium !== '') {
  if (process.env.CI === 'true') throw new Error(missingChromium);
  console.warn(`The tests in a browser are skipped: ${missingChromium}`);
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
