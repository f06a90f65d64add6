import { readFile as readWithCallback } from 'node:fs';
import { globalTracer, Scope, ScopeManager, Span, Tracer } from 'opentracing-ts';
import { type TracedOptions, traced } from 'opentracing-ts/instrumentation/functions';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { AsyncLocalStorageScopeManager } from 'opentracing-ts/scope-managers/async-local-storage';
import { GeneratorScopeManager } from 'opentracing-ts/scope-managers/generator';
import { describe, expect, it, test, vi } from 'vitest';
import { createTracer } from './instrumentation-helpers.js';

function setUp(options: TracedOptions = {}) {
  const tracer = createTracer();
  return { tracer, options: { tracer, ...options } };
}

/** A manager as somebody else would write it. */
class OwnManager extends ScopeManager {
  override activate(span: Span, finishOnClose: boolean): Scope {
    return new Scope(this, span, finishOnClose);
  }
}

test('a function records a span for each call, active for what it calls', () => {
  const { tracer, options } = setUp();
  const price = traced({ ...options, name: 'price' }, (item: string) => item.length);
  const order = traced(options, function order(items: string[]) {
    return items.map((item) => price(item));
  });

  expect(order(['tea', 'milk'])).toEqual([3, 4]);

  expect(tracer.formatTrees()).toBe('order\n├ price\n└ price');
  expect(tracer.activeSpan).toBeNull();
});

test('an async function has its span active for what it awaits, and until it has settled', async () => {
  const { tracer, options } = setUp();
  const order = traced(options, async function order(item: string) {
    await null;
    tracer.startSpan(`price of ${item}`).finish();
    return item.length;
  });

  const pending = [order('tea'), order('milk')];
  expect(tracer.finishedSpans()).toEqual([]);

  expect(await Promise.all(pending)).toEqual([3, 4]);
  expect(tracer.formatTrees()).toBe('order\n└ price of tea\norder\n└ price of milk');
});

test('an error is logged and thrown on as it is', async () => {
  const { tracer, options } = setUp();
  const error = new Error('sold out');
  const sync = traced({ ...options, name: 'sync' }, () => {
    throw error;
  });
  const later = traced({ ...options, name: 'async' }, async () => {
    throw error;
  });

  expect(sync).toThrow(error);
  await expect(later()).rejects.toBe(error);

  for (const name of ['sync', 'async']) {
    const span = tracer.getSpan(name);
    expect(span.tags.error).toBe(true);
    expect(span.logs.map(({ fields }) => fields['error.object'])).toEqual([error]);
  }
});

test('this, name, length, properties, kind and prototype are those of the function', async () => {
  const { options } = setUp();
  async function order(this: { shop: string }, item: string, _count = 1) {
    return `${item} of ${this.shop}`;
  }
  order.version = 2;
  const same = traced(options, order);

  expect(await same.call({ shop: 'corner' }, 'tea')).toBe('tea of corner');
  expect([same.name, same.length, same.version]).toEqual(['order', 1, 2]);
  expect(Object.prototype.toString.call(same)).toBe('[object AsyncFunction]');
  expect(same.constructor).toBe(order.constructor);
});

test('with new it makes what the function makes, without a span', () => {
  const { tracer, options } = setUp();
  function Basket(this: { items: string[] }, item: string) {
    this.items = [item];
  }
  const Same = traced(options, Basket) as unknown as new (item: string) => { items: string[] };
  class Larger extends Same {}

  expect(new Same('tea')).toBeInstanceOf(Basket);
  expect(new Larger('tea').items).toEqual(['tea']);
  expect(new Larger('tea')).toBeInstanceOf(Larger);
  expect(tracer.finishedSpans()).toEqual([]);
});

test('tags come from the arguments and from this, at the start', () => {
  const { tracer, options } = setUp({
    tags(this: { shop: string }, item: string) {
      return { item, shop: this.shop };
    },
  });
  traced(options, function order(this: { shop: string }, _item: string) {}).call(
    { shop: 'corner' },
    'tea',
  );
  traced({ tracer, name: 'fixed', tags: { layer: 'domain' } }, () => {})();

  expect(tracer.getSpan('order').tags).toEqual({ item: 'tea', shop: 'corner' });
  expect(tracer.getSpan('fixed').tags).toEqual({ layer: 'domain' });
});

