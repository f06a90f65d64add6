import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Collector, startCollector } from 'opentracing-viewer';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchChromium, missingChromium } from '../../../test/support/chromium.js';
import { checkAccess } from './page-access.js';
import { HOSTILE_NAME, smallTraces } from './page-data.js';
import { post, span } from './support/collector.js';

/** Set `SCREENSHOTS` to a folder to have the screenshots there. */
const screenshots =
  process.env.SCREENSHOTS ?? fileURLToPath(new URL('../../../test-results/page', import.meta.url));
const file = join(process.cwd(), 'src/pool of orders.js');
const epoch = (Date.now() - 120_000) * 1_000;
const request = {
  traceId: '00000000000000e1',
  id: '00000000000000e1',
  name: 'get /orders',
  kind: 'SERVER',
  timestamp: epoch,
  duration: 48_000,
};
const traces = [
  [
    span(request),
    span({
      ...{ traceId: request.traceId, id: '00000000000000e2', parentId: request.id },
      ...{ name: 'send a mail', timestamp: epoch + 90_000, duration: 9_000 },
      tags: { 'code.file.path': '/elsewhere/mail.js', 'code.line.number': '7' },
    }),
    span({
      ...{ traceId: request.traceId, id: '00000000000000e3', parentId: '00000000000000ff' },
      ...{ name: 'load the basket', timestamp: epoch + 2_000, duration: 9_000 },
    }),
  ],
  [
    span({
      ...{ traceId: '00000000000000e4', id: '00000000000000e4', name: 'select orders' },
      ...{ kind: 'CLIENT', timestamp: epoch + 5_000, duration: 9_000 },
      tags: {
        'code.file.path': file,
        'code.line.number': '12',
        'code.column.number': '5',
        'code.function.name': 'query',
      },
    }),
  ],
  [
    span({
      ...{ traceId: '00000000000000e5', id: '00000000000000e5', name: HOSTILE_NAME },
      ...{ timestamp: epoch + 400_000, duration: undefined },
      tags: { 'code.file.path': 'javascript:alert(1)', 'opentracing.unfinished': 'true' },
    }),
  ],
  [
    span({
      ...{ traceId: '00000000000000f1', id: '00000000000000f1' },
      ...{ timestamp: epoch + 500_000, duration: 9 },
    }),
    ...['f2', 'f3', 'f4'].map((id, index) =>
      span({
        ...{ traceId: '00000000000000f1', id: `00000000000000${id}`, parentId: '00000000000000f1' },
        ...{ name: 'beat', timestamp: epoch + (index + 1) * 600_000, duration: 9 },
      }),
    ),
  ],
];

