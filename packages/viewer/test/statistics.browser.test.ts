import { describe, expect, it } from 'vitest';
import { missingChromium } from '../../../test/support/chromium.js';
import { HOSTILE_NAME, shopTrace } from './page-data.js';
import { largeTrace } from './support/graph-data.js';
import { LOOKS, pageInTest } from './support/page-browser.js';

const now = Date.now() * 1_000;
const shop = '00000000000000aa';
const large = '00000000000000c2';

describe.skipIf(missingChromium !== '')('the statistics of a trace in Chromium', () => {
  const inTest = pageInTest(() => [
    ...shopTrace(shop, now - 60_000_000),
    ...largeTrace(large, now - 30_000_000),
  ]);
  const rows = () => inTest.page.locator('tbody tr');
  const firstRow = () => rows().first().textContent();
  const head = (name: string) => inTest.page.getByRole('columnheader', { name, exact: true });

  it('are sorted by a click on a head, which the address keeps', async () => {
    const { page, open } = inTest;
    await open(`/traces/${shop}`);
    await page.getByRole('link', { name: 'Statistics' }).click();
    await rows().first().waitFor();
    expect(await head('Self').getAttribute('aria-sort')).toBe('descending');
    await head('Longest').getByRole('button').click();
    await page.waitForURL(/sort=-longest/);
    await expect.poll(firstRow).toContain('post /orders');
    await page.reload();
    await expect.poll(firstRow).toContain('post /orders');
    await head('Longest').getByRole('button').click();
    await page.waitForURL(/sort=longest/);
    expect(await head('Longest').getAttribute('aria-sort')).toBe('ascending');
  });

  it('are by service, by operation, or by a tag', async () => {
    const { page, open } = inTest;
    await open(`/traces/${shop}?view=statistics`);
    await page.getByLabel('Group by').selectOption('service');
    await expect.poll(() => rows().count()).toBe(4);
    await page.getByLabel('Group by').selectOption('tag');
    await page.getByLabel('Tag', { exact: true }).selectOption('http.status_code');
    await page.waitForURL(/by=tag&tag=http.status_code/);
    await expect.poll(() => rows().count()).toBe(3);
    expect(await page.getByText('without this tag').count()).toBe(1);
  });

  it('lead to the spans in the timeline', async () => {
    const { page, open } = inTest;
    await open(`/traces/${shop}?view=statistics&by=tag&tag=http.status_code`);
    await page.getByRole('link', { name: '502' }).click();
    await page.getByRole('tree', { name: 'Spans' }).waitFor();
    expect(new URL(page.url()).searchParams.get('find')).toBe('http.status_code=502');
  });

  it('show names and tags that look like markup as text', async () => {
    const { page, open } = inTest;
    await open(`/traces/${shop}?view=statistics`);
    await page.getByRole('link', { name: HOSTILE_NAME }).waitFor();
    await open(`/traces/${shop}?view=statistics&by=tag&tag=${encodeURIComponent(HOSTILE_NAME)}`);
    await page.getByRole('columnheader', { name: HOSTILE_NAME }).waitFor();
    expect(await page.locator('main img, main b').count()).toBe(0);
  });

  it.each(LOOKS)('are accessible and fit, $colorScheme and $width wide', async (looks) => {
    const { page, open, look } = inTest;
    await page.setViewportSize(looks);
    await page.emulateMedia({ colorScheme: looks.colorScheme });
    await open(`/traces/${shop}?view=statistics`);
    await rows().first().waitFor();
    await look('statistics');
    await open(`/traces/${large}?view=statistics&by=operation`);
    await rows().first().waitFor();
    await look('statistics-large');
  });
});