test('tags that throw leave the span without them, and are told of once', () => {
  const onError = vi.fn();
  const failure = new Error('no tags');
  const { tracer, options } = setUp({
    onError,
    tags: () => {
      throw failure;
    },
  });
  const order = traced({ ...options, name: 'order' }, () => 'done');

  expect([order(), order()]).toEqual(['done', 'done']);

  expect(tracer.finishedSpans().map(({ tags }) => tags)).toEqual([{}, {}]);
  expect(onError.mock.calls).toEqual([[failure]]);
});

test('a tracer that fails to start spans leaves the function alone', () => {
  const onError = vi.fn();
  class Broken extends Tracer {
    override startSpan(): never {
      throw new Error('broken');
    }
  }
  const tracer = new Broken();
  const options = { tracer, onError };

  expect(traced(options, (n: number) => n + 1)(1)).toBe(2);
  expect([
    ...traced(options, function* () {
      yield 1;
    })(),
  ]).toEqual([1]);
  expect(onError).toHaveBeenCalledTimes(2);
});

describe('a program whose tracing is broken goes on as it would', () => {
  const error = new Error('of the program');
  class BrokenManager extends ScopeManager {
    override withActive(): never {
      throw new Error('broken');
    }
    override bind(): never {
      throw new Error('broken');
    }
  }
  class BrokenSpan extends Span {
    override logError(): never {
      throw new Error('broken');
    }
    override finish(): never {
      throw new Error('broken');
    }
  }
  class BrokenTracer extends Tracer {
    override startSpan(): Span {
      return new BrokenSpan(this);
    }
  }
  const settled = async (promise: Promise<unknown>) => {
    const [result] = await Promise.allSettled([promise]);
    return result;
  };

  test.each([
    ['scope manager', () => new MockTracer(new BrokenManager())],
    ['span', () => new BrokenTracer(new AsyncLocalStorageScopeManager())],
    ['span, with a manager of its own kind', () => new BrokenTracer(new OwnManager())],
  ])('%s', async (_what, createBroken) => {
    const onError = vi.fn();
    const record = <F extends (...args: never[]) => unknown>(fn: F, endsWithCallback = false) =>
      traced({ tracer: createBroken(), onError, endsWithCallback }, fn);
    const calls = vi.fn();
    const fail = () => {
      calls();
      throw error;
    };

    expect(record(() => 1)()).toBe(1);
    expect(record(fail)).toThrow(error);
    expect(await record(async () => 2)()).toBe(2);
    expect(await settled(record(async () => fail())())).toEqual({
      status: 'rejected',
      reason: error,
    });
    const callback = vi.fn();
    expect(
      record((done: (none: null, value: number) => void) => done(null, 3), true)(callback),
    ).toBe(undefined);
    expect(callback.mock.calls).toEqual([[null, 3]]);
    expect([
      ...record(function* () {
        yield 4;
      })(),
    ]).toEqual([4]);
    const rows = record(async function* () {
      yield 5;
      fail();
    })();
    expect(await rows.next()).toEqual({ value: 5, done: false });
    expect(await settled(rows.next())).toEqual({ status: 'rejected', reason: error });

    expect(calls).toHaveBeenCalledTimes(3);
    for (const [told] of onError.mock.calls) expect(told).toEqual(new Error('broken'));
    expect(onError.mock.calls.length).toBeGreaterThan(0);
  });
});

test('an async generator ends its span where Promise is another class, as under zone.js', async () => {
  const { tracer, options } = setUp();
  const rows = traced(options, async function* rows() {
    yield 1;
  });
  vi.stubGlobal('Promise', class extends Promise<unknown> {});
  try {
    for await (const row of rows()) expect(row).toBe(1);
  } finally {
    vi.unstubAllGlobals();
  }
  expect(tracer.finishedSpans()).toHaveLength(1);
});

