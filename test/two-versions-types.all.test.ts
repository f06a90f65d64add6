import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assignments, typedSubpaths } from './support/exported-types.js';
import { node, WORKSPACE } from './support/run.js';
import { installTwoVersions } from './support/two-versions.js';

/** Each function takes from one copy what the other has made. */
const PROGRAM = `
import * as core from 'newer';
import { MockTracer } from 'newer/mocktracer';
import { AsyncLocalStorageScopeManager } from 'newer/scope-managers/async-local-storage';
import { apiChecks } from 'newer/harness';
import { BasicTracer, InMemoryRecorder } from 'newer/basictracer';
import old = require('older');
import oldMock = require('older/mocktracer');
import oldManagers = require('older/scope-managers/thread-local');
import oldBasic = require('older/basictracer');
import same = require('newer');

export function handle(tracer: core.Tracer, parent: old.Span | null): core.Scope {
  const options: old.SpanOptions = { childOf: parent, references: [same.childOf(parent), null] };
  const scope: old.Scope = tracer.startActiveSpan('a', { ...options, finishOnClose: false });
  const manager: same.ScopeManager = tracer.scopeManager;
  const span: core.Span = manager.activate(scope.span, true).span;
  const context: old.SpanContext | null = tracer.activeSpan?.context() ?? null;
  tracer.inject(span, old.FORMAT_TEXT_MAP, new same.BinaryCarrier());
  return old.globalTracer().startActiveSpan('b', { childOf: context });
}

const mock = new MockTracer(new oldManagers.ThreadLocalScopeManager());
old.setGlobalTracer(mock);
core.setGlobalTracer(new oldMock.MockTracer(new AsyncLocalStorageScopeManager()));
same.setGlobalTracer(old.globalTracer());
handle(old.globalTracer(), core.startChildSpan(new oldMock.MockTracer().startSpan('a'), 'b'));
const references: old.Reference[] = [core.followsFrom(mock.startSpan('c').context())];
mock.startSpan('d', { references }).tracer().finishedSpans();
const spans: readonly oldBasic.BasicSpan[] = new InMemoryRecorder().spans;
new BasicTracer({ recorder: new oldBasic.InMemoryRecorder(), sampler: new oldBasic.ConstSampler(true) });
export const checks = apiChecks(() => new oldMock.MockTracer(), { recordedSpan: () => mock.startSpan('e') });
export const first: string | undefined = spans[0]?.operationName;
export const scoped: same.Tracer = old.withScopes({}, new AsyncLocalStorageScopeManager());
`;

let folder: string;

beforeAll(async () => {
  ({ folder } = await installTwoVersions());
}, 120_000);

afterAll(() => rm(folder, { recursive: true }));

test.each(['typescript', 'typescript-7'])(
  '%s takes each type of one copy for that of the other',
  async (compiler) => {
    const programs = [
      PROGRAM,
      assignments(folder, 'newer', 'newer'),
      assignments(folder, 'newer', 'older'),
    ];
    expect(await compile(compiler, programs)).toBe('');
  },
);

describe('the check of the types', () => {
  test('assigns every class and every interface of every subpath', () => {
    const program = assignments(folder, 'newer', 'older');
    expect(program.match(/^import type \* as/gm)).toHaveLength(
      typedSubpaths(folder, 'newer').length,
    );
    for (const name of ['Span', 'Reference', 'SpanOptions', 'BasicSpan', 'EffectScopeManager']) {
      expect(program).toMatch(new RegExp(`given: a\\d+\\.${name}\\)`));
    }
  });

  test('fails for a class that gets a private member', async () => {
    const program = assignments(folder, 'newer', 'older');
    const path = join(folder, 'node_modules/older/dist/cjs/span.d.ts');
    const declarations = await readFile(path, 'utf8');
    await writeFile(path, declarations.replace('class Span {', 'class Span { private secret: 1;'));
    try {
      expect(await compile('typescript-7', [program])).toContain("'secret'");
    } finally {
      await writeFile(path, declarations);
    }
  });
});

/** The complaints of a compiler about programs, every declaration file checked. */
async function compile(compiler: string, sources: string[]): Promise<string> {
  const files = sources.map((_source, i) => `program${i}.mts`);
  for (const [i, source] of sources.entries()) {
    await writeFile(join(folder, `program${i}.mts`), source);
  }
  const compilerOptions = {
    ...{ target: 'es2022', module: 'nodenext', lib: ['es2022', 'esnext.disposable', 'dom'] },
    ...{ strict: true, exactOptionalPropertyTypes: true, noEmit: true, skipLibCheck: false },
    types: ['node'],
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  const tsc = join(WORKSPACE, 'node_modules', compiler, 'bin/tsc');
  return (await node([tsc, '-p', '.', '--pretty', 'false'], { cwd: folder })).stdout;
}
