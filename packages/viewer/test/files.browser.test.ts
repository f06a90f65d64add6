import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { missingChromium } from '../../../test/support/chromium.js';
import { HOSTILE_NAME, shopTrace } from './page-data.js';
import { get, type Json, post, span, temporaryFolder, testCollector } from './support/collector.js';
import { LOOKS, pageInTest } from './support/page-browser.js';

const shop = '00000000000000aa';
const now = Date.now() * 1_000;
/** Older than anything that the collector has. */
const lastYear = 1_750_000_000_000_000;

describe.skipIf(missingChromium !== '')('files in Chromium', () => {
  const inTest = pageInTest(() => shopTrace(shop, now - 60_000_000));
  const says = () => inTest.page.locator('.import').textContent();
  const close = () => inTest.page.getByRole('button', { name: 'Close what the import says' });
  let last = 0;

  /** A trace that nobody has seen. */
  function fresh(name: string): Json {
    last += 1;
    const traceId = (0xf000 + last).toString(16).padStart(16, '0');
    return span({ traceId, id: traceId, name, timestamp: lastYear + last * 1_000_000 });
  }

  /** Writes files, and gives them to the page by its button. */
  async function choose(files: Record<string, string | Uint8Array>): Promise<void> {
    const folder = await temporaryFolder();
    const paths: string[] = [];
    for (const [name, content] of Object.entries(files)) {
      paths.push(join(folder, name));
      await writeFile(join(folder, name), content);
    }
    const chooser = inTest.page.waitForEvent('filechooser');
    await inTest.page.getByRole('button', { name: 'Import', exact: true }).click();
    await (await chooser).setFiles(paths);
    await close().waitFor();
  }

  it('are imported with a button, and say what came of it with a link to it', async () => {
    const { page, open, collector } = inTest;
    await open('/');
    const trace = [fresh('bought')];
    await choose({ 'orders.json': JSON.stringify(trace) });
    expect(await says()).toContain('Imported 1 span of 1 trace');
    await page.getByRole('link', { name: '1 trace', exact: true }).click();
    await page.waitForURL(`${collector.url}/traces/${trace[0]?.traceId}`);
    await page.getByRole('treeitem', { name: 'bought' }).waitFor();
    await close().click();
    expect(await page.locator('.import').count()).toBe(0);
  });

  it('are found by the link when they hold several traces of long ago', async () => {
    const { page, open } = inTest;
    await open('/');
    const [first, second] = [fresh('long ago'), fresh('a little later')];
    await choose({ 'old.json': JSON.stringify([[first], [second]]) });
    await page.getByRole('link', { name: '2 traces', exact: true }).click();
    await page.waitForURL(/lookback=custom/);
    await expect
      .poll(() => page.locator('.trace h2').allTextContents())
      .toEqual(['shop a little later', 'shop long ago']);
  });

  it('are taken in each format, packed too, and one that is wrong costs only itself', async () => {
    const { open, collector } = inTest;
    await open('/');
    const [packed, plain, before] = [fresh('packed'), fresh('plain'), fresh('before')];
    const otlp = JSON.stringify({
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'mail' } }] },
          scopeSpans: [
            {
              spans: [
                {
                  traceId: '000000000000000000000000000abcde',
                  spanId: '00000000000abcde',
                  name: 'by otlp',
                  startTimeUnixNano: `${lastYear}000`,
                  endTimeUnixNano: `${lastYear}000`,
                },
              ],
            },
          ],
        },
      ],
    });
    await choose({
      'packed.json.gz': gzipSync(JSON.stringify([packed])),
      'lines.jsonl': `${JSON.stringify(plain)}\n${otlp}\n`,
      'broken.json': `[${JSON.stringify(before)},\n{"traceId": "x", "id": "1"}]`,
      'picture.png': new Uint8Array([0x89, 0x50, 0x4e, 0x47]),
      'cut.json': '[',
    });
    const text = await says();
    expect(text).toContain('Imported 4 spans of 4 traces');
    expect(text).toMatch(/broken\.json: line 2: .*traceId.*\. 1 span up to there was taken\./);
    expect(text).toMatch(/picture\.png: /);
    expect(text).toMatch(/cut\.json: /);
    for (const { traceId } of [packed, plain, before]) {
      expect((await get(collector, `/api/v2/trace/${traceId}`)).status).toBe(200);
    }
    const { json } = await get(collector, '/api/v2/trace/000000000000000000000000000abcde');
    expect(json).toMatchObject([{ name: 'by otlp', localEndpoint: { serviceName: 'mail' } }]);
  });

  it('are imported when they are dropped on any page, which shows where', async () => {
    const { page, open } = inTest;
    await open('/dependencies');
    const text = JSON.stringify([fresh('dropped')]);
    const dataTransfer = await page.evaluateHandle(`(() => {
      const data = new DataTransfer();
      data.items.add(new File([${JSON.stringify(text)}], 'dropped.json'));
      return data;
    })()`);
    await page.dispatchEvent('main', 'dragover', { dataTransfer });
    await page.getByText('Drop files with traces').waitFor();
    await page.dispatchEvent('main', 'drop', { dataTransfer });
    await close().waitFor();
    expect(await says()).toContain('Imported 1 span of 1 trace');
    expect(await page.getByText('Drop files with traces').count()).toBe(0);
  });

  it('say that there is nothing in them, or that the collector cannot be reached', async () => {
    const { page, open } = inTest;
    await open('/');
    await choose({ 'empty.json': '[]' });
    expect(await says()).toContain('There are no spans in there.');
    await page.route('**/api/v2/spans', (route) =>
      route.request().method() === 'POST' ? route.abort() : route.continue(),
    );
    await close().click();
    await choose({ 'lost.json': JSON.stringify([fresh('lost')]) });
    expect(await says()).toContain(
      'lost.json: The collector cannot be reached. Is opentracing-viewer still running?',
    );
  });

  it('of many spans are sent in bodies that the collector takes', async () => {
    const { open, collector } = inTest;
    await open('/');
    const root = fresh('large');
    const spans = Array.from({ length: 600 }, (_, index) => ({
      ...root,
      id: (index + 1).toString(16).padStart(16, '0'),
      tags: { text: `${index} ${'ä'.repeat(20_000)}` },
    }));
    await choose({ 'large.json': JSON.stringify(spans) });
    expect(await says()).toContain('Imported 600 spans of 1 trace');
    const { json } = await get(collector, `/api/v2/trace/${root.traceId}`);
    expect(json).toHaveLength(600);
  });

  it.each([
    ['Zipkin JSON', `trace-${shop}.zipkin.json`],
    ['OTLP JSON', `trace-${shop}.otlp.jsonl`],
  ])('hold a trace after its download as %s, and give it back', async (format, name) => {
    const { page, open, collector } = inTest;
    await open(`/traces/${shop}`);
    await page.getByText('Download', { exact: true }).press('Enter');
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: format }).press('Enter');
    const file = await saved;
    expect(file.suggestedFilename()).toBe(name);
    expect(await page.getByRole('button', { name: format }).isVisible()).toBe(false);
    const content = await readFile(await file.path(), 'utf8');
    expect(content).toContain(JSON.stringify(HOSTILE_NAME).slice(1, -1));

    const other = await testCollector();
    await page.goto(other.url);
    await choose({ [name]: content });
    const before = (await get(collector, `/api/v2/trace/${shop}`)).json as Json[];
    const after = (await get(other, `/api/v2/trace/${shop}`)).json as Json[];
    const byId = (a: Json, b: Json) => String(a.id).localeCompare(String(b.id));
    expect(after.sort(byId)).toMatchObject(before.sort(byId));
  });

  it('hold the traces that a search has found', async () => {
    const { page, open } = inTest;
    await open('/?serviceName=gateway');
    await page.getByText('Download', { exact: true }).click();
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Zipkin JSON' }).click();
    const file = await saved;
    expect(file.suggestedFilename()).toBe('traces.zipkin.json');
    expect(JSON.parse(await readFile(await file.path(), 'utf8'))).toHaveLength(40);
  });

  it('keep the menu of formats closed with Escape, and the details of a span open', async () => {
    const { page, open } = inTest;
    await open(`/traces/${shop}`);
    await page.getByText('Download', { exact: true }).press('Enter');
    await page.getByRole('button', { name: 'OTLP JSON' }).press('Escape');
    expect(await page.getByRole('button', { name: 'OTLP JSON' }).isVisible()).toBe(false);
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Download');
  });

  it.each(LOOKS)('are accessible and fit, $colorScheme and $width wide', async (looks) => {
    const { page, open, look } = inTest;
    const { colorScheme, ...size } = looks;
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme });
    await post(inTest.collector, [fresh('one')]);
    await open('/');
    await choose({ 'a.json': JSON.stringify([fresh('two')]), 'b.json': '{"no": "trace"}' });
    await page.getByText('Download', { exact: true }).click();
    await page.getByRole('button', { name: 'OTLP JSON' }).waitFor();
    await look('files-search');
    await open(`/traces/${shop}`);
    await page.getByText('Download', { exact: true }).click();
    await look('files-trace');
  });
});
