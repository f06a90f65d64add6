import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setGlobalTracer } from 'opentracing-ts';
import { traced } from 'opentracing-ts/instrumentation/functions';
import ts from 'typescript';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { node, WORKSPACE } from '../../../test/support/run.js';
import { createTracer } from './instrumentation-helpers.js';

let tracer = createTracer();
beforeEach(() => {
  tracer = createTracer();
  setGlobalTracer(tracer);
});

/** Whatever the compiler makes of it. */
function compiled(source: string, options: ts.CompilerOptions): Record<string, unknown> {
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      ...options,
    },
  });
  const exported = {};
  new Function('exports', 'traced', outputText)(exported, traced);
  return exported;
}

const METHODS = `
export class Shop {
  sums: Record<string, number> = { tea: 3 };

  @traced({ name: 'ask', tags(this: Shop, item: string) { return { item, known: item in this.sums }; } })
  async price(item: string) {
    await null;
    return this.sums[item];
  }

  @traced()
  *items() {
    yield* Object.keys(this.sums);
  }

  @traced()
  static open() {
    return new this();
  }

  @traced()
  get count() {
    return Object.keys(this.sums).length;
  }

  set count(count: number) {
    this.sums = Object.fromEntries(Object.entries(this.sums).slice(0, count));
  }

  @traced()
  [Symbol.for('close')]() {
    return 'closed';
  }
}
`;

type Shop = {
  count: number;
  price(item: string): Promise<number>;
  items(): Iterable<string>;
  [close: symbol]: () => string;
};

describe.each([
  ['of the standard', {}],
  ['of experimentalDecorators', { experimentalDecorators: true }],
])('@traced() %s', (_name, options) => {
  test('records calls of methods, static ones and accessors included', async () => {
    const { Shop } = compiled(METHODS, options) as { Shop: { open(): Shop; name: string } };

    const shop = Shop.open();
    expect(await shop.price('tea')).toBe(3);
    expect([...shop.items()]).toEqual(['tea']);
    expect(shop.count).toBe(1);
    shop.count = 0;
    expect(shop.count).toBe(0);
    expect(shop[Symbol.for('close')]?.()).toBe('closed');

    expect(tracer.getSpan('ask').tags).toEqual({ item: 'tea', known: true });
    const names = tracer.finishedSpans().map(({ operationName }) => operationName);
    expect(names.filter((name) => !name.startsWith('set'))).toEqual([
      'open',
      'ask',
      'items',
      'get count',
      'get count',
      '[close]',
    ]);
    expect([shop.price.name, shop.price.length]).toEqual(['price', 1]);
  });
});

const FIELDS = `
export class Shop {
  @traced() static open = () => new Shop();
  @traced() name = 'corner';
  @traced() price = async (item: string) => this.#sum(item);
  @traced('pay') accessor pay = (sum: number) => sum + ' to ' + this.name;

  @traced()
  #sum(item: string) {
    return item.length;
  }
}
`;

test('the standard decorator takes private methods, fields and accessors that hold functions', async () => {
  type Corner = { price(item: string): Promise<number>; pay(sum: number): string };
  const { Shop } = compiled(FIELDS, {}) as { Shop: { open(): Corner } };

  const shop = Shop.open();
  expect(await shop.price('tea')).toBe(3);
  expect(shop.pay(3)).toBe('3 to corner');

  expect(tracer.formatTrees()).toBe('open\nprice\n└ #sum\npay');
});

const INHERITED = `
class Shop {
  @traced() price(item: string) { return item.length; }
}
export class Discount extends Shop {
  @traced('reduced') override price(item: string) { return super.price(item) - 1; }
}
`;

test('a method that is overridden calls the one above inside its span', () => {
  const { Discount } = compiled(INHERITED, {}) as { Discount: new () => Shop };

  expect(new Discount().price('tea')).toBe(2);
  expect(tracer.formatTrees()).toBe('reduced\n└ price');
});

it.each([
  ['@traced() export class A {}', {}, '@traced() goes on methods, getters, setters, fields and'],
  [
    '@traced() export class A {}',
    { experimentalDecorators: true },
    '@traced() of experimentalDecorators goes on methods, getters and setters, not on a class',
  ],
  [
    'export class A { @traced() a = () => {} }',
    { experimentalDecorators: true },
    "not on the property 'a'; for a function in a property write traced(fn).",
  ],
  [
    'export class A { @traced a() {} }',
    {},
    'traced takes options before the function; a decorator is @traced().',
  ],
])('tells of wrong use: %s %j', (source, options, message) => {
  expect(() => compiled(source, options)).toThrow(message);
});

describe('the types', () => {
  const PROGRAM = `
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { traced, wrap } from 'opentracing-ts/instrumentation/functions';

export class Shop {
  @traced()
  async price(item: string): Promise<number> { return item.length; }
  @traced('open')
  static open<T>(this: new () => T): T { return new this(); }
  @traced({ tags: (item: string) => ({ item }) })
  *items(item: string): Generator<string, void, undefined> { yield item; }
  @traced()
  get count(): number { return 1; }
  @traced()
  set sum(sum: number) {}
}
export const price: Promise<number> = Shop.open().price('tea');

function generic<T>(value: T): T { return value; }
export const same: 'tea' = traced(generic)('tea');
export const named: (item: string, count?: number) => string = traced(
  { name: 'order', tags: (item, count) => ({ item: item.length, count: count?.toFixed(1) }) },
  (item: string, _count?: number) => item,
);
export const rows: AsyncGenerator<number, void, unknown> = traced('rows', async function* () { yield 1; })();
// @ts-expect-error there is no item of that kind
traced((item: string) => item)(1);
// @ts-expect-error a misspelt option
traced({ nam: 'order' }, () => {});

export const emitter: EventEmitter = wrap(new EventEmitter());
export const stream: PassThrough = wrap(new PassThrough());
export const callback: (error: Error | null, count: number) => void = wrap((_error, _count) => {});
export const iterator: AsyncGenerator<number, void, unknown> = wrap(rows);
export const iterable: AsyncIterable<number> = wrap({
  async *[Symbol.asyncIterator]() { yield 1; },
});
// @ts-expect-error nothing to wrap
wrap('text');
`;
  const IMPORT = "import { traced } from 'opentracing-ts/instrumentation/functions';\n";
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'decorators-'));
    await symlink(join(WORKSPACE, 'node_modules'), join(folder, 'node_modules'), 'junction');
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await writeFile(join(folder, 'program.ts'), PROGRAM);
    await writeFile(join(folder, 'fields.ts'), IMPORT + FIELDS);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each(
    ['typescript', 'typescript-7'].flatMap((compiler) => [
      { compiler, legacy: false, files: ['program.ts', 'fields.ts'] },
      { compiler, legacy: true, files: ['program.ts'] },
    ]),
  )('are right to $compiler, experimentalDecorators: $legacy', async (setting) => {
    const config = join(folder, `${setting.compiler}-${setting.legacy}.json`);
    await writeFile(
      config,
      JSON.stringify({
        extends: join(WORKSPACE, 'tsconfig.base.json'),
        compilerOptions: {
          noEmit: true,
          declaration: false,
          declarationMap: false,
          experimentalDecorators: setting.legacy,
          noUnusedParameters: false,
        },
        files: setting.files,
      }),
    );
    const tsc = join(WORKSPACE, 'node_modules', setting.compiler, 'bin/tsc');
    const { stdout } = await node([tsc, '-p', config, '--pretty', 'false'], { cwd: folder });
    expect(stdout).toBe('');
  });
});
