import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core'), 'utf8');

/** Fails with what axe finds, of whatever weight. */
export async function checkAccess(page: Page): Promise<void> {
  // Through the debugger, since the page's policy lets no foreign script in.
  await page.evaluate(axeSource);
  const violations = await page.evaluate(
    `axe.run().then(({ violations }) => violations.map(
      ({ id, help, nodes }) => id + ': ' + help + '\\n' + nodes.map(
        ({ target, failureSummary }) => '  ' + target + '\\n  ' + failureSummary).join('\\n')))`,
  );
  expect(violations).toEqual([]);
}
