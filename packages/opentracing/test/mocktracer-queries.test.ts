import { FORMAT_TEXT_MAP } from 'opentracing-ts';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { describe, expect, test } from 'vitest';
import { errorOf, lunch } from './mocktracer-helpers.js';

describe('the queries of MockTracer', () => {
  test('give the spans that have not finished, in the order in which they were started', () => {
    const tracer = new MockTracer();
    const spans = ['a', 'b', 'c'].map((name) => tracer.startSpan(name));
    spans[1]?.finish();
    expect(tracer.unfinishedSpans()).toEqual([spans[0], spans[2]]);
    spans[0]?.finish();
    spans[2]?.finish();
    expect(tracer.unfinishedSpans()).toEqual([]);
  });

  test('find the one span of a name, finished or not, by the name it has now', () => {
    const tracer = lunch();
    expect(tracer.getSpan('soup').tags).toEqual({ hot: true });
    const span = tracer.startSpan('before').setOperationName('after');
    expect(tracer.getSpan('after')).toBe(span);
  });

  test('show the recorded spans where none has the name', () => {
    expect(errorOf(() => lunch().getSpan('supper'))).toMatchObject({
      name: 'AssertionError',
      message:
        "No span is called 'supper'; the recorded spans are\n\nlunch\n├ soup\n└ salad (unfinished)\n",
      actual: [],
      expected: ['supper'],
    });
    expect(() => new MockTracer().getSpan('supper')).toThrow(/the recorded spans are\n\n\(none\)/);
  });

  test('do not guess which of two spans with the name is meant', () => {
    const tracer = lunch();
    tracer.startSpan('soup').finish();
    expect(() => tracer.getSpan('soup')).toThrow(/^2 spans are called 'soup'; the recorded/);
  });

  test('find the spans that have a tag, or have it with a value', () => {
    const tracer = new MockTracer();
    const one = tracer.startSpan('one', { tags: { code: 200 } });
    const two = tracer.startSpan('two', { tags: { code: Number.NaN, error: true } });
    tracer.startSpan('three');
    two.finish();
    expect(tracer.findByTag('code')).toEqual([one, two]);
    expect(tracer.findByTag('code', 200)).toEqual([one]);
    expect(tracer.findByTag('code', Number.NaN)).toEqual([two]);
    expect(tracer.findByTag('code', '200')).toEqual([]);
    expect(tracer.findByTag('toString')).toEqual([]);
  });

  test('give the spans as trees of plain objects, siblings in the order of their starts', () => {
    const tracer = lunch();
    expect(tracer.trees()).toStrictEqual([
      { name: 'lunch', children: [{ name: 'soup' }, { name: 'salad', unfinished: true }] },
    ]);
    tracer.startSpan('supper', { ignoreActiveSpan: true }).finish();
    expect(tracer.trees().map(({ name }) => name)).toEqual(['lunch', 'supper']);
  });

  test('put a span under its parent through a carrier, and at the top where the parent is elsewhere', () => {
    const [client, server] = [new MockTracer(), new MockTracer()];
    const carrier = {};
    client.inject(client.startSpan('call'), FORMAT_TEXT_MAP, carrier);
    for (const tracer of [client, server]) {
      tracer.startSpan('serve', { childOf: tracer.extract(FORMAT_TEXT_MAP, carrier) }).finish();
    }
    expect(client.trees()).toEqual([
      { name: 'call', unfinished: true, children: [{ name: 'serve' }] },
    ]);
    expect(server.trees()).toEqual([{ name: 'serve' }]);
  });

  test('do not take a span of another tracer with the same ids for the parent', () => {
    const [client, server] = [new MockTracer({ firstId: 1 }), new MockTracer({ firstId: 1 })];
    const carrier = {};
    client.inject(client.startSpan('call'), FORMAT_TEXT_MAP, carrier);
    const childOf = server.extract(FORMAT_TEXT_MAP, carrier);
    const served = ['a', 'b'].map((name) => server.startSpan(name, { childOf }));
    expect(served[1]?.context().toSpanId()).toBe(served[1]?.parentId);
    expect(server.trees()).toMatchObject([{ name: 'a' }, { name: 'b' }]);
  });

  test('draw the trees as text', () => {
    const tracer = new MockTracer();
    tracer.withActiveSpan('GET /users', () => {
      tracer.withActiveSpan('authorise', () => tracer.startSpan('query').finish());
      tracer.withActiveSpan('list', () => tracer.startSpan('query'));
    });
    tracer.startSpan('tick').finish();
    expect(tracer.formatTrees()).toBe(
      ['GET /users', '├ authorise', '│ └ query', '└ list', '  └ query (unfinished)', 'tick'].join(
        '\n',
      ),
    );
    expect(new MockTracer().formatTrees()).toBe('');
  });
});

describe('reset of MockTracer', () => {
  test('forgets the finished and the unfinished spans', () => {
    const tracer = lunch();
    const salad = tracer.getSpan('salad');
    tracer.reset();
    expect(tracer.unfinishedSpans()).toEqual([]);
    expect(tracer.trees()).toEqual([]);
    salad.finish();
    expect(tracer.trees()).toEqual([{ name: 'salad' }]);
  });

  test('leaves the propagators, the clock and what is active as they are', () => {
    const tracer = new MockTracer({ now: () => 7 });
    tracer.registerPropagator('mine', { inject: () => {}, extract: () => null });
    const scope = tracer.startActiveSpan('open');
    tracer.reset();
    expect(tracer.extract('mine', {})).toBeNull();
    expect(tracer.activeSpan).toBe(scope.span);
    expect(tracer.startSpan('any').startTime).toBe(7);
  });
});
