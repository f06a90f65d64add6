import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { launchChromium, missingChromium } from '../../../test/support/chromium.js';
import { type Behaviour, type FaultyCollector, startCollector } from './faults/collector.js';

const PROGRAM = `
import { createZipkinTracer } from 'opentracing-ts/zipkin';
globalThis.errors = [];
globalThis.start = (options) => {
  globalThis.tracer = createZipkinTracer({
    serviceName: 'page',
    flushIntervalMs: 600_000,
    onError: ({ message }) => errors.push(message),
    ...options,
  });
};
globalThis.record = (name, tags) => tracer.startSpan(name, { tags }).finish();
`;

const WAIT = { timeout: 15_000 };

/** Where the page is from, seen from the collector. */
const ORIGINS = ['its own', 'another'] as const;

describe.skipIf(missingChromium !== '')('createZipkinTracer in Chromium', () => {
  let browser: Browser;
  let content: string;

  beforeAll(async () => {
    browser = await launchChromium();
    const { outputFiles } = await build({
      stdin: { contents: PROGRAM, resolveDir: import.meta.dirname },
      bundle: true,
      format: 'iife',
      target: 'esnext',
      write: false,
    });
    content = outputFiles[0]?.text ?? '';
  });

  afterAll(() => browser?.close());

  /** A page that has the tracer, beside a collector that lets in what Zipkin lets in. */
  async function prepare(
    origin: (typeof ORIGINS)[number],
    { behave, options = {} }: { behave?: Behaviour; options?: object } = {},
  ) {
    const collector = await startCollector(behave, {
      onHeaders({ method }, response) {
        response.setHeader('access-control-allow-origin', '*');
        response.setHeader('access-control-allow-headers', 'content-type');
        if (method !== 'POST') {
          response
            .setHeader('content-type', 'text/html')
            .end('<!doctype html><title>Empty</title>');
        }
        return method !== 'POST';
      },
    });
    const { url } = collector;
    const page = await browser.newPage();
    onTestFinished(() => page.close());
    await page.goto(
      new URL('/', origin === 'another' ? url.replace('127.0.0.1', 'localhost') : url).href,
    );
    await page.addScriptTag({ content });
    await page.evaluate(`start(${JSON.stringify({ url, ...options })})`);
    return { collector, page };
  }

  /** Sends a request from the page, which arrives after those that have left it before. */
  async function anotherRequest(page: Page, { url }: FaultyCollector) {
    await page.evaluate(`fetch(${JSON.stringify(url)}, { method: 'POST', body: '[]' })`);
  }

  describe.each(ORIGINS)('to a collector when the page is from %s origin', (origin) => {
    test('sends while the page is there', async () => {
      const { collector, page } = await prepare(origin);
      await page.evaluate("record('one'); tracer.flush()");
      expect(collector.names).toEqual(['one']);
      expect(await page.evaluate('errors')).toEqual([]);
    });

    test('delivers once what is recorded right before the next page', async () => {
      const { collector, page } = await prepare(origin);
      await page.evaluate("record('one'); record('two'); location.href = '/next'");
      await page.waitForURL('**/next');
      await expect.poll(() => collector.names, WAIT).toEqual(['one', 'two']);
      await anotherRequest(page, collector);
      expect(collector.names).toEqual(['one', 'two']);
    });

    test('delivers once what is recorded while the page goes away', async () => {
      const { collector, page } = await prepare(origin);
      await page.evaluate(
        "addEventListener('beforeunload', () => record('last')); record('one'); location.reload()",
      );
      await expect.poll(() => collector.names, WAIT).toEqual(['one', 'last']);
    });

    test('delivers once what is recorded before the page is closed', async () => {
      const { collector, page } = await prepare(origin);
      await page.evaluate("record('one')");
      await page.close({ runBeforeUnload: true });
      await expect.poll(() => collector.names, WAIT).toEqual(['one']);
    });

    test('delivers once what is on its way, and what was recorded after it', async () => {
      const { collector, page } = await prepare(origin);
      await page.evaluate("record('one'); tracer.flush(); record('two'); location.href = '/next'");
      await page.waitForURL('**/next');
      await expect.poll(() => [...collector.names].sort(), WAIT).toEqual(['one', 'two']);
      await anotherRequest(page, collector);
      expect(collector.names).toHaveLength(2);
    });

    test('sends when the page is hidden, and keeps what was not accepted', async () => {
      const { collector, page } = await prepare(origin, {
        behave: ({ number, refuse, accept }) => (number === 1 ? refuse(503) : accept()),
        options: { flushIntervalMs: 1 },
      });
      await page.evaluate(`
        Object.defineProperty(document, 'visibilityState', { value: 'hidden' });
        record('one');
        document.dispatchEvent(new Event('visibilitychange'));
      `);
      await expect.poll(() => collector.names, WAIT).toEqual(['one']);
      expect(collector.exchanges).toHaveLength(2);
    });

    test('delivers of many what a browser takes of a page that goes away, and that once', async () => {
      const { collector, page } = await prepare(origin);
      await page.evaluate(`
        for (let i = 0; i < 1_000; i++) record('span-' + i, { text: 'x'.repeat(300) });
        location.href = '/next';
      `);
      await page.waitForURL('**/next');
      await expect.poll(() => collector.names.length, WAIT).toBeGreaterThanOrEqual(100);
      await anotherRequest(page, collector);
      expect(new Set(collector.names).size).toBe(collector.names.length);
    });
  });
});
