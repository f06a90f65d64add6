import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  EXPECTED,
  EXPECTED_OF_ELASTIC,
  EXPECTED_OF_SCOPED_ELASTIC,
  EXPECTED_OF_SCOPED_TYPESCRIPT,
  EXPECTED_OF_SCOPES,
  EXPECTED_OF_TYPESCRIPT,
  TRACEPARENT,
} from './programs-for-opentracing-0.14/expectations.js';
import { launchChromium, missingChromium } from './support/chromium.js';
import { INSTALL, npm, pack } from './support/npm.js';
import { runPage } from './support/page-of-elastic.js';
import { node, WORKSPACE } from './support/run.js';

// As npm delivers them, with what each is used with.
const LIBRARIES = {
  'jaeger-client': '3.19.0',
  'lightstep-tracer': '0.35.0',
  '@instana/core': '5.5.0',
  '@elastic/apm-rum-core': '5.25.3',
  'zipkin-javascript-opentracing': '3.0.0',
  zipkin: '0.22.0',
  'zipkin-transport-http': '0.22.0',
  'apollo-opentracing': '3.0.45',
  'apollo-server': '3.13.0',
  'apollo-server-env': '4.2.1',
  graphql: '16.15.0',
  'express-opentracing': '0.1.1',
  express: '4.22.3',
};

const USERS_OF_OPENTRACING = [
  'jaeger-client',
  'lightstep-tracer',
  '@instana/core',
  '@elastic/apm-rum-core',
  'zipkin-javascript-opentracing',
  'apollo-opentracing',
  'express-opentracing',
];

interface Compilation {
  compiler: 'typescript' | 'typescript-7';
  module: 'commonjs' | 'nodenext';
  [option: string]: unknown;
}

/** As programs were compiled in the time of opentracing 0.14.7. */
const THEN: [string, Compilation][] = [
  { target: 'es5', downlevelIteration: true, lib: ['es2015', 'dom'] },
  { target: 'es2017' },
].map((options) => [
  `for ${options.target}`,
  {
    ...{ compiler: 'typescript', module: 'commonjs', moduleResolution: 'node10' },
    ...{ ignoreDeprecations: '6.0', ...options },
  },
]);

const NOW: [string, Compilation][] = [
  [
    'for a bundler',
    { compiler: 'typescript-7', module: 'commonjs', moduleResolution: 'bundler', target: 'es2022' },
  ],
  ['as an ES module', { compiler: 'typescript-7', module: 'nodenext', target: 'es2022' }],
];

const INSTALLATIONS = ['original', 'alias', 'override'] as const;
type Installation = (typeof INSTALLATIONS)[number];

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'programs-for-0.14-'));
  const compat = `file:${join(root, await pack('compat', root))}`;
  const library = `file:${join(root, await pack('opentracing', root))}`;
  await setUp('original', { dependencies: { ...LIBRARIES, opentracing: '0.14.7' } });
  // As it is done to a program that is there: with the published package it is one command,
  // `npm install opentracing@npm:opentracing-ts-compat`.
  await cp(folderOf('original'), folderOf('alias'), { recursive: true, verbatimSymlinks: true });
  await install('alias', `opentracing@${compat}`, `opentracing-ts@${library}`);
  await setUp('override', {
    dependencies: { ...LIBRARIES, 'opentracing-ts': library },
    overrides: { opentracing: compat },
  });
}, 300_000);

afterAll(() => rm(root, { recursive: true, force: true }));

function folderOf(installation: Installation): string {
  return join(root, installation);
}

async function setUp(installation: Installation, manifest: object): Promise<void> {
  const folder = folderOf(installation);
  await cp(join(WORKSPACE, 'test/programs-for-opentracing-0.14'), folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, ...manifest }));
  await install(installation);
}

async function install(installation: Installation, ...packages: string[]): Promise<void> {
  await npm([...INSTALL, '--ignore-scripts', ...packages], folderOf(installation));
}

/** What a program prints, which has to end well. */
async function output(installation: Installation, program: string): Promise<unknown> {
  const { code, stdout, stderr } = await node([program], { cwd: folderOf(installation) });
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return JSON.parse(stdout);
}

describe('the compatibility package, installed under the name opentracing', () => {
  it.each(['alias', 'override'] as const)('is the only copy of it: by %s', async (installation) => {
    const copies = await npm(['query', '#opentracing'], folderOf(installation));
    const [copy, ...others] = JSON.parse(copies) as { name: string; from: string[] }[];
    expect(others).toEqual([]);
    expect(copy?.name).toBe('opentracing-ts-compat');
    expect(copy?.from.map((path) => path.replace('node_modules/', ''))).toEqual(
      expect.arrayContaining(USERS_OF_OPENTRACING),
    );
  });
});

describe.each(INSTALLATIONS)('a program for opentracing 0.14.7 (%s)', (installation) => {
  it.each(Object.entries(EXPECTED))('does what it did: %s', async (program, expected) => {
    expect(await output(installation, program)).toEqual(expected);
  });
});

describe.each(['original', 'alias'] as const)('compiled, such a program (%s)', (installation) => {
  it.each([...THEN, ...NOW])('does what it did: typescript.ts %s', async (_, compilation) => {
    const program = await compile(installation, 'typescript.ts', compilation);
    expect(await output(installation, program)).toEqual(EXPECTED_OF_TYPESCRIPT);
  });
});

describe('a program that was switched', () => {
  it.each(Object.entries(EXPECTED_OF_SCOPES))('gains scopes: %s', async (program, expected) => {
    expect(await output('alias', program)).toEqual(expected);
  });

  it.each(NOW)('gains their types: typescript-with-scopes.ts %s', async (_, compilation) => {
    const program = await compile('alias', 'typescript-with-scopes.ts', compilation);
    expect(await output('alias', program)).toEqual(EXPECTED_OF_SCOPED_TYPESCRIPT);
  });
});

describe.skipIf(missingChromium !== '')('bundled for a page, such a program', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(() => browser?.close());

  it.each(['original', 'alias'] as const)(
    'does what it did: elastic-apm-rum-core.mjs (%s)',
    async (installation) => {
      const program = join(folderOf(installation), 'elastic-apm-rum-core.mjs');
      expect(await runPage(browser, program, TRACEPARENT)).toEqual(EXPECTED_OF_ELASTIC);
    },
  );

  it('gains scopes: elastic-apm-rum-core-with-scopes.mjs', async () => {
    const program = join(folderOf('alias'), 'elastic-apm-rum-core-with-scopes.mjs');
    expect(await runPage(browser, program, TRACEPARENT)).toEqual(EXPECTED_OF_SCOPED_ELASTIC);
  });
});

/**
 * Compiles a program, every declaration file that it needs checked.
 *
 * @returns the path of the compiled program in the folder of the installation
 */
async function compile(
  installation: Installation,
  source: string,
  { compiler, ...options }: Compilation,
): Promise<string> {
  const folder = await mkdtemp(join(folderOf(installation), 'compiled-'));
  await cp(join(folderOf(installation), source), join(folder, source));
  const type = options.module === 'nodenext' ? 'module' : 'commonjs';
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type }));
  const compilerOptions = { strict: true, skipLibCheck: false, types: [], ...options };
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: [source] }),
  );
  const tsc = join(WORKSPACE, 'node_modules', compiler, 'bin/tsc');
  const { stdout } = await node([tsc, '-p', '.', '--pretty', 'false'], { cwd: folder });
  expect(stdout).toBe('');
  return join(folder, source.replace('.ts', '.js'));
}
