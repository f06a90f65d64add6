import { describe, expect, it } from 'vitest';
import { missingChromium } from '../../../test/support/chromium.js';
import { HOSTILE_NAME, shopTrace } from './page-data.js';
import { largeTrace } from './support/graph-data.js';
import { LOOKS, pageInTest } from './support/page-browser.js';

const now = Date.now() * 1_000;
const shop = '00000000000000aa';
const large = '00000000000000c2';

describe.skipIf(missingChromium !== '')('the flame graph in Chromium', () => {
  const inTest = pageInTest(() => [
    ...shopTrace(shop, now - 60_000_000),
    ...largeTrace(large, now - 30_000_000),
  ]);
  const frame = (name: string | RegExp) => inTest.page.getByRole('treeitem', { name });
  const focused = () => inTest.page.evaluate('document.activeElement.getAttribute("aria-label")');

  it('is reached from the timeline, zooms by a click, and back by its breadcrumbs and history', async () => {
    const { page, open } = inTest;
    await open(`/traces/${shop}`);
    await page.getByRole('link', { name: 'Flame graph' }).click();
    await page.waitForURL(/view=flame$/);
    const whole = await frame(/^gateway get orders/).boundingBox();
    await frame(/^gateway get orders/).click();
    await page.waitForURL(/frame=/);
    const zoomed = await frame(/^gateway get orders/).boundingBox();
    expect(zoomed?.width).toBeGreaterThan(whole?.width ?? 0);
    expect(await frame(/^gateway authenticate/).count()).toBe(0);
    await page.reload();
    await expect.poll(() => frame(/^gateway authenticate/).count()).toBe(0);
    await page.getByRole('navigation', { name: 'Zoom' }).getByText('Whole trace').click();
    await frame(/^gateway authenticate/).waitFor();
    await page.goBack();
    await frame(/^gateway authenticate/).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Timeline', exact: true }).click();
    await page.getByRole('treeitem').first().waitFor();
    expect(new URL(page.url()).search).toBe('');
  });

  it('merges siblings, and says what a frame took', async () => {
    const { page, open } = inTest;
    await open(`/traces/${large}?view=flame`);
    await frame(/^orders order 3, 10 spans/).hover();
    const figures = page.locator('.frame-figures');
    await figures.getByText('order 3').waitFor();
    expect(await figures.textContent()).toContain('Total99 ms');
    await frame(/^orders order 3, 10 spans/).click();
    await figures.getByRole('link', { name: 'Longest in the timeline' }).click();
    await page.waitForURL(/\?span=/);
    await page.getByRole('heading', { name: 'order 3' }).waitFor();
  });

  it('is walked with the keyboard', async () => {
    const { page, open } = inTest;
    await open(`/traces/${shop}?view=flame`);
    await frame(/^gateway post \/orders/).focus();
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toMatch(/^gateway get orders/);
    await page.keyboard.press('ArrowLeft');
    expect(await focused()).toMatch(/^gateway authenticate/);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.waitForURL(/frame=/);
    await expect.poll(focused).toMatch(/^gateway get orders/);
    await page.keyboard.press('Escape');
    await page.waitForURL(/view=flame$/);
    await page.keyboard.press('ArrowUp');
    expect(await focused()).toMatch(/^gateway post \/orders/);
  });

  it('marks what is looked for and keeps it in the address', async () => {
    const { page, open } = inTest;
    await open(`/traces/${shop}?view=flame`);
    await page.getByLabel('Find a service').fill('SELECT stock');
    await page.getByText('9 spans', { exact: true }).waitFor();
    expect(new URL(page.url()).searchParams.get('find')).toBe('SELECT stock');
    await expect.poll(() => frame(/, found$/).count()).toBe(9);
  });

  it('shows names that look like markup as text', async () => {
    const { page, open } = inTest;
    await open(`/traces/${shop}?view=flame`);
    await page.getByRole('treeitem').filter({ hasText: HOSTILE_NAME }).hover();
    await expect.poll(() => page.locator('.frame-figures').textContent()).toContain(HOSTILE_NAME);
    expect(await page.locator('main img, .frame b b').count()).toBe(0);
  });

  it('draws of 10,000 spans those that can be seen', async () => {
    const { page, open } = inTest;
    await open(`/traces/${large}?view=flame`);
    await frame(/^batch nightly run/).waitFor();
    const drawn = await page.getByRole('treeitem').count();
    expect(drawn).toBeGreaterThan(20);
    expect(drawn).toBeLessThan(2_000);
    expect(await page.locator('.frame-rest').count()).toBeGreaterThan(0);
  });

  it.each(LOOKS)('is accessible and fits, $colorScheme and $width wide', async (looks) => {
    const { page, open, look } = inTest;
    await page.setViewportSize(looks);
    await page.emulateMedia({ colorScheme: looks.colorScheme });
    await open(`/traces/${shop}?view=flame`);
    await frame(/^gateway post \/orders/).waitFor();
    await look('flame');
    await open(`/traces/${large}?view=flame&find=17`);
    await frame(/^batch nightly run/).waitFor();
    await look('flame-large');
  });
});