test('without a name, a function without one is anonymous', () => {
  const { tracer, options } = setUp();
  traced(options, (() => () => {})())();
  traced({ ...options, name: '' }, function order() {})();
  expect(tracer.finishedSpans().map(({ operationName }) => operationName)).toEqual([
    'anonymous',
    'order',
  ]);
});

test('nothing is recorded, and nothing asked, before there is a tracer', () => {
  const tags = vi.fn(() => ({}));
  const startSpan = vi.spyOn(globalTracer(), 'startSpan');
  const count = traced({ tags }, function* count() {
    yield 1;
  });

  expect(traced({ tags }, () => 1)()).toBe(1);
  expect([...count()]).toEqual([1]);

  expect(tags).not.toHaveBeenCalled();
  expect(startSpan).not.toHaveBeenCalled();
});

test('a callback of Node ends the span, and runs under the scope of the caller', async () => {
  const { tracer, options } = setUp();
  const read = traced(
    { ...options, name: 'read', endsWithCallback: true },
    readWithCallback as (file: URL | string, done: (error: unknown, data: unknown) => void) => void,
  );
  const active: unknown[] = [];
  const finished: number[] = [];

  await tracer.withActiveSpan('request', (request) => {
    const reading = (file: URL | string) =>
      new Promise<unknown>((resolve) => {
        read(file, (error) => {
          active.push(tracer.activeSpan === request);
          finished.push(tracer.finishedSpans().length);
          resolve(error);
        });
      });
    return reading(new URL(import.meta.url)).then(() => reading('/nowhere/at/all'));
  });

  expect(active).toEqual([true, true]);
  expect(finished).toEqual([1, 2]);
  const [good, bad] = tracer.finishedSpans();
  expect(good?.tags).toEqual({});
  expect(bad?.tags.error).toBe(true);
  expect(tracer.formatTrees()).toBe('request\n├ read\n└ read');
});

test('a callback keeps its name, its length, its properties and its this', () => {
  const { options } = setUp({ endsWithCallback: true });
  const given = Object.assign(
    function done(this: unknown, _error: unknown, _item: string): unknown {
      return this;
    },
    { version: 2 },
  );
  const self = { shop: 'corner' };
  const seen = traced(options, function order(done: typeof given) {
    return [done.name, done.length, done.version, done.call(self, null, 'tea')];
  })(given);
  expect(seen).toEqual(['done', 2, 2, self]);
});

test('a function that throws before its callback ends the span once', () => {
  const { tracer, options } = setUp({ endsWithCallback: true });
  const error = new Error('wrong argument');
  const read = traced({ ...options, name: 'read' }, (done: (error: unknown) => void) => {
    done(null);
    throw error;
  });

  expect(() => read(() => {})).toThrow(error);
  expect(traced({ ...options, name: 'sync' }, () => 1)()).toBe(1);

  expect(tracer.finishedSpans().map(({ operationName }) => operationName)).toEqual([
    'read',
    'sync',
  ]);
});

test('a generator has its span while its body runs, from the first value to the end', () => {
  const { tracer, options } = setUp();
  const rows = traced(options, function* rows(count: number) {
    for (let i = 0; i < count; i++) {
      tracer.startSpan(`row ${i}`).finish();
      yield i;
    }
    return 'done';
  });

  const iterator = tracer.withActiveSpan('request', () => rows(2));
  expect(iterator.next()).toEqual({ value: 0, done: false });
  expect(tracer.activeSpan).toBeNull();
  expect(iterator.next()).toEqual({ value: 1, done: false });
  expect(iterator.next()).toEqual({ value: 'done', done: true });
  expect(iterator.next()).toEqual({ value: undefined, done: true });

  expect(tracer.formatTrees()).toBe('request\n└ rows\n  ├ row 0\n  └ row 1');
  expect(Object.prototype.toString.call(iterator)).toBe('[object Generator]');
});

test('a generator that is left ends its span after its finally', () => {
  const { tracer, options } = setUp();
  const rows = traced(options, function* rows() {
    try {
      yield 1;
      yield 2;
    } finally {
      tracer.startSpan('close').finish();
    }
  });

  for (const row of rows()) {
    if (row === 1) break;
  }
  expect(tracer.formatTrees()).toBe('rows\n└ close');

  // What never began has no span, and a generator that nobody asks has none either.
  rows().return();
  rows();
  expect(tracer.finishedSpans()).toHaveLength(2);
});

