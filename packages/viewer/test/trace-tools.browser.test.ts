import { describe, expect, it } from 'vitest';
import { missingChromium } from '../../../test/support/chromium.js';
import type { Span } from '../src/model/span.js';
import { HOSTILE_NAME, shopTrace } from './page-data.js';
import { LOOKS, pageInTest } from './support/page-browser.js';

const now = Date.now() * 1_000;
const shop = '00000000000000aa';
const linked = '00000000000000e1';

/** A span with everything that details show. */
function linkedTrace(): Span[] {
  const tags = Object.fromEntries(
    Array.from({ length: 12 }, (_, index) => [`tag.${index}`, `v${index}`]),
  );
  return [
    {
      traceId: linked,
      id: '00000000000000e2',
      name: 'consume',
      kind: 'CONSUMER',
      timestamp: now - 50_000_000,
      duration: 9_000,
      localEndpoint: { serviceName: 'mail' },
      tags: {
        ...tags,
        long: 'x'.repeat(2_000),
        'host.name': 'build-7',
        'otlp.link.0': `${shop}|0000000000000001||{"opentracing.ref_type":"follows_from"}|0`,
      },
      annotations: [
        { timestamp: now - 49_999_000, value: 'event=retry attempt=2' },
        {
          timestamp: now - 49_998_000,
          value: `"cache miss": {"key":"${HOSTILE_NAME.replaceAll('"', '\\"')}"}`,
        },
      ],
    },
    {
      traceId: linked,
      id: '00000000000000e3',
      parentId: '00000000000000e2',
      name: 'send later',
      timestamp: now - 49_995_000,
      duration: 2_000,
      localEndpoint: { serviceName: 'mail' },
      tags: { 'opentracing.ref_type': 'follows_from' },
    },
  ];
}

