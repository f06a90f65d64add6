import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { describe, expect, test } from 'vitest';
import { errorOf, lunch } from './mocktracer-helpers.js';

const SALAD = { name: 'salad', unfinished: true } as const;

describe('assertTrees of MockTracer', () => {
  test('passes for the recorded trees, with any of their tags or none', () => {
    const tracer = lunch();
    tracer.assertTrees(tracer.trees());
    tracer.assertTrees([
      { name: 'lunch', tags: {}, children: [{ name: 'soup', tags: { hot: true } }, SALAD] },
    ]);
    new MockTracer().assertTrees([]);
  });

  test.each([
    ['a span is missing', [{ name: 'lunch', children: [{ name: 'soup' }] }]],
    ['there is one more', [{ name: 'lunch', children: [{ name: 'soup' }, SALAD, SALAD] }]],
    ['the order is another', [{ name: 'lunch', children: [SALAD, { name: 'soup' }] }]],
    ['a span has another parent', [{ name: 'lunch', children: [{ name: 'soup' }] }, SALAD]],
    ['a span is called otherwise', [{ name: 'Lunch', children: [{ name: 'soup' }, SALAD] }]],
    [
      'a span has not finished',
      [{ name: 'lunch', children: [{ name: 'soup' }, { name: 'salad' }] }],
    ],
    [
      'a tag has another value',
      [{ name: 'lunch', children: [{ name: 'soup', tags: { hot: 'true' } }, SALAD] }],
    ],
    [
      'a tag is missing',
      [{ name: 'lunch', children: [{ name: 'soup', tags: { cold: undefined } }, SALAD] }],
    ],
    ['there are no spans', []],
  ])('fails where %s', (_, expected) => {
    const tracer = lunch();
    expect(() => tracer.assertTrees(expected)).toThrow(/^The recorded spans should be/);
  });

  test('shows what was expected and what there is, with the tags that were asked for', () => {
    const expected = [{ name: 'lunch', children: [{ name: 'soup', tags: { hot: false } }] }];
    expect(errorOf(() => lunch().assertTrees(expected))).toMatchObject({
      name: 'AssertionError',
      code: 'ERR_ASSERTION',
      message:
        'The recorded spans should be\n\nlunch\n└ soup hot=false\n\n' +
        'but are\n\nlunch\n├ soup hot=true\n└ salad (unfinished)\n',
      expected,
      actual: [{ name: 'lunch', children: [{ name: 'soup', tags: { hot: true } }, SALAD] }],
    });
  });

  test('shows tags of every type', () => {
    const tags = { a: Object.create(null), b: null, c: Symbol('c'), d: 1n, ['__proto__']: 1 };
    const tracer = new MockTracer();
    tracer.startSpan('any', { tags }).finish();
    tracer.assertTrees([{ name: 'any', tags }]);
    expect(() => tracer.assertTrees([{ name: 'other', tags }])).toThrow(
      'any a=[object Object] b=null c=Symbol(c) d=1n __proto__=1',
    );
  });

  test.each([
    ['1', 1, 'x="1"', 'x=1'],
    ['null', null, 'x="null"', 'x=null'],
    [1n, 1, 'x=1n', 'x=1'],
    [-0, 0, 'x=-0', 'x=0'],
    ['a\ud800', 'a\ufffd', 'x="a\\ud800"', 'x="a\ufffd"'],
  ])('shows the tag %o and %o as what they are', (expected, actual, shown, found) => {
    const tracer = new MockTracer();
    tracer.startSpan('a', { tags: { x: actual } }).finish();
    expect(() => tracer.assertTrees([{ name: 'a', tags: { x: expected } }])).toThrow(
      `should be\n\na ${shown}\n\nbut are\n\na ${found}\n`,
    );
  });

  test('says that objects in tags have to be the same', () => {
    const tracer = new MockTracer();
    tracer.startSpan('a', { tags: { x: {} } }).finish();
    expect(() => tracer.assertTrees([{ name: 'a', tags: { x: {} } }])).toThrow(
      'Only the very same object is equal to one in a tag.',
    );
  });
});

describe('assertAllFinished of MockTracer', () => {
  test('passes where every span has finished', () => {
    const tracer = new MockTracer();
    tracer.assertAllFinished();
    tracer.startSpan('any').finish();
    tracer.assertAllFinished();
  });

  test('names the spans that have not, and shows where they are', () => {
    const tracer = lunch();
    tracer.startSpan('supper');
    expect(errorOf(() => tracer.assertAllFinished())).toMatchObject({
      name: 'AssertionError',
      message:
        "'salad', 'supper' should have finished; the recorded spans are\n\n" +
        'lunch\n├ soup\n└ salad (unfinished)\nsupper (unfinished)\n',
      actual: ['salad', 'supper'],
      expected: [],
    });
  });
});

describe('the assertions of MockTracer', () => {
  test('read the same under the test runner of Node', async () => {
    const fixture = fileURLToPath(new URL('fixtures/mocktracer.node-test.mjs', import.meta.url));
    // What this runner sets for its workers would change the output of the other one.
    const { NODE_OPTIONS, NODE_TEST_CONTEXT, ...env } = process.env;
    const args = ['--test-reporter=tap', '--test', fixture];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env }).catch(
      (failed: { stdout: string }) => failed,
    );
    expect(stdout).toContain('# pass 1\n');
    expect(stdout).toContain('# fail 2\n');
    expect(stdout).toContain('The recorded spans should be');
    expect(stdout).toContain('├ soup hot=false');
    expect(stdout).toContain("'salad' should have finished");
    expect(stdout).toContain("code: 'ERR_ASSERTION'");
  });
});
