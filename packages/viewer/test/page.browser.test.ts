import type { Collector, Span } from 'opentracing-viewer';
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { missingChromium } from '../../../test/support/chromium.js';
import { checkAccess } from './page-access.js';
import { HOSTILE_NAME, rootSpan, shopTrace, smallTraces } from './page-data.js';
import { FIXTURES, fixture, get, type Json, post, testCollector } from './support/collector.js';
import { LOOKS, pageInTest } from './support/page-browser.js';

const shopId = '00000000000000aa';

describe.skipIf(missingChromium !== '')('the page in Chromium', () => {
  const inTest = pageInTest(traces);
  const { open } = inTest;
  let page: Page;
  let collector: Collector;
  beforeEach(() => {
    ({ page, collector } = inTest);
  });

  const row = (name: string) => page.getByRole('treeitem', { name });
  const details = () => page.getByRole('complementary', { name: 'Span details' });

  it('finds a trace by its service, operation and tags, opens it, and shows a span', async () => {
    await open('/');
    await page.getByLabel('Service', { exact: true }).selectOption('gateway');
    await page.getByLabel('Operation').selectOption('post /orders');
    await page.getByLabel('Tags').fill('error and http.method=POST');
    await page.getByLabel('Shortest').fill('200ms');
    await page.getByLabel('Tags').press('Enter');
    await page.waitForURL(/minDuration=200ms/);
    await page.getByText('1 trace', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'gateway post /orders' }).click();

    await page.waitForURL(`${collector.url}/traces/${shopId}`);
    await page.getByRole('heading', { name: 'gateway post /orders' }).waitFor();
    expect(await page.getByRole('treeitem').count()).toBe(40);
    expect(await page.title()).toContain('post /orders · 238 ms');

    await row('error pricing price').click();
    await page.waitForURL(/\?span=/);
    const text = await details().textContent();
    for (const part of ['88 ms', '109 ms', 'RangeError: no rule for country XX', 'cache.miss']) {
      expect(text).toContain(part);
    }
    expect(text).toContain('SERVER');
    expect(text).toContain('pricing 10.0.0.4');
  });

  it('keeps the search in the address, so that back, forward and links work', async () => {
    await open('/?serviceName=inventory&lookback=1h');
    const service = page.getByLabel('Service', { exact: true });
    await page.getByText('2 traces', { exact: true }).waitFor();
    expect(await service.inputValue()).toBe('inventory');
    await page.getByLabel('Time').selectOption('all');
    await page.waitForURL(`${collector.url}/?serviceName=inventory`);
    await page.getByRole('link', { name: 'gateway post /orders' }).click();
    await page.getByRole('link', { name: '← Traces' }).click();
    await page.waitForURL(`${collector.url}/?serviceName=inventory`);
    await page.goBack();
    await page.getByRole('tree').waitFor();
    await page.goBack();
    await page.goBack();
    await page.waitForURL(/lookback=1h/);
    await expect.poll(() => page.getByLabel('Time').inputValue()).toBe('1h');
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.waitForURL(`${collector.url}/`);
    expect(await service.inputValue()).toBe('');
  });

  it('opens a trace from anywhere in its item, and has the exact time as its title', async () => {
    await open('/');
    const item = page.getByRole('listitem').filter({ hasText: 'post /orders' });
    await item.click();
    await page.waitForURL(`${collector.url}/traces/${shopId}`);
    await page.goBack();
    const title = await item.getByRole('link').first().getAttribute('title');
    expect(title).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/);
  });

  it('says what is wrong with a duration and does not search', async () => {
    await open('/?minDuration=10');
    await page.getByText('Write a number and a unit').waitFor();
    expect(await page.getByLabel('Shortest').getAttribute('aria-invalid')).toBe('true');
    expect(await page.locator('.trace').count()).toBe(0);
  });

  it('opens a link to a span and closes its details with Escape', async () => {
    const span = shopTrace(shopId, 0).find(({ name }) => name === 'release reservation 8');
    await open(`/traces/${shopId}?span=${span?.id}`);
    await details().getByRole('heading', { name: 'release reservation 8' }).waitFor();
    const selected = page.locator('[role=treeitem][aria-selected=true]');
    expect(await selected.textContent()).toContain('release reservation 8');
    const box = await selected.boundingBox();
    expect(box?.y).toBeGreaterThan(0);
    expect(box?.y).toBeLessThan(800);
    await page.getByRole('button', { name: 'Close details' }).focus();
    await page.keyboard.press('Escape');
    await details().waitFor({ state: 'detached' });
    expect(new URL(page.url()).search).toBe('');
    expect(await focusedText(page)).toContain('release reservation 8');
  });

  it('says that there is no such page, in its title too', async () => {
    await open('/nothing');
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
    await expect.poll(() => page.title()).toBe('No such page');
    await page.getByRole('link', { name: 'Search for traces' }).click();
    await page.waitForURL(`${collector.url}/`);
  });

  it('is walked with the keyboard', async () => {
    await open(`/traces/${shopId}`);
    await row('gateway post /orders').focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key);
    expect(await focusedText(page)).toContain('gateway get orders');
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => page.getByRole('treeitem').count()).toBe(8);
    expect(await row('gateway get orders').getAttribute('aria-expanded')).toBe('false');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await focusedText(page)).toContain('orders orders');
    await page.keyboard.press('Enter');
    await details().getByRole('heading', { name: 'orders' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await details().getByRole('heading', { name: 'validate the order' }).waitFor();
    await page.keyboard.press('Escape');
    await details().waitFor({ state: 'detached' });
    expect(await focusedText(page)).toContain('validate the order');
  });

  it('collapses and expands with the mouse', async () => {
    await open(`/traces/${shopId}`);
    await row('gateway get orders').locator('.twisty').click();
    await expect.poll(() => page.getByRole('treeitem').count()).toBe(8);
    expect(await details().count()).toBe(0);
    await page.getByRole('button', { name: 'Collapse all' }).click();
    await expect.poll(() => page.getByRole('treeitem').count()).toBe(1);
    await page.getByRole('button', { name: 'Expand all' }).click();
    await expect.poll(() => page.getByRole('treeitem').count()).toBe(40);
  });

  it('shows names and tags that look like markup as text', async () => {
    await open(`/traces/${shopId}`);
    await row(`gateway ${HOSTILE_NAME}`).click();
    await details().getByRole('heading', { name: HOSTILE_NAME }).waitFor();
    expect(await details().locator('td', { hasText: HOSTILE_NAME }).count()).toBe(1);
    expect(await page.locator('main img, main b').count()).toBe(0);
    expect(await page.title()).toContain('post /orders');
  });

  it('marks spans without a parent and spans that were not finished', async () => {
    await open(`/traces/${shopId}`);
    await page.getByRole('treeitem', { name: 'orphan' }).click();
    await details().getByRole('cell', { name: 'which did not arrive' }).waitFor();
    expect(await page.getByRole('treeitem', { name: 'unfinished' }).count()).toBe(1);
  });

  it('copies a span as JSON and the id of the trace', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await open(`/traces/${shopId}`);
    await page.getByRole('button', { name: 'Copy id' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(shopId);
    await row('gateway parse body').click();
    await page.getByRole('button', { name: 'Copy span as JSON' }).click();
    await page.getByRole('button', { name: 'Copied' }).last().waitFor();
    const copied = JSON.parse(await page.evaluate('navigator.clipboard.readText()'));
    expect(copied).toMatchObject({
      traceId: shopId,
      name: 'parse body',
      tags: { bytes: '18233' },
    });
  });

  it.each(FIXTURES)('shows the real trace %s', async (name) => {
    const spans = await fixture(name);
    await open(`/traces/${spans[0]?.traceId}`);
    await page.getByRole('tree').waitFor();
    const stored = await get(collector, `/api/v2/trace/${spans[0]?.traceId}`);
    expect(stored.json).toHaveLength(await page.getByRole('treeitem').count());
  });

  it('says that a trace was not found, and finds it when it has come', async () => {
    const id = '00000000000000f1';
    const empty = await testCollector();
    await page.goto(`${empty.url}/traces/${id}`);
    await page.getByRole('heading', { name: 'Trace not found' }).waitFor();
    await post(empty, asJson([rootSpan(id, 'latecomer', Date.now() * 1_000)]));
    await page.getByRole('button', { name: 'Try again' }).click();
    await row('latecomer').waitFor();
  });

  it('finds a trace by its id in capitals, and says of what is no id that it is none', async () => {
    await open(`/traces/${shopId.toUpperCase()}`);
    await row('gateway post /orders').waitFor();
    await open('/traces/zzz');
    await page.getByText('That did not work').waitFor();
    expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(0);
  });

  it('says that the collector cannot be reached, and tries again', async () => {
    await page.route('**/api/**', (route) => route.abort());
    await open('/');
    await page.getByText('The collector cannot be reached').waitFor();
    await page.unroute('**/api/**');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('.trace').first().waitFor();
    expect(await page.getByText('The collector cannot be reached').count()).toBe(0);
  });

  it('tells how to send the first trace, and shows it by itself when told to', async () => {
    const empty = await testCollector();
    await page.goto(empty.url);
    await page.getByText('npx opentracing-viewer run -- node app.js').waitFor();
    await page.getByText(`${empty.url}/api/v2/spans`).waitFor();
    await checkAccess(page);
    await page.getByLabel('Auto-refresh').check();
    await post(empty, asJson([rootSpan('00000000000000f2', 'first', Date.now() * 1_000)]));
    await page.getByRole('link', { name: 'first' }).waitFor();
    await page.goto(`${empty.url}/?annotationQuery=nothing`);
    await page.getByRole('link', { name: 'Show all traces' }).click();
    await page.getByRole('link', { name: 'first' }).waitFor();
  });

  it.each(LOOKS)(
    'is accessible and fits, $colorScheme, $width',
    async ({ colorScheme, ...size }) => {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme });
      await open('/');
      await page.locator('.trace').first().waitFor();
      await inTest.look('search');
      await page.getByRole('link', { name: 'gateway post /orders' }).click();
      await row('gateway post /orders').waitFor();
      await inTest.look('trace');
      await row('error pricing price').click();
      await details().waitFor();
      await inTest.look('span');
      expect(await row('error pricing price').isVisible()).toBe(true);
      await page.getByRole('button', { name: 'Close details' }).click();
      await row('gateway send response').scrollIntoViewIfNeeded();
      await inTest.look('end');
    },
  );
});

/** The shop's trace, smaller ones of the last hours, and the real ones. */
async function traces(): Promise<Json[]> {
  const now = Date.now() * 1_000;
  const shop = shopTrace(shopId, now - 65_000_000);
  const real = await Promise.all(FIXTURES.map(fixture));
  return [...[shop, ...smallTraces(now)].flatMap(asJson), ...real.flat()];
}

function asJson(spans: Span[]): Json[] {
  return spans.map((span) => ({ ...span }));
}

function focusedText(page: Page): Promise<string> {
  return page.evaluate('document.activeElement.textContent');
}