describe.skipIf(missingChromium !== '')('the diagnosis on the page', () => {
  let folder: string;
  let collector: Collector;
  let browser: Browser;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    await mkdir(screenshots, { recursive: true });
    folder = await mkdtemp(join(tmpdir(), 'opentracing-viewer-'));
    collector = await startCollector({ port: 0, db: join(folder, 'traces.db') });
    for (const spans of traces) await post(collector, spans);
    for (const spans of smallTraces(epoch)) await post(collector, spans as never[]);
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await collector?.close();
    await rm(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    complaints = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
  });

  afterEach(async () => {
    await page.close();
    expect(complaints).toEqual([]);
  });

  const open = (path: string) => page.goto(collector.url + path);
  const panel = () => page.getByRole('region', { name: 'Findings' });
  const details = () => page.getByRole('complementary', { name: 'Span details' });

  it('counts what is wrong in a trace, explains it, and leads to the spans', async () => {
    await open(`/traces/${request.traceId}`);
    const head = panel().getByRole('button', { name: '3 warnings' });
    expect(await head.textContent()).toContain(
      'Context lost inside of a program · Parent missing · Child of a finished span',
    );
    await head.click();
    await page.waitForURL(/findings=shown/);
    const finding = panel().getByRole('listitem').filter({ hasText: 'Child of a finished span' });
    expect(await finding.textContent()).toContain(
      '“send a mail” of shop began 42 ms after the end of “get /orders”, the parent.',
    );
    await finding.getByRole('link', { name: 'send a mail' }).click();
    await page.waitForURL(/span=00000000000000e2/);
    await details().getByText('Child of a finished span').waitFor();
    await head.click();
    await panel().getByText('Explain').waitFor();
    expect(page.url()).not.toContain('findings');
  });

  it('names of the spans that read alike the first, and counts them', async () => {
    await open('/traces/00000000000000f1?findings=shown');
    const spans = panel().getByRole('list', { name: 'Spans' }).getByRole('listitem');
    await panel().getByText('of 3 spans').waitFor();
    expect(await spans.count()).toBe(1);
    await spans.getByRole('link', { name: 'beat' }).click();
    await page.waitForURL(/span=00000000000000f2/);
  });

  it('marks the rows of the spans that it is about', async () => {
    await open(`/traces/${request.traceId}`);
    await page.getByRole('treeitem', { name: /send a mail.*warning/ }).waitFor();
    const rows = await page.getByRole('treeitem').allTextContents();
    expect(rows.filter((text) => text.includes('warning'))).toHaveLength(3);
  });

  it('leads from one trace to the other that context was lost between', async () => {
    await open(`/traces/${request.traceId}?findings=shown`);
    await panel().getByRole('link', { name: 'select orders' }).click();
    await page.waitForURL(/traces\/00000000000000e4\?span=00000000000000e4/);
    await panel().getByRole('button', { name: '1 warning' }).waitFor();
  });

  it('opens call sites in the editor that was chosen, and shows them relative to the folder', async () => {
    await open('/traces/00000000000000e4?span=00000000000000e4');
    const link = details().getByRole('link', { name: 'src/pool of orders.js:12:5' });
    const path = file.replaceAll(' ', '%20');
    expect(await link.getAttribute('href')).toBe(`vscode://file${path}:12:5`);
    await details().getByText('Started in query').waitFor();
    await details().getByLabel('Editor').selectOption('WebStorm');
    expect(await link.getAttribute('href')).toBe(`webstorm://open?file=${path}&line=12&column=5`);
    await page.reload();
    expect(await details().getByLabel('Editor').inputValue()).toBe('webstorm');
  });

  it('makes no link of what is no path, and no markup of names', async () => {
    await open('/traces/00000000000000e5?span=00000000000000e5&findings=shown');
    await details().getByText('javascript:alert(1)').first().waitFor();
    expect(await page.locator('a[href^="javascript"]').count()).toBe(0);
    expect(await page.locator('main img, main b').count()).toBe(0);
    expect(await panel().textContent()).toContain('was open when its program ended');
  });

  it('does not say that all is well where there are no traces', async () => {
    await open('/diagnosis?serviceName=nobody');
    await page.getByRole('heading', { name: 'No traces' }).waitFor();
    expect(await page.getByText('Nothing is wrong').count()).toBe(0);
  });

  it('tells of all traces of a time and a service, which the address names', async () => {
    await open('/');
    await page
      .getByRole('navigation', { name: 'Pages' })
      .getByRole('link', { name: 'Diagnosis' })
      .click();
    await page.getByText('10 traces looked at').waitFor();
    const titles = await page.getByRole('heading', { level: 2 }).allTextContents();
    expect(titles).toEqual([
      'Context lost inside of a program',
      'Parent missing',
      'Child of a finished span',
      'Child of a finished span',
      'Never finished',
    ]);
    await page.getByLabel('Service', { exact: true }).selectOption('pricing');
    await page.waitForURL(/serviceName=pricing/);
    await page.getByRole('heading', { name: 'Nothing is wrong' }).waitFor();
    await page.getByLabel('Time', { exact: true }).selectOption('15m');
    await page.waitForURL(/lookback=15m/);
    await page.goBack();
    await page.goBack();
    await page.getByRole('link', { name: 'send a mail' }).click();
    await page.waitForURL(/traces\/00000000000000e1\?span=00000000000000e2/);
  });

  it.each([
    ['wide', 1280, 'light'],
    ['wide', 1280, 'dark'],
    ['narrow', 360, 'light'],
    ['narrow', 360, 'dark'],
  ] as const)('can be used by all: %s (%i), %s', async (name, width, colorScheme) => {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    for (const [view, path] of [
      ['diagnosis', '/diagnosis'],
      ['findings', `/traces/${request.traceId}?findings=shown`],
      ['call-site', '/traces/00000000000000e4?span=00000000000000e4'],
    ] as const) {
      await open(path);
      await page
        .getByRole('link', { name: /send a mail|src\/pool/ })
        .first()
        .or(details())
        .first()
        .waitFor();
      const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect(overflow).toBeLessThanOrEqual(0);
      await checkAccess(page);
      await page.screenshot({ path: join(screenshots, `${view}-${name}-${colorScheme}.png`) });
    }
  });
});
