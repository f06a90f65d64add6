// Bundles the page (src/page) into dist/page: index.html, page.js, page.css and the icon.
import { copyFile, mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const source = fileURLToPath(new URL('../src/page/', import.meta.url));
const output = fileURLToPath(new URL('../dist/page/', import.meta.url));

await mkdir(output, { recursive: true });
await build({
  entryPoints: [
    { in: `${source}main.tsx`, out: 'page' },
    { in: `${source}styles/page.css`, out: 'page' },
  ],
  outdir: output,
  bundle: true,
  minify: true,
  sourcemap: true,
  format: 'esm',
  target: ['es2022', 'chrome111', 'firefox113', 'safari16.4'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  logLevel: 'warning',
});
for (const file of ['index.html', 'icon.svg']) await copyFile(source + file, output + file);
