import { describe, expect, it } from 'vitest';
import { missingChromium } from '../../../test/support/chromium.js';
import type { Span } from '../src/model/span.js';
import { shopTrace } from './page-data.js';
import { type Sketch, spansOf } from './support/graph-data.js';
import { LOOKS, pageInTest } from './support/page-browser.js';

const now = Date.now() * 1_000;
const shop = '00000000000000aa';
const long = '00000000000000d1';

/** Ten thousand spans in ten seconds: a root, and a hundred spans under it with up to 99 each. */
function longTrace(): Span[] {
  const steps = (from: number, count: number): Sketch[] =>
    Array.from({ length: count }, (_, index) => ({
      service: `service ${(from + index) % 7}`,
      name: `step ${from + index}`,
      at: (from + index) * 1_000,
      lasts: 900,
    }));
  const children = Array.from({ length: 100 }, (_, index): Sketch => {
    const first = 1 + index * 100;
    return {
      service: 'batch',
      name: `step ${first}`,
      at: first * 1_000,
      lasts: 99_000,
      children: steps(first + 1, index === 99 ? 98 : 99),
    };
  });
  const root = { service: 'batch', name: 'step 0', lasts: 10_000_000, children };
  return spansOf(root, long, now - 120_000_000);
}

describe.skipIf(missingChromium !== '')('the waterfall in Chromium', () => {
  const inTest = pageInTest(() => [...shopTrace(shop, now - 60_000_000), ...longTrace()]);
  const rows = () => inTest.page.getByRole('treeitem');
  const row = (step: number) =>
    inTest.page.getByRole('treeitem', { name: new RegExp(`step ${step}\\b`) });
  const slider = (name: string) => inTest.page.getByRole('slider', { name });
  const parameter = (name: string) => new URL(inTest.page.url()).searchParams.get(name);

  it('has only the rows in sight of a long trace, and each where it belongs', async () => {
    const { page, open } = inTest;
    await open(`/traces/${long}`);
    await row(0).waitFor();
    expect(await rows().count()).toBeLessThan(150);
    await page.evaluate('scrollTo(0, document.body.scrollHeight)');
    await row(9999).waitFor();
    expect(await rows().count()).toBeLessThan(150);
    expect(await row(9999).getAttribute('aria-posinset')).toBe('98');
    expect(await row(9999).getAttribute('aria-level')).toBe('3');
  });

  it('is walked with the keyboard from end to end, and the focus stays where it was', async () => {
    const { page, open } = inTest;
    await open(`/traces/${long}`);
    await row(0).focus();
    await page.keyboard.press('End');
    await expect.poll(() => focused()).toContain('step 9999');
    await page.keyboard.press('PageUp');
    await expect.poll(() => focused()).not.toContain('step 9999');
    const before = await focused();
    await page.evaluate('scrollTo(0, 0)');
    await row(1).waitFor();
    expect(await focused()).toBe(before);
    await page.keyboard.press('Home');
    await expect.poll(() => focused()).toContain('step 0');
  });

  it('always has the focus on a row, also when keys are quicker than scrolling', async () => {
    const { page, open } = inTest;
    await open(`/traces/${long}`);
    await row(0).focus();
    // The page has not scrolled to the last row yet when that has the focus: the next key is quicker.
    const hadFocus = await page.evaluate<(string | null)[]>(`new Promise((resolve) => {
      const tree = document.activeElement.closest('[role=tree]');
      const press = (key) =>
        document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
      const hadFocus = [];
      const observer = new MutationObserver(() => {
        const { activeElement } = document;
        hadFocus.push(activeElement.role);
        if (activeElement.textContent.includes('step 9977')) resolve(hadFocus);
      });
      observer.observe(tree, { childList: true, subtree: true });
      tree.addEventListener('focusin', () => press('PageUp'), { once: true });
      press('End');
      setTimeout(() => resolve([...hadFocus, document.activeElement.textContent.slice(0, 200)]), 5000);
    })`);
    expect(new Set(hadFocus)).toEqual(new Set(['treeitem']));
  });

  it('opens at the span that the address names', async () => {
    await inTest.open(`/traces/${long}?span=${(8_001).toString(16).padStart(16, '0')}`);
    await row(8000).waitFor();
    await expect
      .poll(() => row(8000).evaluate((element) => element.getBoundingClientRect().top))
      .toBeLessThan(800);
  });

  it('shows the part of the time that is drawn in the little picture, and all of it again', async () => {
    const { page, open } = inTest;
    await open(`/traces/${long}`);
    await row(0).waitFor();
    const area = await page.locator('.minimap-area').boundingBox();
    if (area === null) throw new Error('There is no picture.');
    const y = area.y + area.height / 2;
    await page.mouse.move(area.x + area.width * 0.5, y);
    await page.mouse.down();
    await page.mouse.move(area.x + area.width * 0.75, y, { steps: 4 });
    await page.mouse.up();
    await expect.poll(() => Number(parameter('from'))).toBeCloseTo(5_000_000, -5);
    expect(Number(parameter('to'))).toBeCloseTo(7_500_000, -5);
    expect(await row(1).textContent()).toContain('before the time shown');
    await page.reload();
    await slider('Start of the time shown').waitFor();
    expect(Number(await slider('Start of the time shown').getAttribute('aria-valuenow'))).toBe(
      Number(parameter('from')),
    );
    await page.getByRole('button', { name: 'Show all' }).click();
    await expect.poll(() => parameter('from')).toBeNull();
    expect(parameter('to')).toBeNull();
  });

  it('takes the ends of the time from keys too', async () => {
    const { page, open } = inTest;
    await open(`/traces/${long}`);
    await slider('Start of the time shown').focus();
    await page.keyboard.press('Shift+ArrowRight');
    await expect.poll(() => parameter('from')).toBe('1000000');
    await slider('End of the time shown').focus();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => parameter('to')).toBe('9900000');
    expect(await slider('Start of the time shown').getAttribute('aria-valuetext')).toBe('1 s');
  });

  it('tells the sides of a call apart, by a sign and in words', async () => {
    await inTest.open(`/traces/${shop}`);
    const client = rows().filter({ hasText: 'client' }).first();
    await client.waitFor();
    expect(await client.locator('.row-kind').getAttribute('title')).toMatch(/^Client/);
    expect(await rows().filter({ hasText: 'server' }).count()).toBeGreaterThan(0);
  });

  it.each(LOOKS)('is accessible and fits, $colorScheme and $width wide', async (looks) => {
    const { page, open, look } = inTest;
    await page.setViewportSize(looks);
    await page.emulateMedia({ colorScheme: looks.colorScheme });
    await open(`/traces/${shop}`);
    await rows().first().waitFor();
    await look('waterfall');
    await open(`/traces/${long}?from=4000000&to=6000000`);
    await row(0).waitFor();
    await look('waterfall-long');
  });

  const focused = () => inTest.page.evaluate<string>('document.activeElement.textContent');
});
