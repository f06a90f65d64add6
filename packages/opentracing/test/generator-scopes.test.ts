import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Span, withoutActiveSpan } from 'opentracing-ts';
import { BasicTracer } from 'opentracing-ts/basictracer';
import { scopeChecks } from 'opentracing-ts/harness';
import { GeneratorScopeManager } from 'opentracing-ts/scope-managers/generator';
import { describe, expect, test } from 'vitest';
import { setUp } from './generator-set-up.js';

describe('GeneratorScopeManager inside a coroutine keeps the rules of scope managers:', () => {
  const manager = new GeneratorScopeManager();
  const checks = scopeChecks(() => manager, {
    runIn: (check) =>
      manager.run(function* () {
        yield null;
        yield check();
      }),
  });
  for (const check of checks) {
    test(check.name, () => check.run());
  }
});

describe('withoutActiveSpan', () => {
  test('has nothing active for a coroutine, behind everything that it yields', async () => {
    const { manager, tracer, note, parentOf } = setUp();
    await manager.run(() =>
      tracer.withActiveSpan('request', function* () {
        yield withoutActiveSpan(tracer, function* () {
          note('before');
          yield turn();
          note('after');
        });
        note('request goes on');
      }),
    );
    expect(['before', 'after', 'request goes on'].map(parentOf)).toEqual([null, null, 'request']);
  });
});

