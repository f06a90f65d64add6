import { describe, expect, it } from 'vitest';
import { missingChromium } from '../../../test/support/chromium.js';
import { shopTrace } from './page-data.js';
import { pageInTest } from './support/page-browser.js';

const shop = '00000000000000aa';

/** Browsers refuse to change the address too often: WebKit throws, Chromium does nothing. */
const refusals = {
  'by an error': `throw new DOMException('too many calls', 'SecurityError')`,
  'in silence': 'return',
};

describe.skipIf(missingChromium !== '')('the address in Chromium', () => {
  const inTest = pageInTest(() => shopTrace(shop, Date.now() * 1_000 - 60_000_000));
  const parameter = (name: string) => new URL(inTest.page.url()).searchParams.get(name);

  it.each(Object.entries(refusals))(
    'follows later when the browser refuses to change it %s, and the page goes on',
    async (_, refusal) => {
      const { page, open } = inTest;
      await page.addInitScript(`
        for (const name of ['pushState', 'replaceState']) {
          const real = History.prototype[name];
          History.prototype[name] = function (...args) {
            if (window.isRefused) { ${refusal}; }
            return real.apply(this, args);
          };
        }
      `);
      await open(`/traces/${shop}`);
      await page.getByRole('treeitem', { name: 'gateway post /orders' }).waitFor();
      await page.evaluate('window.isRefused = true');
      await page.getByRole('searchbox').pressSequentially('select stock');
      const status = page.locator('.trace-find [role=status]');
      await expect.poll(() => status.textContent()).toBe('9');
      expect(parameter('find')).toBeNull();
      await page.getByRole('link', { name: 'Statistics' }).click();
      await page.getByRole('table').first().waitFor();
      expect(parameter('view')).toBeNull();
      await page.evaluate('window.isRefused = false');
      await expect.poll(() => parameter('view')).toBe('statistics');
      expect(parameter('find')).toBe('select stock');
      await page.goBack();
      await expect.poll(() => parameter('view')).toBeNull();
      await page.getByRole('treeitem', { name: 'gateway post /orders' }).waitFor();
    },
  );
});
