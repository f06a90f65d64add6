import { describe, expect, it } from 'vitest';
import { missingChromium } from '../../../test/support/chromium.js';
import { HOSTILE_NAME } from './page-data.js';
import { post } from './support/collector.js';
import { callsBetween } from './support/graph-data.js';
import { LOOKS, pageInTest } from './support/page-browser.js';

const now = Date.now() * 1_000;

/** A shop of a few services that call each other in a circle, too, one of an odd name. */
const shop = callsBetween(
  [
    { from: 'web', to: 'gateway', calls: 60, errors: 3 },
    { from: 'gateway', to: 'orders', calls: 40, lasts: 20_000 },
    { from: 'gateway', to: 'search', calls: 12 },
    { from: 'orders', to: 'stock', calls: 30, errors: 6 },
    { from: 'orders', to: 'billing', calls: 9 },
    { from: 'billing', to: 'orders', calls: 4 },
    { from: 'stock', to: 'stock', calls: 2 },
    { from: 'billing', to: HOSTILE_NAME.toLowerCase(), calls: 1 },
  ],
  now - 600_000_000,
);

/** Sixty services, each called by up to two. */
const sixty = callsBetween(
  Array.from({ length: 90 }, (_, index) => ({
    from: `service-${Math.floor(index / 2) % 45}`,
    to: `service-${index % 60 === 0 ? 7 : index % 60}`,
    calls: 1 + (index % 5),
    errors: index % 9 === 0 ? 1 : 0,
  })),
  now - 600_000_000,
);

describe.skipIf(missingChromium !== '')('the dependencies in Chromium', () => {
  const inTest = pageInTest(() => shop);
  const graph = () => inTest.page.getByRole('region', { name: 'Graph' });
  const rows = () => inTest.page.locator('tbody tr');

  it('are reached from the bar, with a graph and a table of the same calls', async () => {
    const { page, open } = inTest;
    await open('/');
    await page.getByRole('link', { name: 'Dependencies' }).click();
    await graph().waitFor();
    const current = page.getByRole('navigation', { name: 'Pages' }).locator('[aria-current]');
    expect(await current.textContent()).toBe('Dependencies');
    expect(await rows().count()).toBe(8);
    expect(
      await graph()
        .getByRole('link', { name: / calls / })
        .count(),
    ).toBe(8);
    const line = graph().getByRole('link', { name: 'orders calls stock' });
    expect(await line.textContent()).toMatch(/20 % errors$/);
    expect(await rows().first().textContent()).toContain('webgateway60');
    await page.getByRole('columnheader', { name: 'Errors' }).getByRole('button').click();
    await page.waitForURL(/sort=-errors/);
    await expect.poll(() => rows().first().textContent()).toContain('orders');
  });

  it('lead from a service to its traces, and from a line to the traces of its calls', async () => {
    const { page, open } = inTest;
    await open('/dependencies');
    await graph().getByRole('link', { name: 'search', exact: true }).click();
    await page.waitForURL(/\/\?serviceName=search$/);
    await page.getByText('12 traces', { exact: true }).waitFor();
    await page.goBack();
    await rows().filter({ hasText: 'stock' }).getByRole('link', { name: 'failed' }).first().click();
    await page.getByRole('heading', { name: 'orders call stock' }).waitFor();
    await page.goBack();
    await graph().getByRole('link', { name: 'billing calls orders' }).click();
    await page.getByText('4 traces', { exact: true }).waitFor();
    expect(await page.getByLabel('Calls').inputValue()).toBe('orders');
  });

  it('lead to the slowest trace where no caller says whom it calls', async () => {
    const { page, collector, open } = inTest;
    const unnamed = callsBetween([{ from: 'cron', to: 'mail', calls: 1 }], now, false);
    await post(
      collector,
      unnamed.map((span) => ({ ...span, traceId: 'e1' })),
    );
    await open('/dependencies?service=cron');
    await graph().getByRole('link', { name: 'cron calls mail' }).click();
    await page.getByRole('heading', { name: 'cron call mail' }).waitFor();
  });

  it('keep the time and the service in the address', async () => {
    const { page, open } = inTest;
    await open('/dependencies?lookback=1h');
    await rows().first().waitFor();
    await page.getByRole('combobox', { name: 'Services' }).selectOption('search');
    await page.waitForURL(/service=search/);
    await expect.poll(() => rows().count()).toBe(1);
    await page.reload();
    await expect.poll(() => rows().count()).toBe(1);
    expect(await page.getByLabel('Time').inputValue()).toBe('1h');
  });

  it('are zoomed by buttons and by the keyboard', async () => {
    const { page, open } = inTest;
    await open('/dependencies');
    const width = async () => (await graph().locator('.box').first().boundingBox())?.width ?? 0;
    await graph().waitFor();
    const first = await width();
    await page.getByRole('button', { name: 'Zoom out' }).click();
    await expect.poll(width).toBeLessThan(first);
    const small = await width();
    await graph().focus();
    await page.keyboard.press('+');
    await expect.poll(width).toBeGreaterThan(small);
    await page.keyboard.press('0');
    await expect
      .poll(() => graph().evaluate((box) => box.scrollWidth <= box.clientWidth))
      .toBe(true);
  });

  it('show names that look like markup as text', async () => {
    const { page, open } = inTest;
    await open('/dependencies');
    await graph().getByText(HOSTILE_NAME.toLowerCase(), { exact: true }).waitFor();
    expect(await page.locator('main img, .box b').count()).toBe(0);
  });

  it.each(LOOKS)('are accessible and fit, $colorScheme and $width wide', async (looks) => {
    const { page, open, look } = inTest;
    await page.setViewportSize(looks);
    await page.emulateMedia({ colorScheme: looks.colorScheme });
    await open('/dependencies');
    await rows().first().waitFor();
    const pages = page.getByRole('navigation', { name: 'Pages' });
    const hidden = await pages.evaluate((nav) => nav.scrollWidth - nav.clientWidth);
    expect(hidden, 'pixels of the names of pages are out of sight').toBe(0);
    await look('dependencies');
  });
});

describe.skipIf(missingChromium !== '')('the dependencies of sixty services', () => {
  const inTest = pageInTest(() => sixty);

  it.each(LOOKS)('can be read, $colorScheme and $width wide', async (looks) => {
    const { page, open, look } = inTest;
    await page.setViewportSize(looks);
    await page.emulateMedia({ colorScheme: looks.colorScheme });
    await open('/dependencies');
    await page.getByText('60 services').waitFor();
    await look('dependencies-large');
  });

  it('say when there are none in the time', async () => {
    const { page, open } = inTest;
    await open('/dependencies?lookback=15m&service=nobody');
    await page.getByRole('heading', { name: 'No service calls another' }).waitFor();
  });
});
