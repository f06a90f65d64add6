import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { transform } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documents } from './support/documents.js';
import {
  docstringExamplesOf,
  type Example,
  examplesOf,
  promises,
  withImports,
} from './support/examples.js';
import { node, WORKSPACE } from './support/run.js';

/** What an example of a docstring may use without an import. */
const exportedNames = new Map<string, readonly string[]>();
for (const module of modules()) {
  exportedNames.set(module, Object.keys(await import(module)));
}
const inDocuments = documents.flatMap((document) =>
  examplesOf(readFileSync(join(WORKSPACE, document), 'utf8')).map((example) => ({
    ...example,
    name: `${document}, line ${example.line}`,
  })),
);
const inDocstrings = sources().flatMap((source) =>
  docstringExamplesOf(readFileSync(join(WORKSPACE, source), 'utf8')).map((example) => ({
    ...example,
    name: `${source}, line ${example.line}`,
    code: withImports(example.code, exportedNames),
  })),
);
const examples = [...inDocuments, ...inDocstrings];

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'examples-'));
  // A package of its own: one in a folder above might answer for the names that the examples import.
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await symlink(join(WORKSPACE, 'node_modules'), join(folder, 'node_modules'), 'junction');
});
afterAll(() => rm(folder, { recursive: true }));

describe('the examples of the documents and docstrings', () => {
  it.each(['README.md', 'docs/guides/scopes.md', 'packages/opentracing/src/zipkin/'])(
    'are there: %s',
    (start) => {
      expect(examples.map(({ name }) => name).filter((name) => name.startsWith(start))).not.toEqual(
        [],
      );
    },
  );

  for (const example of examples.filter(({ runs }) => runs)) {
    it(`run: ${example.name}`, async () => {
      const file = await write(example, example.name);
      const ended = await node([file], { cwd: folder, timeout: 20_000 });
      expect({ code: ended.code, stderr: ended.stderr }).toMatchObject({ code: 0 });
      if (example.output !== null) expect(ended.stdout).toMatch(promises(example.output));
    });
  }

  it('in TypeScript compile', async () => {
    const typed = examples.filter(({ language }) => language === 'ts');
    const files = typed.map(({ name }) => `${fileName(name)}.mts`);
    await Promise.all(typed.map(({ code }, i) => writeFile(join(folder, `${files[i]}`), code)));
    const config = {
      extends: join(WORKSPACE, 'tsconfig.base.json'),
      compilerOptions: {
        noEmit: true,
        declaration: false,
        declarationMap: false,
        noUnusedLocals: false,
      },
      files,
    };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const tsc = join(WORKSPACE, 'node_modules/typescript-7/bin/tsc');
    const { stdout } = await node([tsc, '-p', '.', '--pretty', 'false'], { cwd: folder });
    expect(stdout).toBe('');
  });
});

describe('an example', () => {
  const markdown =
    'text\n\n```js\na();\n```\n\n```text\none …\nthree\n```\n\n```ts no-run\nb();\n```\n';

  it('is a block of a program, with the output that follows it', () => {
    expect(examplesOf(markdown)).toEqual([
      { language: 'js', line: 3, runs: true, code: 'a();\n', output: 'one …\nthree\n' },
      { language: 'ts', line: 12, runs: false, code: 'b();\n', output: null },
    ]);
  });

  it('has the drop-in under the name of the original where its fence says so', () => {
    const program = (name: string) => `import a from '${name}';\nimport b from 'opentracing-ts';\n`;
    const block = (fence: string) => `\`\`\`${fence}\n${program('opentracing')}\`\`\`\n`;
    expect(examplesOf(`${block('js replaced')}\n${block('js')}`).map(({ code }) => code)).toEqual([
      program('opentracing-ts-compat'),
      program('opentracing'),
    ]);
  });

  it('has to print what it promises, and nothing else', () => {
    expect('one (two)\nthree\n').toMatch(promises('one …\nthree\n'));
    expect('one two\n').not.toMatch(promises('one …\nthree\n'));
    expect('one two\nthree\nfour\n').not.toMatch(promises('one …\nthree\n'));
  });
});

/** The program of an example as a file that Node can run. */
async function write(example: Example, name: string): Promise<string> {
  const { code } =
    example.language === 'ts'
      ? await transform(example.code, { loader: 'ts', target: 'node20' })
      : example;
  const extension = example.language === 'cjs' ? 'cjs' : 'mjs';
  const file = join(folder, `${fileName(name)}.${extension}`);
  await writeFile(file, code);
  return relative(folder, file);
}

function fileName(name: string): string {
  return name.replace(/[^A-Za-z0-9]+/g, '-');
}

/** What the packages export, but for what traces the program that imports it. */
function modules(): string[] {
  return readdirSync(join(WORKSPACE, 'packages')).flatMap((folder) => {
    const { name, exports } = JSON.parse(
      readFileSync(join(WORKSPACE, 'packages', folder, 'package.json'), 'utf8'),
    );
    return Object.keys(exports ?? {})
      .filter((subpath) => !subpath.endsWith('.json') && subpath !== './register')
      .map((subpath) => name + subpath.slice(1));
  });
}

/** The sources of the packages that have an example. */
function sources(): string[] {
  return readdirSync(join(WORKSPACE, 'packages')).flatMap((name) =>
    readdirSync(join(WORKSPACE, 'packages', name, 'src'), { recursive: true, encoding: 'utf8' })
      .map((file) => `packages/${name}/src/${file.replaceAll('\\', '/')}`)
      .filter((file) => file.endsWith('.ts'))
      .filter((file) => readFileSync(join(WORKSPACE, file), 'utf8').includes('@example')),
  );
}