describe.skipIf(missingChromium !== '')('the tools of the timeline in Chromium', () => {
  const inTest = pageInTest(() => [...shopTrace(shop, now - 60_000_000), ...linkedTrace()]);
  const row = (name: string | RegExp) => inTest.page.getByRole('treeitem', { name });
  const parameter = (name: string) => new URL(inTest.page.url()).searchParams.get(name);
  const details = () => inTest.page.getByRole('complementary', { name: 'Span details' });

  it('find spans by words, count them, step through them, and open what hides them', async () => {
    const { page, open } = inTest;
    await open(`/traces/${shop}`);
    await row('gateway post /orders').waitFor();
    await page.getByRole('button', { name: 'Collapse all' }).click();
    await page.keyboard.press('/');
    await page.keyboard.type('inventory select stock');
    await expect.poll(() => parameter('find')).toBe('inventory select stock');
    const status = page.locator('.trace-find [role=status]');
    await expect.poll(() => status.textContent()).toBe('9');
    await page.keyboard.press('Enter');
    await expect.poll(() => status.textContent()).toBe('1 of 9');
    await row(/select stock of article 4711 found/).waitFor();
    await page.keyboard.press('Shift+Enter');
    await expect.poll(() => status.textContent()).toBe('9 of 9');
    await page.getByRole('button', { name: 'Next match' }).click();
    await expect.poll(() => status.textContent()).toBe('1 of 9');
    await page.reload();
    await expect.poll(() => status.textContent()).toBe('9');
    await page.getByRole('searchbox').fill('no such thing');
    await expect.poll(() => status.textContent()).toBe('No match');
  });

  it('mark the words that were found, in the rows and in the details', async () => {
    const { page, open } = inTest;
    await open(`/traces/${linked}?find=CONS+tag.1=v1+attempt=2+%3Cimg+xxx`);
    await row(/consume/).click();
    const marks = (within: string) => page.locator(`${within} mark`).allTextContents();
    await expect.poll(() => marks('[role=tree]')).toEqual(['cons']);
    expect(await marks('.details h2')).toEqual(['cons']);
    expect(await marks('.details .pairs th')).toEqual(['tag.1']);
    expect(await marks('.details .pairs .log-key')).toEqual(['attempt']);
    // A value that is folded is open where a word is in it, and what is marked stays text.
    await expect.poll(() => page.locator('.details details[open] mark').count()).toBe(666);
    expect((await marks('.details .log-field')).map((text) => text.toLowerCase())).toContain(
      '<img',
    );
    await page.getByRole('searchbox', { name: 'Find' }).fill('other');
    await expect.poll(() => page.locator('mark').count()).toBe(0);
  });

  it('go from error to error by key, with the details open too', async () => {
    const { page, open } = inTest;
    await open(`/traces/${shop}`);
    await row('gateway post /orders').click();
    await details().waitFor();
    const first = parameter('span');
    const status = page.locator('.trace-errors [role=status]');
    await expect.poll(() => status.textContent()).toBe('1 of 4');
    await page.keyboard.press('e');
    await expect.poll(() => status.textContent()).toBe('2 of 4');
    expect(parameter('span')).not.toBe(first);
    await page.keyboard.press('Shift+E');
    await expect.poll(() => parameter('span')).toBe(first);
  });

  it('show the span again to which one steps, and take the focus of the rows along', async () => {
    const { page, open } = inTest;
    await open(`/traces/${shop}`);
    await row('gateway post /orders').waitFor();
    await page.getByRole('searchbox').fill('parse body');
    const status = page.locator('.trace-find [role=status]');
    await page.keyboard.press('Enter');
    await expect.poll(() => status.textContent()).toBe('1 of 1');
    await page.evaluate('scrollTo(0, document.body.scrollHeight)');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => row(/parse body/).evaluate((element) => element.getBoundingClientRect().top))
      .toBeGreaterThan(0);
    await row(/parse body/).press('Home');
    const errors = page.locator('.trace-errors [role=status]');
    await expect.poll(() => errors.textContent()).toBe('1 of 4');
    await page.keyboard.press('e');
    await expect.poll(() => errors.textContent()).toBe('2 of 4');
    const focused = () => page.evaluate('document.activeElement.textContent');
    await expect.poll(focused).not.toContain('post /orders');
    expect(await focused()).toContain('error');
  });

  it('lead to the rows by the arrow keys, from anywhere and from what was found', async () => {
    const { page, open } = inTest;
    await open(`/traces/${shop}`);
    await row('gateway post /orders').waitFor();
    const focused = () => page.locator('[role=treeitem]:focus').allTextContents();
    await page.keyboard.press('ArrowDown');
    await expect.poll(focused).toEqual([expect.stringContaining('post /orders')]);
    await page.keyboard.press('/');
    await page.keyboard.type('parse body');
    const status = page.locator('.trace-find [role=status]');
    await expect.poll(() => status.textContent()).toBe('1');
    await page.keyboard.press('Enter');
    await expect.poll(() => status.textContent()).toBe('1 of 1');
    await page.keyboard.press('Escape');
    await page.keyboard.press('ArrowUp');
    await expect.poll(focused).toEqual([expect.stringContaining('parse body')]);
  });

  it('show the critical path, and its part in the details', async () => {
    const { page, open } = inTest;
    await open(`/traces/${shop}`);
    await page.getByLabel('Critical path').check();
    await expect.poll(() => parameter('path')).toBe('critical');
    await page.locator('.path').first().waitFor();
    await row('gateway post /orders').click();
    await details().getByText('On the path').waitFor();
    await page.keyboard.press('c');
    await page.locator('.path').first().waitFor({ state: 'detached' });
  });

  it('list their keys', async () => {
    const { page, open } = inTest;
    await open(`/traces/${shop}`);
    await row('gateway post /orders').waitFor();
    await page.keyboard.press('?');
    const help = page.getByRole('dialog', { name: 'Keys of the timeline' });
    await help.waitFor();
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'hidden' });
  });

  it('show in the details tags with a filter, the fields of logs, references and the process', async () => {
    const { page, open } = inTest;
    await open(`/traces/${linked}?span=00000000000000e2`);
    await details().waitFor();
    await details().getByLabel('Filter tags').fill('tag.11');
    expect(
      await details()
        .getByRole('row', { name: /^tag\./ })
        .count(),
    ).toBe(1);
    await details().getByLabel('Filter tags').fill('');
    await details().getByText('2,000 characters').click();
    await details().getByText('x'.repeat(2_000), { exact: true }).waitFor();
    const logs = details().locator('.log-field');
    expect(await logs.allTextContents()).toEqual([
      'eventretry',
      'attempt2',
      'cache miss',
      `key${HOSTILE_NAME}`,
      // none of the reference
    ]);
    await details().getByRole('row', { name: 'host.name build-7' }).waitFor();
    await details().getByRole('rowheader', { name: 'follows from', exact: true }).waitFor();
    await details()
      .getByRole('link', { name: `of trace ${shop}` })
      .click();
    await page.waitForURL(new RegExp(`/traces/${shop}\\?span=0000000000000001`));
    expect(await page.locator('main img').count()).toBe(0);
  });

  it('name in the details the parent that a span follows from, with a link to it', async () => {
    const { open } = inTest;
    await open(`/traces/${linked}?span=00000000000000e3`);
    await details().getByRole('row', { name: 'Follows from 00000000000000e2' }).waitFor();
    await details().getByRole('button', { name: 'consume' }).click();
    await details().getByRole('heading', { name: 'consume' }).waitFor();
    expect(parameter('span')).toBe('00000000000000e2');
  });

  it('copy a span with all under it, and a link to it', async () => {
    const { page, open } = inTest;
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await open(`/traces/${shop}`);
    await row('inventory stock').click();
    await details().getByRole('button', { name: 'Copy with all under it' }).click();
    await details().getByRole('button', { name: 'Copied' }).waitFor();
    const copied = JSON.parse(await page.evaluate('navigator.clipboard.readText()'));
    expect(copied[0].name).toBe('stock');
    expect(copied.length).toBeGreaterThan(5);
    await details().getByRole('button', { name: 'Copy link' }).click();
    await expect
      .poll(() => page.evaluate<string>('navigator.clipboard.readText()'))
      .toContain(`/traces/${shop}?span=${copied[0].id}`);
  });

  it.each(LOOKS)('are accessible and fit, $colorScheme and $width wide', async (looks) => {
    const { page, open, look } = inTest;
    await page.setViewportSize(looks);
    await page.emulateMedia({ colorScheme: looks.colorScheme });
    await open(`/traces/${shop}?find=select+stock&path=critical`);
    await row('gateway post /orders').waitFor();
    await look('trace-tools');
    await open(`/traces/${linked}?span=00000000000000e2&find=tag.1+retry+consume`);
    await details().waitFor();
    await page.locator('.details mark').first().waitFor();
    await look('span-details');
  });
});
