// The one gate: `npm run check`. Builds, then runs every check, as many at a time as there are
// processors, and shows the output of those that failed. `npm run check -- lint sizes` runs only the
// steps whose names contain one of the words.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (/** @type {string} */ path) => [process.execPath, `node_modules/${path}`];

const typescript6 = [...bin('typescript/bin/tsc'), '--noEmit', '--incremental', 'false', '-p'];
const typescript7 = [...bin('typescript-7/bin/tsc'), '--noEmit', '--incremental', 'false', '-p'];

/** @type {Record<string, string>} What is compiled, and where: those of `emitted` are the build's own. */
const emitted = {
  library: 'packages/opentracing/tsconfig.json',
  compat: 'packages/compat/tsconfig.json',
  viewer: 'packages/viewer/tsconfig.json',
  shop: 'examples/shop/tsconfig.json',
};
/** @type {Record<string, string>} */
const unemitted = {
  page: 'packages/viewer/tsconfig.page.json',
  'library tests': 'packages/opentracing/tsconfig.test.json',
  'compat tests': 'packages/compat/tsconfig.test.json',
  'viewer tests': 'packages/viewer/tsconfig.test.json',
  workspace: 'tsconfig.json',
  bench: 'bench/tsconfig.json',
};

/** @typedef {{ name: string, command: string[] }} Step */

// The build is the check with TypeScript 6 of what it emits, so those are not compiled again.
/** @type {Step} */
const build = { name: 'build', command: [process.execPath, 'scripts/build.mjs'] };

// Whose types the benchmarks are compiled against. They are no dependencies of the workspace.
/** @type {Step} */
const peers = {
  name: 'peers of the benchmarks',
  command: [
    process.execPath,
    '--input-type=module',
    '--eval',
    "import { installPeers } from './bench/install.mjs'; installPeers();",
  ],
};

// The slow ones first, so that no processor idles at the end.
/** @type {Step[]} */
const checks = [
  ...Object.entries(unemitted).map(([name, project]) => ({
    name: `types of the ${name}, TypeScript 6`,
    command: [...typescript6, project],
  })),
  { name: 'undocumented public types (typedoc)', command: bin('typedoc/bin/typedoc') },
  {
    name: 'types in the package of the library (attw)',
    command: [
      ...bin('@arethetypeswrong/cli/dist/index.js'),
      ...['--pack', 'packages/opentracing', '--profile', 'node16', '--no-emoji'],
    ],
  },
  {
    name: 'types in the package of compat (attw)',
    command: [
      ...bin('@arethetypeswrong/cli/dist/index.js'),
      ...['--pack', 'packages/compat', '--no-emoji'],
    ],
  },
  {
    name: 'types in the package of the viewer (attw)',
    command: [
      ...bin('@arethetypeswrong/cli/dist/index.js'),
      ...['--pack', 'packages/viewer', '--profile', 'esm-only', '--no-emoji'],
    ],
  },
  { name: 'unused code and dependencies (knip)', command: bin('knip/bin/knip.js') },
  { name: 'sizes (size-limit)', command: bin('size-limit/bin.js') },
  {
    name: 'package of the library (publint)',
    command: [...bin('publint/src/cli.js'), '--strict', 'packages/opentracing'],
  },
  {
    name: 'package of compat (publint)',
    command: [...bin('publint/src/cli.js'), '--strict', 'packages/compat'],
  },
  {
    name: 'package of the viewer (publint)',
    command: [...bin('publint/src/cli.js'), '--strict', 'packages/viewer'],
  },
  {
    name: 'exports against the output',
    command: [
      process.execPath,
      'scripts/check-exports.mjs',
      'packages/opentracing',
      'packages/viewer',
    ],
  },
  ...Object.entries({ ...emitted, ...unemitted }).map(([name, project]) => ({
    name: `types of the ${name}, TypeScript 7`,
    command: [...typescript7, project],
  })),
  {
    name: 'lint, format and import directions (biome)',
    command: [...bin('@biomejs/biome/bin/biome'), 'ci', '--colors=off', '--error-on-warnings', '.'],
  },
];

/**
 * Runs one step and prints its line; the output follows only when it failed.
 *
 * @param {Step} step
 * @returns {Promise<boolean>} whether it passed
 */
function run({ name, command: [file, ...args] }) {
  const started = performance.now();
  return new Promise((resolve) => {
    /** @type {Buffer[]} */
    const output = [];
    const child = spawn(/** @type {string} */ (file), args, {
      cwd: root,
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.on('error', (error) => output.push(Buffer.from(`${error.message}\n`)));
    child.on('close', (code) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(5);
      console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${seconds} s  ${name}`);
      if (code !== 0) console.log(Buffer.concat(output).toString().trimEnd());
      resolve(code === 0);
    });
  });
}

const { positionals: words } = parseArgs({ allowPositionals: true });
const wanted = checks.filter(
  ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
);
if (wanted.length === 0) {
  console.error(`No check is named ${words.join(', ')}; the names are:`);
  for (const { name } of checks) console.error(`  ${name}`);
  process.exit(2);
}

console.log(`building, then ${wanted.length} checks`);
const results = [await run(build), await run(peers)];
if (results.every(Boolean)) {
  const waiting = [...wanted];
  const lane = async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      results.push(await run(step));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
}
const failed = results.filter((passed) => !passed).length;
console.log(`${results.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
