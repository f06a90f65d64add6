import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INSTALL, npm, pack } from './support/npm.js';
import { node, run, WORKSPACE } from './support/run.js';

const LIBRARY = [
  'const { Tracer } = opentracing;',
  'const { BasicTracer, InMemoryRecorder } = basictracer;',
  'const recorder = new InMemoryRecorder();',
  'const tracer = new BasicTracer({',
  '  recorder,',
  '  scopeManager: new storage.AsyncLocalStorageScopeManager(),',
  '});',
  "tracer.withActiveSpan('outer', () => tracer.startSpan('inner').finish());",
  'const mock = new mocktracer.MockTracer(new threadLocal.ThreadLocalScopeManager());',
  "mock.startActiveSpan('mocked').close();",
  'const [inner, outer] = recorder.spans;',
  'console.log(',
  '  tracer instanceof Tracer,',
  '  inner.parentId === outer.context().toSpanId(),',
  '  mock.finishedSpans()[0].operationName,',
  "  zipkin.createZipkinTracer({ serviceName: 'consumer' }) instanceof BasicTracer &&",
  "    otlp.createOtlpTracer({ serviceName: 'consumer' }) instanceof BasicTracer,",
  ');',
].join('\n');
const PARTS = {
  opentracing: 'opentracing-ts',
  basictracer: 'opentracing-ts/basictracer',
  mocktracer: 'opentracing-ts/mocktracer',
  storage: 'opentracing-ts/scope-managers/async-local-storage',
  threadLocal: 'opentracing-ts/scope-managers/thread-local',
  zipkin: 'opentracing-ts/zipkin',
  otlp: 'opentracing-ts/otlp',
};

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consumer-'));
  const archives = [await pack('opentracing', folder), await pack('viewer', folder)];
  await writeFile(join(folder, 'package.json'), '{"name":"consumer","private":true}');
  await npm([...INSTALL, ...archives.map((name) => `./${name}`)], folder);
  await mkdir(join(folder, 'node_modules/@types'), { recursive: true });
  for (const name of ['@types/node', 'undici-types']) {
    await symlink(
      join(WORKSPACE, 'node_modules', name),
      join(folder, 'node_modules', name),
      'junction',
    );
  }
}, 240_000);

afterAll(() => rm(folder, { recursive: true }));

describe('the packages, installed into an empty folder', () => {
  it('run from an ES module', async () => {
    const imports = Object.entries(PARTS).map(
      ([name, from]) => `import * as ${name} from '${from}';`,
    );
    expect(await program('uses.mjs', [...imports, LIBRARY].join('\n'))).toBe(
      'true true mocked true\n',
    );
  });

  it('run from CommonJS', async () => {
    const requires = Object.entries(PARTS).map(
      ([name, from]) => `const ${name} = require('${from}');`,
    );
    expect(await program('uses.cjs', [...requires, LIBRARY].join('\n'))).toBe(
      'true true mocked true\n',
    );
  });

  it('share the global tracer between ES modules and CommonJS', async () => {
    const source = `
      import { createRequire } from 'node:module';
      import { globalTracer, isGlobalTracerRegistered } from 'opentracing-ts';
      import { MockTracer } from 'opentracing-ts/mocktracer';
      const { setGlobalTracer } = createRequire(import.meta.url)('opentracing-ts');
      const tracer = new MockTracer();
      setGlobalTracer(tracer);
      globalTracer().startSpan('shared').finish();
      console.log(isGlobalTracerRegistered(), tracer.finishedSpans().length);`;
    expect(await program('global.mjs', source)).toBe('true 1\n');
  });

  it('trace a program that is started with register', async () => {
    const source = `
      const { isGlobalTracerRegistered } = require('opentracing-ts');
      console.log(isGlobalTracerRegistered());`;
    const flags = ['--import', 'opentracing-ts/register'];
    expect(await program('traced.cjs', source, flags)).toBe('true\n');
  });

  it('have the command of the viewer', async () => {
    const path = join(folder, 'node_modules/.bin/opentracing-viewer');
    const ended = await run(path, ['--version'], { cwd: folder });
    expect(ended).toEqual({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+/), stderr: '' });
  });

  it('start the collector from a program', async () => {
    const source = `
      import { startCollector } from 'opentracing-viewer';
      const collector = await startCollector({ port: 0, db: ':memory:' });
      const services = await fetch(collector.url + '/api/v2/services');
      console.log(services.status, await services.json());
      const page = await fetch(collector.url);
      console.log(page.status, page.headers.get('content-type'));
      await collector.close();`;
    expect(await program('collector.mjs', source)).toMatch(/^200 \[\]\n200 text\/html/);
  });

  it.each([
    { module: 'nodenext', moduleResolution: 'nodenext' },
    { module: 'esnext', moduleResolution: 'bundler' },
    { module: 'commonjs', moduleResolution: 'bundler' },
  ])('are typed for a consumer with $module and $moduleResolution', async (options) => {
    const names = Object.values(PARTS);
    const uses = [...names, 'opentracing-ts/instrumentation/http', 'opentracing-ts/harness'];
    const source = [
      ...uses.map((from, index) => `export * as a${index} from '${from}';`),
      "import { createZipkinTracer } from 'opentracing-ts/zipkin';",
      "export const id: string = createZipkinTracer({ serviceName: 'a' })",
      "  .withActiveSpan('a', (span) => span.context().toTraceId());",
    ];
    expect(await compile(source.join('\n'), { ...options, types: ['node'] })).toBe('');
  });

  it('have a core that is typed without the types of Node or of the DOM', async () => {
    const source = [
      "import { globalTracer, type Span } from 'opentracing-ts';",
      "globalTracer().withActiveSpan('a', (span: Span) => span.setTag('a', 1));",
    ];
    const options = { module: 'nodenext', moduleResolution: 'nodenext', types: [] };
    expect(await compile(source.join('\n'), options)).toBe('');
  });
});

/** The output of a program in the folder of the consumer, which has to end well. */
async function program(file: string, source: string, flags: string[] = []): Promise<string> {
  await writeFile(join(folder, file), source);
  // A collector that refuses: what cannot be sent must not matter.
  const env = { OTEL_EXPORTER_ZIPKIN_ENDPOINT: 'http://127.0.0.1:9/api/v2/spans' };
  const { code, stdout, stderr } = await node([...flags, file], { cwd: folder, env });
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return stdout;
}

/** The complaints of TypeScript about a consumer, every declaration file checked. */
async function compile(source: string, options: Record<string, unknown>): Promise<string> {
  await writeFile(join(folder, 'consumer.ts'), source);
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        ...{ target: 'es2022', lib: ['es2022'], strict: true, noEmit: true, skipLibCheck: false },
        ...options,
      },
      files: ['consumer.ts'],
    }),
  );
  const tsc = join(WORKSPACE, 'node_modules/typescript-7/bin/tsc');
  return (await node([tsc, '-p', '.', '--pretty', 'false'], { cwd: folder })).stdout;
}
