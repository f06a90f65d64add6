import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { launchChromium, missingChromium } from '../../../test/support/chromium.js';
import { browserProgram, type SiteServer, startSite } from './browser-helpers.js';

const IMAGE = '<svg xmlns="http://www.w3.org/2000/svg"/>';
const PARENT = { traceId: '463ac35c9f6413ad48485a3953bb6124', id: '0020000000000001' };
const TRACEPARENT = `00-${PARENT.traceId}-${PARENT.id}-01`;

/** A span as Zipkin gets it. */
interface Sent {
  id: string;
  traceId: string;
  parentId?: string;
  name: string;
  kind?: string;
  timestamp: number;
  duration: number;
  tags: Record<string, string>;
  annotations?: { timestamp: number; value: string }[];
}

/** What the page and the server do. */
interface Site {
  /** Runs before the program is installed. */
  readonly before?: string;
  readonly options?: string;
  readonly head?: string;
  readonly serverTiming?: string;
  /** Whether the image of the page never comes. */
  readonly hangs?: boolean;
}

describe.skipIf(missingChromium !== '')('the loading of a page', () => {
  let browser: Browser;
  let program: string;

  beforeAll(async () => {
    browser = await launchChromium();
    program = await browserProgram(false);
  });
  afterAll(() => browser?.close());

  async function open(given: Site): Promise<{ page: Page; site: SiteServer }> {
    const site = await startSite('', (request, response) => {
      const path = request.url ?? '';
      if (path === '/program.js') {
        response.setHeader('content-type', 'text/javascript').end(program);
      } else if (path === '/image.svg?token=secret') {
        if (given.hangs !== true) {
          response.setHeader('content-type', 'image/svg+xml').end(IMAGE);
        }
      } else if (path.startsWith('/page')) {
        response.setHeader('content-type', 'text/html');
        if (given.serverTiming !== undefined) {
          response.setHeader('server-timing', given.serverTiming);
        }
        response.end(`<!doctype html><title>Page</title>${given.head ?? ''}
          <script>${given.before ?? ''}</script>
          <script src="/program.js"></script>
          <script>
            globalThis.real = createZipkinTracer({
              serviceName: 'page',
              url: location.origin + '/api/v2/spans',
              flushIntervalMs: 1,
              propagation: ['tracecontext', 'b3'],
            });
            globalThis.stop = instrumentPageLoad({ tracer: real, ${given.options ?? ''} });
          </script>
          <p>Text</p><img src="/image.svg?token=secret">`);
      } else {
        return false;
      }
      return true;
    });
    const page = await browser.newPage();
    onTestFinished(async () => {
      await page.close();
      await site.close();
    });
    const waitUntil = given.hangs === true ? 'commit' : 'load';
    await page.goto(`${site.url}/page?token=secret`, { waitUntil });
    return { page, site };
  }

  function sent({ asked }: SiteServer): Sent[] {
    return asked
      .filter(({ method, body }) => method === 'POST' && body.endsWith(']'))
      .flatMap(({ body }) => JSON.parse(body) as Sent[]);
  }

  async function spansOf(site: SiteServer, count: number): Promise<Sent[]> {
    await expect.poll(() => sent(site).length, { timeout: 15_000 }).toBeGreaterThanOrEqual(count);
    return sent(site);
  }

  function rootOf(spans: readonly Sent[]): Sent {
    return spans.find(({ name }) => name === 'page load') as Sent;
  }

  it('is a span with the moments of the page, and the request for the document in it', async () => {
    const { site, page } = await open({});
    const spans = await spansOf(site, 2);
    expect(spans.map(({ name }) => name).sort()).toEqual(['document', 'page load']);
    const root = rootOf(spans);
    const document = spans.find(({ name }) => name === 'document') as Sent;
    expect(root.parentId).toBeUndefined();
    expect(root.tags).toMatchObject({
      component: 'page',
      'http.url': `${site.url}/page`,
      'page.navigation': 'navigate',
    });
    expect(root.annotations?.map(({ value }) => value)).toEqual(
      expect.arrayContaining(['domInteractive', 'domContentLoadedEventStart', 'domComplete']),
    );
    expect(document).toMatchObject({ parentId: root.id, traceId: root.traceId, kind: 'CLIENT' });
    expect(document.tags).toMatchObject({ 'http.status_code': '200', 'http.method': 'GET' });
    expect(document.annotations?.map(({ value }) => value)).toEqual(
      expect.arrayContaining(['requestStart', 'responseStart']),
    );
    const end = (await page.evaluate(
      "performance.timeOrigin + performance.getEntriesByType('navigation')[0].loadEventEnd",
    )) as number;
    expect(Math.abs(root.timestamp + root.duration - end * 1_000)).toBeLessThan(5);
    for (const span of spans) {
      expect(span.timestamp).toBeGreaterThanOrEqual(root.timestamp);
      for (const { timestamp } of span.annotations ?? []) {
        expect(timestamp).toBeGreaterThanOrEqual(span.timestamp);
      }
    }
  });

  it('has a span for each resource where they are asked for, without queries', async () => {
    const { site } = await open({ options: 'resources: true' });
    const spans = await spansOf(site, 4);
    expect(spans.map(({ name }) => name).sort()).toEqual([
      'document',
      'img',
      'page load',
      'script',
    ]);
    const image = spans.find(({ name }) => name === 'img');
    expect(image).toMatchObject({
      parentId: rootOf(spans).id,
      tags: { 'http.url': `${site.url}/image.svg` },
    });
  });

  const NAMED: Record<string, Site> = {
    'a meta element': { head: `<meta name="traceparent" content="${TRACEPARENT}">` },
    'a meta element of B3': { head: `<meta name="b3" content="${PARENT.traceId}-${PARENT.id}-1">` },
    'the header Server-Timing': { serverTiming: `db;dur=5, traceparent;desc="${TRACEPARENT}"` },
  };
  it.each(Object.entries(NAMED))(
    'goes on with the trace of the server, by %s',
    async (_, given) => {
      const { site } = await open(given);
      const root = rootOf(await spansOf(site, 2));
      expect(root).toMatchObject({ traceId: PARENT.traceId, parentId: PARENT.id });
    },
  );

  it.each(['<meta name="traceparent" content="nonsense">', '<meta name="b3" content="x">'])(
    'is a trace of its own where the page names none that can be read: %s',
    async (head) => {
      const { site } = await open({ head });
      expect(rootOf(await spansOf(site, 2)).parentId).toBeUndefined();
    },
  );

  it('is recorded as aborted when the page goes away before, in time to be sent', async () => {
    const { site, page } = await open({ hangs: true });
    await page.waitForFunction('globalThis.stop !== undefined');
    await page.goto(`${site.url}/next`);
    const root = rootOf(await spansOf(site, 2));
    expect(root.annotations?.at(-1)?.value).toContain('aborted');
  });

  it('is recorded when it is shown, of a page that was rendered beforehand', async () => {
    const { site, page } = await open({
      before: `globalThis.isPrerendering = true;
        Object.defineProperty(document, 'prerendering', { get: () => isPrerendering });`,
    });
    await page.evaluate('new Promise((done) => setTimeout(done, 50))');
    expect(sent(site)).toEqual([]);
    await page.evaluate(
      "isPrerendering = false; document.dispatchEvent(new Event('prerenderingchange'))",
    );
    expect(await spansOf(site, 2)).toHaveLength(2);
  });

  it('says that the page was in the background', async () => {
    const { site } = await open({
      before: `const { getEntriesByType } = performance;
        performance.getEntriesByType = function (type) {
          return type === 'visibility-state'
            ? [{ name: 'hidden', startTime: 0 }]
            : getEntriesByType.call(this, type);
        };`,
    });
    expect(rootOf(await spansOf(site, 2)).tags['page.hidden']).toBe('true');
  });

  it('is recorded once, also where the tracing comes late or the page comes back', async () => {
    const { site, page } = await open({});
    await spansOf(site, 2);
    await page.evaluate('instrumentPageLoad({ tracer: real }); real.flush()');
    await page.goto(`${site.url}/next`);
    await page.goBack();
    const loads = () => sent(site).filter(({ name }) => name === 'page load');
    await expect.poll(() => page.title()).toBe('Page');
    const wasRestored = await page.evaluate(
      "performance.getEntriesByType('navigation')[0].type !== 'back_forward'",
    );
    await expect.poll(() => loads().length).toBe(wasRestored ? 1 : 2);
  });

  it('has the hooks, and is left out where it is ignored', async () => {
    const { site } = await open({
      options: `requestHook: (span, { url }) => span.setTag('path', url.pathname),
        responseHook: (span, { status }) => span.setTag('answered', status),
        captureQuery: true`,
    });
    expect(rootOf(await spansOf(site, 2)).tags).toMatchObject({
      path: '/page',
      answered: '200',
      'http.url': `${site.url}/page?token=REDACTED`,
    });
    const ignored = await open({ options: 'ignore: () => true' });
    await ignored.page.evaluate("real.startSpan('mark').finish()");
    expect((await spansOf(ignored.site, 1)).map(({ name }) => name)).toEqual(['mark']);
  });
});
