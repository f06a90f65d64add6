import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));

/** Runs a program as a browser without anything but the language would, bundled for one. */
async function runInBareRuntime(contents: string): Promise<unknown> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: FOLDER },
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    globalName: 'program',
    logLevel: 'silent',
  });
  const context = createContext({ performance, TextEncoder, TextDecoder, crypto });
  return runInContext(`${outputFiles[0]?.text}; program.result`, context);
}

test.each([
  [
    'AsyncLocalStorageScopeManager',
    'async-local-storage',
    'This runtime has no AsyncLocalStorage; use ThreadLocalScopeManager from ' +
      "'opentracing-ts/scope-managers/thread-local' instead.",
  ],
  [
    'ZoneScopeManager',
    'zone',
    "There is no zone.js in this program; import 'zone.js' (0.15 or later) before, or use " +
      "ThreadLocalScopeManager from 'opentracing-ts/scope-managers/thread-local' instead.",
  ],
])(
  '%s says in one sentence what to use where the runtime lacks what it needs',
  async (name, file, message) => {
    const result = await runInBareRuntime(`
    import { ${name} } from 'opentracing-ts/scope-managers/${file}';
    const made = () => { try { return new ${name}() } catch (error) { return error.message } };
    export const result = JSON.stringify([${name}.isSupported(), made()]);`);
    expect(JSON.parse(String(result))).toEqual([false, message]);
  },
);

test.each([
  ['ThreadLocalScopeManager', 'thread-local'],
  ['GeneratorScopeManager', 'generator'],
  ['EffectScopeManager', 'effect'],
])('%s needs nothing of the runtime', async (name, file) => {
  const result = await runInBareRuntime(`
    import { MockTracer } from 'opentracing-ts/mocktracer';
    import { ${name} } from 'opentracing-ts/scope-managers/${file}';
    const tracer = new MockTracer(new ${name}());
    tracer.withActiveSpan('outer', () => tracer.startSpan('inner').finish());
    const [inner, outer] = tracer.finishedSpans();
    export const result = inner.parentId === outer.context().toSpanId();`);
  expect(result).toBe(true);
});

test('a spool says in one sentence what to do where there are no files', async () => {
  const result = await runInBareRuntime(`
    import { ZipkinExporter } from 'opentracing-ts/exporters';
    const made = (options) => {
      try {
        new ZipkinExporter({ serviceName: 'orders', transport: async () => {}, ...options });
        return 'made';
      } catch (error) {
        return error.name + ': ' + error.message;
      }
    };
    export const result = JSON.stringify([made({}), made({ spool: { dir: 'spool' } })]);`);
  expect(JSON.parse(String(result))).toEqual([
    'made',
    'SpoolError: This runtime has no files to spool spans to; leave out the option spool, and spans ' +
      'that can not be sent wait in memory.',
  ]);
});
