import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Collector, startCollector } from 'opentracing-viewer';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { launchChromium, missingChromium } from '../../../test/support/chromium.js';
import { checkAccess } from './page-access.js';
import { HOSTILE_NAME } from './page-data.js';
import { post, span } from './support/collector.js';

/** Set `SCREENSHOTS` to a folder to have the screenshots there. */
const screenshots =
  process.env.SCREENSHOTS ?? fileURLToPath(new URL('../../../test-results/page', import.meta.url));
const minute = 60_000_000;
const start = 1_790_000_000_000_000;

describe.skipIf(missingChromium !== '')('the search in Chromium', () => {
  let folder: string;
  let collector: Collector;
  let browser: Browser;

  beforeAll(async () => {
    await mkdir(screenshots, { recursive: true });
    folder = await mkdtemp(join(tmpdir(), 'opentracing-viewer-'));
    collector = await startCollector({ port: 0, db: join(folder, 'traces.db') });
    const spans = Array.from({ length: 40 }, (_, index) =>
      span({
        traceId: (index + 1).toString(16).padStart(16, '0'),
        name: index % 4 === 0 ? 'post /orders' : 'get /stock',
        timestamp: start + index * minute,
        duration: Math.round(500 * 1.25 ** index),
        localEndpoint: { serviceName: 'gateway' },
        tags: {
          'http.status_code': index % 10 === 3 ? '500' : '200',
          ...(index % 10 === 3 ? { error: '' } : {}),
        },
      }),
    );
    await post(collector, [
      ...spans,
      span({
        traceId: '00000000000000ff',
        name: HOSTILE_NAME,
        timestamp: start + 41 * minute,
        localEndpoint: { serviceName: HOSTILE_NAME },
        tags: { [HOSTILE_NAME]: HOSTILE_NAME, error: HOSTILE_NAME },
      }),
    ]);
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await collector?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(path: string, width = 1280): Promise<Page> {
    const page = await browser.newPage({ viewport: { width, height: 800 } });
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    onTestFinished(async () => {
      await page.close();
      expect(complaints).toEqual([]);
    });
    await page.goto(collector.url + path);
    await page.locator('.results-bar p:not(:empty)').waitFor();
    return page;
  }
  const params = (page: Page) => new URL(page.url()).searchParams;

  it('finds by words, tags and fields in one text', async () => {
    const page = await open('/');
    const box = page.getByLabel('Words and tags');
    await box.fill('error http.status_code=500 name="get /stock" minDuration=10ms');
    await box.press('Enter');
    await page.getByText('2 traces', { exact: true }).waitFor();
    await box.fill('"open');
    await box.press('Enter');
    await page.getByText('A quotation mark in the search is not closed.').waitFor();
  });

  it('opens the trace whose id is searched for', async () => {
    const page = await open('/');
    const box = page.getByLabel('Words and tags');
    await box.fill('000000000000000A');
    await box.press('Enter');
    await page.waitForURL('**/traces/000000000000000a');
    await page.goBack();
    await page.waitForURL(collector.url);
  });

  it('suggests what the last word may become', async () => {
    const page = await open('/?limit=100');
    await page.locator('.trace').first().waitFor();
    await page.getByLabel('Words and tags').fill('error http');
    await page
      .locator('datalist option[value="error http.status_code=500"]')
      .waitFor({ state: 'attached' });
  });

  it('narrows time and duration by a drag over the scatter', async () => {
    const page = await open('/?limit=100&view=scatter');
    const box = await page.locator('.scatter svg').boundingBox();
    if (box === null) throw new Error('there is no scatter');
    await page.mouse.move(box.x + box.width / 2, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 15, box.y + box.height / 2, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/between=/);
    expect(params(page).get('lookback')).toBe('custom');
    await expect.poll(() => page.locator('.dot').count()).toBeLessThan(21);
    expect(await page.locator('.dot').count()).toBeGreaterThan(10);
    await page.getByRole('button', { name: 'of any duration' }).click();
    await page.waitForURL((url) => !url.searchParams.has('between'));
  });

  it('narrows by the keyboard, and says what is selected', async () => {
    const page = await open('/?limit=100&view=scatter');
    const plot = page.getByRole('application');
    await plot.focus();
    await plot.press('ArrowRight');
    await plot.press('Shift+ArrowUp');
    await page.getByRole('status').filter({ hasText: 'traces of' }).waitFor();
    await plot.press('Escape');
    await page.getByText('Drag over a part').waitFor();
    await plot.press('ArrowLeft');
    await plot.press('Enter');
    await page.waitForURL(/between=\d+-\d+/);
  });

  it('opens the trace of a mark, and tells errors by the shape', async () => {
    const page = await open('/?limit=100&view=scatter');
    await page.locator('.dot').first().waitFor();
    const shapes = await page
      .locator('.dot.failed')
      .evaluateAll((dots) => dots.map((dot) => dot.getAttribute('d')));
    expect(shapes.length).toBe(5);
    expect(shapes.every((shape) => shape?.includes('L'))).toBe(true);
    await page.locator('.dot').last().click();
    await page.waitForURL(/\/traces\/[0-9a-f]{16}$/);
  });

  it('tells the latency of operations, each with a way to its traces', async () => {
    const page = await open('/?limit=100&view=operations');
    const row = page.getByRole('row').filter({ hasText: 'post /orders' });
    expect(await row.textContent()).toContain('10');
    expect(await row.getByRole('img').getAttribute('aria-label')).toMatch(/ms: \d+ span/);
    await row.getByRole('link').click();
    await page.waitForURL(/spanName=post/);
    await page.getByRole('status').getByText('10 traces', { exact: true }).waitFor();
  });

  it.each(['list', 'scatter', 'operations'])(
    'shows names that look like markup as text: %s',
    async (view) => {
      const page = await open(`/?view=${view}&limit=100`);
      await page.locator('.trace, .dot, .histogram').first().waitFor();
      expect(await page.locator('main img, main b').count()).toBe(0);
      expect(await page.title()).toContain('Traces');
    },
  );

  describe.each([1280, 360])('%i wide', (width) => {
    it.each([
      ['light', 'scatter'],
      ['dark', 'scatter'],
      ['light', 'operations'],
      ['dark', 'operations'],
    ] as const)('is accessible and fits, %s, %s', async (colorScheme, view) => {
      const page = await open('/', width);
      await page.emulateMedia({ colorScheme });
      await page.goto(
        `${collector.url}/?limit=100&view=${view}&lookback=custom&from=1789999990000`,
      );
      await page.locator('.dot, .histogram').first().waitFor();
      await page.screenshot({
        path: join(screenshots, `search-${view}-${colorScheme}-${width}.png`),
        fullPage: true,
      });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      await checkAccess(page);
    });
  });
});
