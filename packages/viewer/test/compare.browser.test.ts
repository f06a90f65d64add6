import { describe, expect, it } from 'vitest';
import { missingChromium } from '../../../test/support/chromium.js';
import { HOSTILE_NAME, shopTrace } from './page-data.js';
import { LOOKS, pageInTest } from './support/page-browser.js';

const now = Date.now() * 1_000;
const first = '00000000000000aa';
const second = '00000000000000ab';

/** The shop's trace once more: one span slower, one gone, one new. */
const other = shopTrace(second, now - 30_000_000)
  .filter(({ name }) => name !== 'authenticate')
  .map((span) => {
    if (span.name === 'parse body') return { ...span, duration: 9_000 };
    return span.name === 'send response' ? { ...span, name: 'stream response' } : span;
  });

describe.skipIf(missingChromium !== '')('two traces compared in Chromium', () => {
  const inTest = pageInTest(() => [...shopTrace(first, now - 60_000_000), ...other]);
  const row = (text: string) => inTest.page.locator('tbody tr', { hasText: text });

  it('are chosen from a trace, among those of the same operation or by an id', async () => {
    const { page, open } = inTest;
    await open(`/traces/${first}`);
    await page.getByRole('link', { name: 'Compare' }).click();
    await page
      .getByRole('listitem')
      .getByRole('link', { name: /\d\d:\d\d/ })
      .click();
    await page.waitForURL(`**/compare/${first}/${second}`);
    await page.goBack();
    await page.getByLabel('Id of the other trace').fill(` ${second} `);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/compare/${first}/${second}`);
  });

  it('are chosen from the traces that a search found', async () => {
    const { page, open } = inTest;
    await open('/');
    await page.getByRole('link', { name: 'Compare' }).last().click();
    await page.waitForURL(`**/compare/${first}`);
  });

  it('say what was added, removed and changed, in words and numbers', async () => {
    const { page, open } = inTest;
    await open(`/compare/${first}/${second}`);
    expect(await row('authenticate').textContent()).toContain('removed');
    expect(await row('stream response').textContent()).toContain('added');
    expect(await row('parse body').textContent()).toMatch(/changed.*310 µs9 ms\+8.69 ms$/);
    await page.getByRole('link', { name: '9 ms', exact: true }).click();
    await page.waitForURL(`**/traces/${second}?span=*`);
  });

  it('are swapped, and shown without what is alike, by the address', async () => {
    const { page, open } = inTest;
    await open(`/compare/${first}/${second}`);
    const all = await row('').count();
    await page.getByLabel('Only what differs').check();
    await page.waitForURL(/\?different/);
    await expect.poll(() => row('').count()).toBeLessThan(all);
    await page.getByRole('button', { name: 'Swap' }).click();
    await page.waitForURL(`**/compare/${second}/${first}?different=`);
    await expect.poll(() => row('authenticate').textContent()).toContain('added');
  });

  it('say when one was not found', async () => {
    const { page, open } = inTest;
    await open(`/compare/${first}/00000000000000f0`);
    await page.getByText('00000000000000f0 not found').waitFor();
  });

  it('show names that look like markup as text', async () => {
    const { page, open } = inTest;
    await open(`/compare/${first}/${second}`);
    await row(HOSTILE_NAME).waitFor();
    expect(await page.locator('main img, .way b').count()).toBe(0);
  });

  it.each(LOOKS)('are accessible and fit, $colorScheme and $width wide', async (looks) => {
    const { page, open, look } = inTest;
    await page.setViewportSize(looks);
    await page.emulateMedia({ colorScheme: looks.colorScheme });
    await open(`/compare/${first}/${second}`);
    await row('authenticate').waitFor();
    await look('compare');
    await open(`/compare/${first}`);
    await page.getByText('Traces that begin').waitFor();
    await look('compare-choose');
  });
});
