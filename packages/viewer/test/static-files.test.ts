import { cp, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { get, temporaryFolder, testCollector } from './support/collector.js';
import { node } from './support/command.js';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
const WORKSPACE = fileURLToPath(new URL('../../..', import.meta.url));

it('serves the page at the root and at every place inside the page', async () => {
  const { url } = await testCollector();
  const root = await fetch(url);
  expect(root.status).toBe(200);
  expect(root.headers.get('content-type')).toBe('text/html; charset=utf-8');
  const page = await root.text();
  expect(page).toMatch(/^<!doctype html>/i);
  for (const path of ['/traces/5aab74dbb904746bb33447baae403ed6', '/traces/x?span=1', '/compare']) {
    expect(await (await fetch(url + path)).text()).toBe(page);
  }
});

it('serves the files that the page names, with their types', async () => {
  const { url } = await testCollector();
  const page = await (await fetch(url)).text();
  const files = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file = '']) => file);
  const types: Record<string, string> = {
    js: 'text/javascript; charset=utf-8',
    css: 'text/css; charset=utf-8',
    svg: 'image/svg+xml',
  };
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) {
    const { status, headers } = await fetch(new URL(file, url));
    expect(status, file).toBe(200);
    expect(headers.get('content-type')).toBe(types[file.split('.').at(-1) ?? '']);
  }
  // The content security policy allows no script inside the page.
  expect(page).not.toMatch(/<script(?![^>]*\bsrc=)|\bon\w+="|<style|style="/);
});

it('answers nothing outside the folder of the page', async () => {
  const collector = await testCollector();
  for (const path of [
    '/..%2fbin.js',
    '/..%2f..%2fpackage.json',
    '/%2e%2e/bin.js',
    '/%',
    '/a%00.js',
  ]) {
    expect((await get(collector, path)).status, path).toBe(404);
  }
});

it("leads links to Zipkin's page to the same trace here", async () => {
  const { url } = await testCollector();
  const follow = async (path: string) => {
    const { status, headers } = await fetch(url + path, { redirect: 'manual' });
    return [status, headers.get('location')];
  };
  expect(await follow('/zipkin/traces/5aab74dbb904746b')).toEqual([
    302,
    '/traces/5aab74dbb904746b',
  ]);
  expect(await follow('/zipkin/')).toEqual([302, '/']);
  expect(await follow('/zipkin//evil.example')).not.toContain('//evil.example');
});

it('says what to do when the page was not built', async () => {
  const folder = await temporaryFolder();
  const copy = join(folder, 'packages', 'viewer');
  await mkdir(copy, { recursive: true });
  await cp(join(PACKAGE, 'package.json'), join(copy, 'package.json'));
  await cp(join(PACKAGE, 'dist'), join(copy, 'dist'), {
    recursive: true,
    filter: (source) => source !== join(PACKAGE, 'dist', 'page'),
  });
  await symlink(join(WORKSPACE, 'node_modules'), join(folder, 'node_modules'), 'junction');
  await symlink(join(PACKAGE, 'node_modules'), join(copy, 'node_modules'), 'junction');

  const running = node([join(copy, 'dist', 'bin.js'), '--port', '0', '--db', join(folder, 'x.db')]);
  const [, url = ''] = await running.waitFor(/open (http:\S+)/);
  expect(await get({ url }, '/traces/a1')).toMatchObject({
    status: 404,
    text: 'the web page was not built: run "npm run build" in packages/viewer',
  });
  expect((await get({ url }, '/api/v2/services')).json).toEqual([]);
});
