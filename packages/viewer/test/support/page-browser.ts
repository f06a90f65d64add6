import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Collector, startCollector } from 'opentracing-viewer';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { launchChromium } from '../../../../test/support/chromium.js';
import { checkAccess } from '../page-access.js';
import { type Json, post } from './collector.js';

/** Set `SCREENSHOTS` to a folder to have the screenshots there. */
const screenshots =
  process.env.SCREENSHOTS ??
  fileURLToPath(new URL('../../../../test-results/page', import.meta.url));

/** A page of a collector that has some traces, and what tests do with it. */
export interface PageInTest {
  readonly page: Page;
  readonly collector: Collector;
  open(path: string): Promise<unknown>;
  /** Checks that the page is accessible and not wider than the window; takes a picture of it. */
  look(name: string): Promise<void>;
}

/** How the page is looked at: each size, light and dark. */
export const LOOKS = [
  { width: 1280, height: 800, colorScheme: 'light' },
  { width: 1280, height: 800, colorScheme: 'dark' },
  { width: 360, height: 760, colorScheme: 'light' },
  { width: 360, height: 760, colorScheme: 'dark' },
] as const;

/**
 * Starts a collector with the spans and a browser for the tests of a `describe`, with a new page for each.
 * A test fails when the browser complains of something: a script that failed, content refused.
 */
export function pageInTest(spans: () => object[] | Promise<object[]>): PageInTest {
  let folder: string;
  let collector: Collector;
  let browser: Browser;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    await mkdir(screenshots, { recursive: true });
    folder = await mkdtemp(join(tmpdir(), 'opentracing-viewer-'));
    collector = await startCollector({ port: 0, db: join(folder, 'traces.db') });
    const body: Json[] = (await spans()).map((span) => ({ ...span }));
    expect((await post(collector, body)).status).toBe(202);
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await collector?.close();
    await rm(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    complaints = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      const isRefused = message.text().startsWith('Failed to load resource');
      if (message.type() === 'error' && !isRefused) complaints.push(message.text());
    });
  });

  afterEach(async () => {
    await page.close();
    expect(complaints).toEqual([]);
  });

  return {
    get page() {
      return page;
    },
    get collector() {
      return collector;
    },
    open: (path) => page.goto(collector.url + path),
    look: async (name) => {
      await checkAccess(page);
      const width = page.viewportSize()?.width;
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      const isDark = await page.evaluate('matchMedia("(prefers-color-scheme: dark)").matches');
      const file = `${name}-${isDark ? 'dark' : 'light'}-${width}.png`;
      await page.screenshot({ path: join(screenshots, file) });
    },
  };
}