describe('run', () => {
  test('begins at once and gives what the generator function returns', async () => {
    const { manager } = setUp();
    const seen: unknown[] = [];
    const running = manager.run(function* () {
      seen.push(yield Promise.resolve(1));
      seen.push(yield 2);
      seen.push(yield undefined);
      return 'done';
    });
    expect(await running).toBe('done');
    expect(seen).toEqual([1, 2, undefined]);
  });

  test('throws the rejection of a yielded promise where it was yielded, and rejects with what is thrown', async () => {
    const { manager } = setUp();
    const error = new Error('expected');
    const caught = await manager.run(function* () {
      try {
        yield Promise.reject(error);
      } catch (thrown) {
        return thrown;
      }
      return null;
    });
    expect(caught).toBe(error);
    for (const fail of [
      () => Promise.reject(error),
      () => {
        throw error;
      },
    ]) {
      const failing = manager.run(function* () {
        yield fail();
      });
      await expect(failing).rejects.toBe(error);
    }
    expect(manager.active).toBeNull();
  });

  test('keeps a scope over the yields of its coroutine, unseen by the caller', async () => {
    const { manager, tracer, parentOf, note } = setUp();
    const running = manager.run(function* () {
      const scope = tracer.startActiveSpan('work');
      yield turn();
      expect(tracer.activeSpan).toBe(scope.span);
      yield* step();
      note('after');
      scope.close();
      expect(tracer.activeSpan).toBeNull();
    });
    function* step() {
      using _scope = tracer.startActiveSpan('step');
      yield turn();
      note('in step');
    }
    expect(tracer.activeSpan).toBeNull();
    await turn();
    expect(tracer.activeSpan).toBeNull();
    await running;
    expect(parentOf('step')).toBe('work');
    expect(parentOf('in step')).toBe('step');
    expect(parentOf('after')).toBe('work');
  });

  test('has siblings that never see each other, each under the scope it was started in', async () => {
    const { manager, tracer, parentOf, note } = setUp();
    const sibling = (name: string, turns: number) =>
      manager.run(function* () {
        const scope = tracer.startActiveSpan(name);
        for (let i = 0; i < turns; i++) {
          yield turn();
          expect(tracer.activeSpan).toBe(scope.span);
        }
        note(`${name} end`);
        scope.close();
      });
    await tracer.withActiveSpan('request', () =>
      manager.run(function* () {
        yield turn();
        yield Promise.all([sibling('a', 3), sibling('b', 1), sibling('c', 2)]);
        note('after all');
      }),
    );
    for (const name of ['a', 'b', 'c']) {
      expect(parentOf(name)).toBe('request');
      expect(parentOf(`${name} end`)).toBe(name);
    }
    expect(parentOf('after all')).toBe('request');
    expect(tracer.activeSpan).toBeNull();
  });

  test('runs a yielded generator as a child, whose scopes the parent never sees', async () => {
    const { manager, tracer, span, parentOf, note } = setUp();
    let opened: string | undefined;
    function* child(): Generator<unknown, string, unknown> {
      opened = tracer.startActiveSpan('child').span.context().toSpanId();
      yield turn();
      note('in child');
      return 'result';
    }
    await manager.run(function* () {
      using scope = tracer.startActiveSpan('parent');
      expect(yield child()).toBe('result');
      expect(tracer.activeSpan).toBe(scope.span);
    });
    tracer.withActiveSpan('other', () => note('elsewhere'));
    expect(parentOf('elsewhere')).toBe('other');
    expect(tracer.activeSpan).toBeNull();
    expect(span('in child').parentId).toBe(opened);
  });

  test('asks a thenable that begins its work when asked under the scope of the coroutine', async () => {
    const { manager, tracer } = setUp();
    const query = {
      // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested
      then(resolve: (active: unknown) => void) {
        resolve(tracer.activeSpan);
      },
    };
    await manager.run(function* () {
      using scope = tracer.startActiveSpan('work');
      expect(yield query).toBe(scope.span);
    });
  });

  test('leaves a yielded value that cannot be looked at as it is', async () => {
    const { manager } = setUp();
    const strict = new Proxy([], {
      ownKeys() {
        throw new Error('not to be looked at');
      },
    });
    await manager.run(function* () {
      expect(yield strict).toBe(strict);
      const plain = { a: 1, nested: { fn: () => 1 } };
      expect(yield plain).toBe(plain);
    });
  });

  test('in withActiveSpan makes a span that lasts as long as the coroutine', async () => {
    const { manager, tracer, span, parentOf, note } = setUp();
    const error = new Error('expected');
    const running = tracer.withActiveSpan('request', () =>
      manager.run(function* () {
        yield turn();
        note('query');
        throw error;
      }),
    );
    expect(tracer.activeSpan).toBeNull();
    expect(tracer.finishedSpans()).toEqual([]);
    await expect(running).rejects.toBe(error);
    expect(parentOf('query')).toBe('request');
    expect(span('request').tags.error).toBe(true);
  });

  test('has the stated limit: behind an await and in timers a function has to be bound', async () => {
    const { manager, tracer } = setUp();
    await manager.run(function* () {
      using scope = tracer.startActiveSpan('work');
      const behindAwait = async () => {
        await turn();
        return tracer.activeSpan;
      };
      expect(yield behindAwait()).toBeNull();
      const active = () => tracer.activeSpan;
      expect(yield turn().then(active)).toBeNull();
      expect(yield turn().then(manager.bind(active))).toBe(scope.span);
    });
  });
});

describe('a coroutine that waits on', () => {
  test('keeps none of the spans that have finished in it', async () => {
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    const manager = new GeneratorScopeManager();
    const tracer = new BasicTracer({ scopeManager: manager });
    const collected: string[] = [];
    const registry = new FinalizationRegistry((name: string) => collected.push(name));
    function* work() {
      for (const _ of 'ab') {
        const scope = tracer.startActiveSpan('any');
        registry.register(scope.span, 'a scope');
        yield turn();
        scope.close();
      }
      yield* tracer.withActiveSpan('any', function* (span) {
        registry.register(span, 'a generator');
        yield turn();
      });
      yield tracer.withActiveSpan('any', (span) => {
        registry.register(span, 'a child');
        return manager.run(function* () {
          yield turn();
        });
      });
      yield new Promise(() => {});
    }
    void manager.run(work);
    await expect
      .poll(() => {
        collect();
        return collected.length;
      })
      .toBe(4);
  });
});

