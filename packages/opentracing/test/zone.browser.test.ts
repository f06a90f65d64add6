import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium, missingChromium } from '../../../test/support/chromium.js';
import { zoneProgram } from './fixtures/zone/bundle.js';
import { expectCompiled, NATIVE_REPORT } from './zone-expectations.js';

describe.skipIf(missingChromium !== '')('ZoneScopeManager in Chromium', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
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
});
