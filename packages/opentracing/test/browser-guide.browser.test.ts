import { readFileSync } from 'node:fs';
import { build } from 'esbuild';
import { expect, it, onTestFinished } from 'vitest';
import { launchChromium, missingChromium } from '../../../test/support/chromium.js';
import { examplesOf } from '../../../test/support/examples.js';
import { startSite } from './browser-helpers.js';

const GUIDE = new URL('../../../docs/guides/browser.md', import.meta.url);

interface Sent {
  id: string;
  traceId: string;
  name: string;
}

it.skipIf(missingChromium !== '')(
  'the page of the guide sends its spans, and its trace goes on in the server',
  async () => {
    const [example] = examplesOf(readFileSync(GUIDE, 'utf8'));
    const { outputFiles } = await build({
      stdin: { contents: example?.code as string, resolveDir: import.meta.dirname },
      bundle: true,
      minify: true,
      format: 'iife',
      write: false,
      logLevel: 'error',
    });
    const program = outputFiles[0]?.text as string;
    const site = await startSite('', ({ url }, response) => {
      if (url === '/page') {
        response.setHeader('content-type', 'text/html').end(`<!doctype html>
          <script>${program.replaceAll('</script', '<\\/script')}</script>
          <script>fetch('/json').then((response) => response.json());</script>`);
      }
      return url === '/page';
    });
    const browser = await launchChromium();
    onTestFinished(async () => {
      await browser.close();
      await site.close();
    });
    await (await browser.newPage()).goto(`${site.url}/page`);
    const sent = () =>
      site.asked
        .filter(({ method, body }) => method === 'POST' && body.endsWith(']'))
        .flatMap(({ body }) => JSON.parse(body) as Sent[]);
    await expect
      .poll(
        () =>
          sent()
            .map(({ name }) => name.toLowerCase())
            .sort(),
        { timeout: 15_000 },
      )
      .toEqual(['document', 'get', 'page load']);
    const request = sent().find(({ name }) => name.toLowerCase() === 'get');
    const { headers } = site.request('/json');
    expect(headers.traceparent).toBe(`00-${request?.traceId.padStart(32, '0')}-${request?.id}-01`);
    expect(headers.b3).toContain(request?.id);
  },
);
