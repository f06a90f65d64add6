import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { zoneProgram } from './fixtures/zone/bundle.js';
import { expectCompiled, NATIVE_REPORT } from './zone-expectations.js';

/** Debian's; set `CHROMIUM_PATH` where it is elsewhere. */
const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

// With `CI=true` there has to be one.
describe.skipIf(!existsSync(executablePath) && process.env.CI !== 'true')(
  'ZoneScopeManager in Chromium',
  () => {
    let browser: Browser;

    beforeAll(async () => {
      browser = await chromium.launch({
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
    });

    afterAll(() => browser?.close());

    /** What the program reports in a page of its own. */
    async function run(name: Parameters<typeof zoneProgram>[0], zone: 'zone.js' | null) {
      const page = await browser.newPage();
      try {
        const complaints: string[] = [];
        page.on('pageerror', (error) => complaints.push(error.message));
        await page.addScriptTag({ content: await zoneProgram(name, zone, 'iife') });
        const report = await page.evaluate('program.report()');
        expect(complaints).toEqual([]);
        return report;
      } finally {
        await page.close();
      }
    }

    test('keeps every rule in a program compiled to ES2016, in listeners and behind fetch too', async () => {
      expectCompiled(await run('compiled', 'zone.js'), {
        listeners: [true, true, true],
        kept: null,
      });
    });

    test('has the stated limit: behind a native await nothing is active, and nothing leaks', async () => {
      expect(await run('native', 'zone.js')).toEqual(NATIVE_REPORT);
    });

    test('cannot be made without zone.js, and says which manager can', async () => {
      expect(await run('without', null)).toEqual({
        isSupported: false,
        message: expect.stringContaining('ThreadLocalScopeManager'),
      });
    });
  },
);