test('a generator that fails, by itself or from outside, logs the error', () => {
  const { tracer, options } = setUp();
  const error = new Error('connection lost');
  const rows = traced(options, function* rows(fails: boolean) {
    yield 1;
    if (fails) throw error;
    yield 2;
  });

  expect(() => [...rows(true)]).toThrow(error);
  const second = rows(false);
  second.next();
  expect(() => second.throw(error)).toThrow(error);

  expect(tracer.finishedSpans().map(({ tags }) => tags.error)).toEqual([true, true]);
});

test('a generator that resumes itself gets the error of the language and goes on', () => {
  const { tracer, options } = setUp();
  const self = traced(options, function* self(): Generator<unknown> {
    try {
      iterator.next();
    } catch (error) {
      yield (error as Error).name;
    }
  });
  const iterator = self();

  expect([...iterator]).toEqual(['TypeError']);
  expect(tracer.getSpan('self').tags).toEqual({});
});

test('an async generator has its span in each step, whoever asks', async () => {
  const { tracer, options } = setUp();
  const rows = traced(options, async function* rows(count: number) {
    try {
      for (let i = 0; i < count; i++) {
        await null;
        tracer.startSpan(`row ${i}`).finish();
        yield i;
      }
    } finally {
      await null;
      tracer.startSpan('close').finish();
    }
  });

  const seen: number[] = [];
  const iterator = tracer.withActiveSpan('request', () => rows(9));
  await tracer.withActiveSpan('other', async () => {
    for await (const row of iterator) {
      seen.push(row);
      if (row === 1) break;
    }
  });

  expect(seen).toEqual([0, 1]);
  expect(tracer.formatTrees()).toBe('request\n└ rows\n  ├ row 0\n  ├ row 1\n  └ close\nother');
});

test('an async generator asked ahead, and failing, ends its span once', async () => {
  const { tracer, options } = setUp();
  const error = new Error('connection lost');
  const rows = traced(options, async function* rows() {
    yield 1;
    await null;
    throw error;
  });

  const iterator = rows();
  const steps = await Promise.allSettled([iterator.next(), iterator.next(), iterator.next()]);

  expect(steps.map((step) => (step.status === 'fulfilled' ? step.value : step.reason))).toEqual([
    { value: 1, done: false },
    error,
    { value: undefined, done: true },
  ]);
  expect(tracer.finishedSpans()).toHaveLength(1);
  expect(tracer.getSpan('rows').logs[0]?.fields['error.object']).toBe(error);
});

test('a coroutine written as a generator keeps its span under the generator scope manager', async () => {
  const manager = new GeneratorScopeManager();
  const tracer = new MockTracer(manager);
  const order = traced({ tracer }, function* order(): Generator<unknown, string, string> {
    const item = yield Promise.resolve('tea');
    tracer.startSpan('price').finish();
    return item;
  });

  expect(await manager.run(() => order())).toBe('tea');
  expect(tracer.formatTrees()).toBe('order\n└ price');
});

it.each([
  [[1], 'traced takes a name or options, not 1.'],
  [[null], 'traced takes a name or options, not null.'],
  [[{ name: 1 }], 'The name is 1; give a string, or leave it out.'],
  [[{ tags: 'a' }], "The tags are 'a'; give an object, or a function that makes one."],
  [
    [{ tracer: {} }],
    'The tracer is an object, which has no method startSpan; leave it out for the default.',
  ],
  [[{ endsWithCallback: 1 }], 'The endsWithCallback is 1; give true or false.'],
  [
    [{ onError: 'log' }],
    "The onError is 'log', which has no method call; give a function, or leave it out.",
  ],
  [['name', 'fn'], "traced takes a function after its options, not 'fn'."],
  [
    [() => {}, { kind: 'method' }],
    'traced takes options before the function; a decorator is @traced().',
  ],
])('tells of wrong use: %j', (args, message) => {
  expect(() => Reflect.apply(traced, undefined, args)).toThrow(new TypeError(message));
});
