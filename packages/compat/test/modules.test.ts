import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { compat, load, original } from './libraries.js';

const require = createRequire(import.meta.url);
const rootOf = (name: string) => dirname(require.resolve(`${name}/package.json`));

/** The modules of the original, but for its examples and for tests that run when they are loaded. */
const modules = readdirSync(join(rootOf('opentracing'), 'lib'), { recursive: true })
  .map((path) => String(path).replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.js') && !/^(examples|test)\//.test(path))
  .map((path) => `/lib/${path}`);

/** The names of a module and what kind of thing each is. */
const namesOf = (module: object) =>
  Object.fromEntries(Object.keys(module).map((name) => [name, typeof Reflect.get(module, name)]));

describe('the modules of the package', () => {
  test('are all that the original has', () => {
    expect(modules).toHaveLength(16);
    expect(modules).toContain('/lib/mock_tracer/mock_report.js');
  });

  test.each(modules)('have the same names: %s', (path) => {
    const ours = load('opentracing-ts-compat', path);
    expect(namesOf(ours)).toEqual(namesOf(load('opentracing', path)));
    expect(load('opentracing-ts-compat', path.replace(/\.js$/, ''))).toBe(ours);
    expect(
      Object.values(Object.getOwnPropertyDescriptors(ours)).every((own) => 'value' in own),
    ).toBe(true);
  });

  test('are found as folders and by their names without an ending', () => {
    for (const path of ['/lib', '/lib/index', '/lib/mock_tracer', '/lib/ext/tags']) {
      expect(Object.keys(load('opentracing-ts-compat', path)).sort()).toEqual(
        Object.keys(load('opentracing', path)).sort(),
      );
    }
  });

  test('are parts of the same library', () => {
    expect(load('opentracing-ts-compat', '/lib/tracer').default).toBe(compat.Tracer);
    expect(load('opentracing-ts-compat', '/lib/span').Span).toBe(compat.Span);
    expect(load('opentracing-ts-compat', '/lib/functions').childOf).toBe(compat.childOf);
    const noop = load('opentracing-ts-compat', '/lib/noop');
    expect(noop.span).toBe(new compat.Tracer().startSpan('any'));
  });

  test.each(['tracer', 'span', 'span_context', 'reference', 'noop', 'mock_tracer/mock_span'])(
    'work without the root: %s',
    async (path) => {
      const source = `
        const found = require('opentracing-ts-compat/lib/${path}');
        const Class = found.default || found.tracer.constructor;
        const made = new Class();
        if (made.startSpan) made.startSpan('any').setTag('a', 1).context().toSpanId();
        else if (made.finish) made.setTag('a', 1).context();
        globalThis.result = typeof made;`;
      const { outputFiles } = await build({
        stdin: { contents: source, resolveDir: rootOf('opentracing-ts-compat') },
        bundle: true,
        platform: 'browser',
        write: false,
      });
      const scope = { result: '' };
      new Function('globalThis', outputFiles[0]?.text ?? '')(scope);
      expect(scope.result).toBe('object');
    },
  );
});

describe('what is imported', () => {
  test('has all names, and the exports as the default', () => {
    // In a program of its own: the test runner has its own way to import CommonJS.
    const source = `
      import { createRequire } from 'node:module';
      import all, { Tracer, withScopes, ScopeManager } from 'opentracing-ts-compat';
      import * as namespace from 'opentracing-ts-compat';
      import deep, { Tracer as DeepTracer } from 'opentracing-ts-compat/lib/tracer.js';
      const required = createRequire(import.meta.url)('opentracing-ts-compat');
      console.log(JSON.stringify({
        names: Object.keys(namespace).sort(),
        same: [all === required, Tracer === all.Tracer, DeepTracer === Tracer, deep.Tracer === Tracer],
        added: [typeof withScopes, new ScopeManager().active],
      }));`;
    const args = ['--input-type=module', '--eval', source];
    const { stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: rootOf('opentracing-ts-compat'),
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    const { names, same, added } = JSON.parse(stdout);
    expect(names).toEqual(
      expect.arrayContaining([...Object.keys(original), 'default', 'withScopes', 'ScopeManager']),
    );
    expect(same).toEqual([true, true, true, true]);
    expect(added).toEqual(['function', null]);
  });

  test('can be changed, as stubs of a test do', () => {
    const { globalTracer } = compat;
    const exports = compat as { globalTracer: unknown };
    exports.globalTracer = () => 'stub';
    expect(compat.globalTracer()).toBe('stub');
    exports.globalTracer = globalTracer;
  });
});

describe('a bundle for browsers', () => {
  const bundled = async (contents: string) => {
    const { outputFiles, warnings } = await build({
      stdin: { contents, resolveDir: rootOf('opentracing-ts-compat') },
      bundle: true,
      platform: 'browser',
      format: 'iife',
      write: false,
    });
    expect(warnings).toEqual([]);
    const scope: { result?: unknown; process?: unknown } = {};
    new Function('globalThis', 'process', outputFiles[0]?.text ?? '')(scope, undefined);
    return scope.result;
  };

  test('works from an ES module', async () => {
    const source = `
      import opentracing, { Tracer, Tags } from 'opentracing-ts-compat';
      import * as all from 'opentracing-ts-compat';
      import DeepTracer from 'opentracing-ts-compat/lib/tracer';
      class Own extends Tracer {}
      const scope = new Own().startActiveSpan('any');
      globalThis.result = [
        opentracing.Tracer === Tracer, all.Tracer === Tracer, DeepTracer === Tracer, Tags.ERROR,
        scope.span instanceof all.Span,
      ];`;
    expect(await bundled(source)).toEqual([true, true, true, 'error', true]);
  });

  test('follows synchronous code where there is no AsyncLocalStorage', async () => {
    const source = `
      const { Tracer, Span } = require('opentracing-ts-compat');
      class Own extends Tracer { _startSpan() { return new Span(); } }
      const tracer = new Own();
      globalThis.result = tracer.withActiveSpan('any', (span) => tracer.activeSpan === span);`;
    expect(await bundled(source)).toBe(true);
  });
});
