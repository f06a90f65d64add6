import { readFile } from 'node:fs/promises';
import { extname, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Handler } from 'hono';

/** Where the build puts the web page, beside the folder of this file. */
const FOLDER = fileURLToPath(new URL('../page', import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/**
 * Serves the files of the web page. A path without an extension is a place inside the page, such as
 * `/traces/{id}`, which the page itself makes out of its address.
 */
export const servePage: Handler = async (c) => {
  const path = decode(c.req.path);
  const deep = path !== undefined && extname(path) === '';
  const file = resolve(FOLDER, deep ? 'index.html' : `.${path}`);
  const content =
    path !== undefined && file.startsWith(FOLDER + sep) ? await read(file) : undefined;
  if (content !== undefined) {
    c.header('Content-Type', TYPES[extname(file)] ?? 'application/octet-stream');
    c.header('Cache-Control', 'no-cache');
    return c.body(content);
  }
  if (deep) {
    return c.text('the web page was not built: run "npm run build" in packages/viewer', 404);
  }
  return c.text(`${c.req.path} not found`, 404);
};

async function read(file: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return Uint8Array.from(await readFile(file));
  } catch {
    return undefined;
  }
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
