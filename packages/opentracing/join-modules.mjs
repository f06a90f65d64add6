// Writes the JavaScript of the package: one file for the core, one for what subpaths share, and one
// for each subpath. A program that imports the core then reads two files rather than twenty, and
// importing costs by the file. The declarations are those of `tsc`.
import { readFileSync } from 'node:fs';
import { rolldown } from 'rolldown';

const { exports, version } = JSON.parse(readFileSync('package.json', 'utf8'));
const PATH = /^\.\/dist\/esm\/(.+)\.js$/;

/** @type {Record<string, string>} The entry of each subpath by the path of its output. */
const input = {};
for (const { import: imported } of Object.values(exports)) {
  const [, path] = PATH.exec(imported?.default ?? '') ?? [];
  if (path !== undefined) {
    input[path] = `src/${path}.ts`;
  }
}

const bundle = await rolldown({
  input,
  external: /^[^./]/,
  platform: 'neutral',
  tsconfig: 'tsconfig.json',
  transform: { define: { PACKAGE_VERSION: JSON.stringify(version) } },
  resolve: { extensionAlias: { '.js': ['.ts'] } },
});
for (const format of /** @type {const} */ (['esm', 'cjs'])) {
  await bundle.write({
    dir: `dist/${format}`,
    format,
    sourcemap: true,
    // What tells bundlers that a call may go when nobody uses its result.
    comments: { annotation: true, legal: true, jsdoc: false },
    exports: 'named',
    minifyInternalExports: false,
    entryFileNames: '[name].js',
    chunkFileNames: 'shared/[name].js',
    // The core without what it has no use for itself.
    codeSplitting: {
      groups: [
        {
          name: 'core',
          test: /src\/(?!clock|page-gone|page-origin|server-parent|untraced-request)[^/]+\.ts$/,
        },
      ],
    },
  });
}
await bundle.close();