describe('withActiveSpan of a generator function', () => {
  test('gives a coroutine to delegate to, and a span that lasts until it has ended', async () => {
    const { manager, tracer, span, parentOf, note } = setUp();
    const result = await manager.run(function* () {
      const value = yield* tracer.withActiveSpan('load', function* (active) {
        expect(tracer.activeSpan).toBe(active);
        yield turn();
        note('query');
        expect(tracer.finishedSpans()).toHaveLength(1);
        return active.context().toSpanId();
      });
      expect(tracer.activeSpan).toBeNull();
      return value;
    });
    expect(result).toBe(span('load').context().toSpanId());
    expect(parentOf('query')).toBe('load');
  });

  test('records an error and throws it on, and finishes when the coroutine is ended early', () => {
    const { tracer, span } = setUp();
    const error = new Error('expected');
    const failing = tracer.withActiveSpan('failing', function* () {
      yield 1;
    });
    failing.next();
    expect(() => failing.throw(error)).toThrow(error);
    expect(span('failing').tags.error).toBe(true);
    const ended = tracer.withActiveSpan('ended', function* () {
      try {
        yield 1;
      } finally {
        tracer.startSpan('cleanup').finish();
      }
    });
    ended.next();
    ended.return(undefined);
    expect(span('ended').tags).toEqual({});
    expect(span('cleanup').parentId).toBe(span('ended').context().toSpanId());
    expect(tracer.activeSpan).toBeNull();
  });

  test('leaves what outlives the coroutine the context of its span, not the span', () => {
    const { manager, tracer, span } = setUp();
    const steps = tracer.withActiveSpan('work', function* () {
      yield manager.bind(() => tracer.activeSpan);
    });
    const active = steps.next().value as () => Span;
    expect(active()).not.toBeNull();
    expect(steps.next().done).toBe(true);
    expect(active()).not.toBe(span('work'));
    expect(active().context()).toBe(span('work').context());
  });

  test('makes a scope around it that is closed too early wait until it has ended', async () => {
    const { manager, tracer, span } = setUp();
    await manager.run(function* () {
      const outer = tracer.startActiveSpan('outer');
      yield* tracer.withActiveSpan('inner', function* () {
        outer.close();
        expect(tracer.finishedSpans()).toEqual([]);
        yield turn();
      });
      expect(tracer.activeSpan).toBeNull();
    });
    expect(span('outer').finishTime).toBeLessThanOrEqual(span('inner').finishTime as number);
  });

  test('leaves a span that is merely lent open', () => {
    const { manager, tracer } = setUp();
    const span = tracer.startSpan('lent');
    const steps = manager.withActive(span, function* () {
      yield tracer.activeSpan;
    });
    expect([...steps]).toEqual([span]);
    expect(tracer.finishedSpans()).toEqual([]);
  });
});

describe('wrap', () => {
  test('keeps this, arguments, what is yielded and what is returned', () => {
    const { manager } = setUp();
    const object = {
      factor: 2,
      times: manager.wrap(function* (this: { factor: number }, a: number, b: number) {
        const given: number = yield a * this.factor;
        return given + b;
      }),
    };
    const steps = object.times(3, 4);
    expect(steps.next()).toEqual({ done: false, value: 6 });
    expect(steps.next(10)).toEqual({ done: true, value: 14 });
    expect(Object.prototype.toString.call(object.times)).toBe('[object GeneratorFunction]');
  });

  test('is right for iterators that can do no more than next', () => {
    const { manager } = setUp();
    const error = new Error('expected');
    const steps = manager.wrap(() => ({ next: () => ({ done: false as const, value: 1 }) }));
    const failing = steps();
    failing.next();
    expect(() => failing.throw(error)).toThrow(error);
    const ended = steps();
    ended.next();
    expect(ended.return(undefined as never)).toEqual({ done: true, value: undefined });
  });
});
