import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { node, WORKSPACE } from './support/run.js';

/** A file of the library, what it imports, and whether the directions allow that. */
const IMPORTS: [file: string, statement: string, allowed: boolean][] = [
  ['span.ts', "export * from './errors.js'", true],
  ['span.ts', "export * from './basictracer/recorder.js'", false],
  ['span.ts', "import type {} from 'node:http'", false],
  ['span.ts', "export const later = () => import('./zipkin/index.js')", false],
  ['span.ts', "import type {} from 'express'", false],
  ['scope-managers/zone.ts', "export * from '../scope.js'", true],
  ['scope-managers/zone.ts', "export * from '../propagation/b3.js'", false],
  ['harness/check.ts', "import type {} from 'vitest'", false],
  ['propagation/b3.ts', "export * from '../basictracer/ids.js'", false],
  ['mocktracer/index.ts', "export * from '../propagation/propagator.js'", true],
  ['mocktracer/index.ts', "export * from '../basictracer/index.js'", false],
  ['basictracer/ids.ts', "export * from '../propagation/hex.js'", true],
  ['basictracer/ids.ts', "export * from '../exporters/transport.js'", false],
  ['exporters/otlp.ts', "export * from '../basictracer/recorder.js'", true],
  ['exporters/otlp.ts', "export * from '../zipkin/index.js'", false],
  ['zipkin/index.ts', "export * from '../exporters/index.js'", true],
  ['zipkin/index.ts', "export * from '../instrumentation/guard.js'", false],
  ['otlp/index.ts', "export * from '../exporters/index.js'", true],
  ['otlp/index.ts', "export * from '../zipkin/index.js'", false],
  ['instrumentation/guard.ts', "export * from '../tags.js'", true],
  ['instrumentation/http/server.ts', "export * from '../../tags.js'", true],
  ['instrumentation/http/server.ts', "export * from '../../zipkin/index.js'", false],
  ['instrumentation/guard.ts', "export * from '../basictracer/index.js'", false],
  ['instrumentation/functions/wrap.ts', "export * from '../../span.js'", true],
  ['instrumentation/functions/wrap.ts', "import type {} from 'node:events'", false],
  ['instrumentation/requests/index.ts', "import type {} from 'node:http'", false],
  ['opentelemetry/index.ts', "export * from '../mocktracer/index.js'", false],
  ['opentelemetry/index.ts', "export * from '../scope-managers/scope-chain.js'", true],
  ['opentelemetry/index.ts', "export * from '../basictracer/index.js'", false],
  ['opentelemetry/index.ts', "export * from '@opentelemetry/api'", true],
  ['register/index.ts', "export * from '../zipkin/index.js'", true],
  ['../../viewer/src/index.ts', "export * from 'opentracing-ts/zipkin'", true],
  ['../../viewer/src/index.ts', "export * from '../../opentracing/src/index.js'", false],
  ['../../../examples/shop/src/a.ts', "export * from '../../../packages/viewer/src/a.js'", false],
];

let folder: string;
let flagged: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-directions-'));
  await copyFile(join(WORKSPACE, 'biome.json'), join(folder, 'biome.json'));
  await Promise.all(
    IMPORTS.map(async ([file, statement], index) => {
      const path = join(folder, pathOf(file, index));
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, `${statement};\n`);
    }),
  );
  const { stdout, stderr } = await node(
    [
      join(WORKSPACE, 'node_modules/@biomejs/biome/bin/biome'),
      ...['lint', '--only=style/noRestrictedImports', '--vcs-enabled=false'],
      ...['--colors=off', '--max-diagnostics=none', '.'],
    ],
    { cwd: folder },
  );
  const lines = `${stdout}\n${stderr}`.split('\n');
  flagged = lines.filter((line) => line.includes(' lint/style/noRestrictedImports'));
});

afterAll(() => rm(folder, { recursive: true }));

for (const [index, [file, statement, allowed]] of IMPORTS.entries()) {
  it(`${allowed ? 'allows' : 'forbids'} in ${file}: ${statement}`, () => {
    const path = pathOf(file, index).replaceAll('\\', '/');
    expect(flagged.some((line) => line.startsWith(`${path}:`))).toBe(!allowed);
  });
}

/** Each import in a file of its own, beside the file that the row names. */
function pathOf(file: string, index: number): string {
  return join('packages/opentracing/src', dirname(file), `case-${index}.ts`);
}
