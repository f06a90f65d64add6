import { join } from 'node:path';
import { startCollector } from 'opentracing-viewer';
import { describe, expect, it, onTestFinished } from 'vitest';
import { missingChromium } from '../../../test/support/chromium.js';
import { HOSTILE_NAME } from './page-data.js';
import { type Json, post, span, temporaryFolder } from './support/collector.js';
import { LOOKS, pageInTest } from './support/page-browser.js';

describe.skipIf(missingChromium !== '')('the live tail in Chromium', () => {
  const view = pageInTest(() => [span({ traceId: 'ee', name: 'before' })]);
  let last = 0;
  /** A trace that nobody has seen. */
  const fresh = (fields: Json = {}) => {
    last += 1;
    const id = last.toString(16).padStart(16, '0');
    return span({ traceId: id, id, timestamp: Date.now() * 1_000, ...fields });
  };
  const send = (...spans: Json[]) => post(view.collector, spans);
  const row = (name: string) => view.page.locator('.trace').filter({ hasText: name });
  const names = () => view.page.locator('.trace h2').allTextContents();
  const status = (text: string) =>
    view.page.getByRole('status').getByText(text, { exact: true }).waitFor();
  const press = (name: string) => view.page.getByRole('button', { name, exact: true }).click();

  async function open(path = '/live'): Promise<void> {
    await view.open(path);
    await status('Connected');
  }

  it('shows the traces that come, the newest first, and says how to make one come before', async () => {
    await open();
    await view.page.getByRole('heading', { name: 'Waiting for traces' }).waitFor();
    await view.page.getByText('npx opentracing-viewer run -- node app.js').waitFor();
    await send(fresh({ name: 'one' }));
    await row('shop one').waitFor();
    await send(fresh({ name: 'two' }));
    await row('shop two').waitFor();
    expect(await names()).toEqual(['shop two', 'shop one']);
    expect(await view.page.title()).toBe('Live');
    await view.page.getByText('2 traces', { exact: true }).waitFor();
  });

  it('replaces the row of a trace that gets more spans', async () => {
    await open();
    const first = fresh({ name: 'root' });
    await send(first, fresh({ name: 'other' }));
    await row('root').locator('.trace-when').getByText('1 span').waitFor();
    await send({ ...first, id: 'abc', parentId: first.id, tags: { error: '' } });
    await row('root').locator('.trace-when').getByText('2 spans').waitFor();
    await row('root').getByText('1 error').waitFor();
    expect(await row('root').count()).toBe(1);
    expect(await names()).toEqual(['shop other', 'shop root']);
  });

  it('holds the rows while it is paused, says how many wait, and goes on with them', async () => {
    await open();
    await send(fresh({ name: 'shown' }));
    await row('shown').waitFor();
    await view.page.getByRole('button', { name: 'Pause' }).press('Enter');
    await status('Paused');
    await send(fresh({ name: 'held' }), fresh({ name: 'held' }));
    await view.page.getByText('1 trace, 2 waiting').waitFor();
    expect(await names()).toEqual(['shop shown']);
    await view.page.getByRole('button', { name: 'Resume' }).press('Enter');
    await status('Connected');
    await expect.poll(names).toEqual(['shop held', 'shop held', 'shop shown']);
  });

  it('clears what was shown', async () => {
    await open();
    await send(fresh({ name: 'gone' }));
    await row('gone').waitFor();
    await press('Clear');
    await view.page.getByRole('heading', { name: 'Waiting for traces' }).waitFor();
    await send(fresh({ name: 'next' }));
    await row('next').waitFor();
    expect(await names()).toEqual(['shop next']);
  });

  it('follows what the text asks for, which stands in the address', async () => {
    await open();
    await send(fresh({ name: 'unasked' }));
    await row('unasked').waitFor();
    const box = view.page.getByLabel('Words and tags');
    await box.fill('service=stock k="a b" minDuration=2ms');
    await box.press('Enter');
    await view.page.waitForURL(/\/live\?annotationQuery=service%3Dstock/);
    await view.page.getByRole('heading', { name: 'Waiting for traces that match' }).waitFor();
    await status('Connected');
    const stock = { localEndpoint: { serviceName: 'stock' }, tags: { k: 'a b' }, duration: 2_000 };
    await send(fresh(), fresh({ ...stock, duration: 1_000 }), fresh({ ...stock, name: 'asked' }));
    await row('asked').waitFor();
    expect(await names()).toEqual(['stock asked']);
    await view.page.reload();
    expect(await box.inputValue()).toBe('service=stock k="a b" minDuration=2ms');
    await box.fill('"open');
    await box.press('Enter');
    await view.page.getByText('A quotation mark in the search is not closed.').waitFor();
    await status('This search cannot be followed: see above.');
    await view.page.goBack();
    await status('Connected');
  });

  it('misses nothing while a trace is looked at', async () => {
    await open();
    await send(fresh({ name: 'looked at' }));
    await row('looked at').getByRole('link').first().click();
    await view.page.waitForURL(/\/traces\//);
    await send(fresh({ name: 'meanwhile' }));
    await view.page.goBack();
    await row('meanwhile').waitFor();
    expect(await names()).toEqual(['shop meanwhile', 'shop looked at']);
  });

  it('says that it connects again, and misses nothing of what came in the meantime', async () => {
    const db = join(await temporaryFolder(), 'traces.db');
    const first = await startCollector({ port: 0, db });
    onTestFinished(() => first.close());
    await view.page.goto(`${first.url}/live`);
    await status('Connected');
    await post(first, [fresh({ name: 'early' })]);
    await row('early').waitFor();
    await first.close();
    await status('Reconnecting');
    const second = await startCollector({ port: first.port, db });
    onTestFinished(() => second.close());
    expect(second.port).toBe(first.port);
    await post(second, [fresh({ name: 'late' })]);
    await row('late').waitFor();
    await status('Connected');
    expect(await names()).toEqual(['shop late', 'shop early']);
  });

  it('says why the collector refuses', async () => {
    const answers = [503, 503];
    await view.page.route('**/api/tail?*', (route) => {
      const code = answers.pop();
      return code === undefined
        ? route.continue()
        : route.fulfill({ status: code, contentType: 'text/plain', body: 'it is full: close one' });
    });
    await view.open('/live');
    await view.page.getByText('The collector says: it is full: close one.').waitFor();
    await status('Not connected');
    await status('Connected');
  });

  it('keeps the newest 500', async () => {
    await open();
    await send(...Array.from({ length: 510 }, (_, index) => fresh({ name: `n${index}` })));
    await view.page.getByText('the newest 500 traces').waitFor();
    expect(await view.page.locator('.trace').count()).toBe(500);
  });

  it('shows names that look like markup as text', async () => {
    await open();
    await send(
      fresh({
        name: HOSTILE_NAME,
        localEndpoint: { serviceName: HOSTILE_NAME },
        tags: { [HOSTILE_NAME]: HOSTILE_NAME },
      }),
    );
    await view.page.locator('.trace').waitFor();
    expect(await view.page.locator('main img, main b').count()).toBe(0);
  });

  it.each(LOOKS)('is accessible and fits: $width wide, $colorScheme', async (look) => {
    await view.page.setViewportSize(look);
    await view.page.emulateMedia({ colorScheme: look.colorScheme });
    await open();
    await view.look('live-empty');
    for (const [name, errors, services] of [
      ['post /orders', 0, 3],
      ['get /stock/a-rather-long-name-of-something/that-was-asked-for', 1, 2],
      ['get /', 0, 1],
      ['charge card', 1, 4],
    ] as const) {
      const root = fresh({ name, duration: 40_000 * services });
      const parts = Array.from({ length: services }, (_, index) => ({
        ...root,
        id: `c${index}`,
        parentId: root.id,
        duration: 7_000,
        localEndpoint: { serviceName: ['stock', 'payments', 'mail', 'ledger'][index] },
        ...(errors > 0 && index === 0 ? { tags: { error: '' } } : {}),
      }));
      await send(root, ...parts);
      await row(name).waitFor();
    }
    await press('Pause');
    await send(fresh());
    await view.page.getByText('1 waiting').waitFor();
    await view.look('live-paused');
    await press('Resume');
    await status('Connected');
    await view.look('live');
  });
});
