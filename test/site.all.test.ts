import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, missingChromium } from './support/chromium.js';
import { node, WORKSPACE } from './support/run.js';

const GUIDES = [
  'Express in five minutes',
  'Fastify in five minutes',
  'Koa in five minutes',
  'Hono in five minutes',
  'Concepts',
  'Inbound requests',
  'Outbound requests',
  'Pages in a browser',
  'Functions, callbacks and streams',
  'Worker threads and child processes',
  'Logging',
  'Exporting',
  'Scopes and async code',
  'Where did my context go?',
  'Set up a tracer',
  'Delivery',
  'Spool',
  'Test your instrumentation',
  'Writing a tracer',
  'Migrating from opentracing 0.14',
  'Migrating from Python',
  'Moving to OpenTelemetry',
  'OpenTracing or OpenTelemetry',
  'OpenTracing and OpenTelemetry in one program',
  'What works where',
  'Configuration by environment variables',
  'Traces in production',
  'Benchmarks',
  'Among real systems',
];

let site: string;

beforeAll(async () => {
  site = await mkdtemp(join(tmpdir(), 'site-'));
  const typedoc = join(WORKSPACE, 'node_modules/typedoc/bin/typedoc');
  const { code, stdout, stderr } = await node([typedoc, '--emit', 'docs', '--out', site], {
    cwd: WORKSPACE,
    timeout: 120_000,
  });
  // What TypeDoc warns of is an error, so that it may say nothing.
  expect({ code, warnings: stripVTControlCharacters(stdout + stderr) }).toMatchObject({ code: 0 });
}, 120_000);
afterAll(() => rm(site, { recursive: true }));

describe('the site of npm run docs', () => {
  it('has no link that leads nowhere, and loads nothing from elsewhere', async () => {
    const pages = await readPages();
    const broken = [...pages].flatMap(([page, html]) =>
      linksOf(html)
        .filter((link) => !resolves(pages, page, link))
        .map((link) => `${page}: ${link}`),
    );
    expect(broken).toEqual([]);
    expect([...pages.values()].join('').match(/(?:src|rel="stylesheet" href)="https?:[^"]+/g)).toBe(
      null,
    );
  });

  it('calls the modules what a program imports', async () => {
    const library = JSON.parse(
      await readFile(join(WORKSPACE, 'packages/opentracing/package.json'), 'utf8'),
    );
    const modules = Object.keys(library.exports)
      .filter((subpath) => !subpath.endsWith('.json'))
      .map((subpath) => library.name + subpath.slice(1));
    const overview = await readFile(join(site, 'modules.html'), 'utf8');
    const titles = [...overview.matchAll(/href="modules\/[^"]+">(.*?)<\/a>/g)].map(([, title]) =>
      title?.replaceAll('<wbr/>', ''),
    );
    expect(titles).toEqual(
      expect.arrayContaining([...modules, 'opentracing-viewer', 'opentracing-viewer/testing']),
    );
  });

  describe.skipIf(missingChromium !== '')('in a browser', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchChromium();
    });
    afterAll(() => browser.close());

    it('has the guides in its navigation, first and in their order', async () => {
      const page = await browser.newPage();
      await page.goto(pathToFileURL(join(site, 'index.html')).href);
      const links = page.locator('.site-menu .tsd-navigation a');
      await links.filter({ hasText: 'Concepts' }).waitFor();
      const texts = (await links.allTextContents()).map((text) => text.trim());
      expect(texts.slice(1, GUIDES.length + 1)).toEqual(GUIDES);
      await page.close();
    });

    const axe = createRequire(import.meta.url).resolve('axe-core');
    for (const colorScheme of ['light', 'dark'] as const) {
      it.each(['index.html', 'documents/runtimes.html', 'classes/opentracing-ts.Tracer.html'])(
        `is without serious obstacles, ${colorScheme}: %s`,
        async (path) => {
          const page = await browser.newPage({ colorScheme });
          await page.goto(pathToFileURL(join(site, path)).href);
          await page.locator('.site-menu .tsd-navigation a').first().waitFor();
          await page.addScriptTag({ path: axe });
          const violations = await page.evaluate(
            // The navigation of TypeDoc has links in the summaries that fold it up.
            `axe.run({ rules: { 'nested-interactive': { enabled: false } } }).then(({ violations }) => violations
              .filter(({ impact }) => impact === 'serious' || impact === 'critical')
              .map(({ id, help, nodes }) => id + ': ' + help + '\\n' + nodes.map(
                ({ target, failureSummary }) => '  ' + target + '\\n  ' + failureSummary).join('\\n')))`,
          );
          expect(violations).toEqual([]);
          await page.close();
        },
      );
    }
  });
});

/** The pages by their paths. */
async function readPages(): Promise<Map<string, string>> {
  const files = await readdir(site, { recursive: true });
  const pages = new Map<string, string>();
  for (const file of files.filter((name) => name.endsWith('.html'))) {
    pages.set(file, await readFile(join(site, file), 'utf8'));
  }
  return pages;
}

function linksOf(html: string): string[] {
  return [...html.matchAll(/<(?:a|link|script|img)[^>]* (?:href|src)="([^"]+)"/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link));
}

function resolves(pages: ReadonlyMap<string, string>, page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : relative(site, join(site, dirname(page), path));
  const html = pages.get(target);
  return html === undefined
    ? existsSync(join(site, target))
    : anchor === undefined || anchor === '' || html.includes(`id="${decodeURIComponent(anchor)}"`);
}
