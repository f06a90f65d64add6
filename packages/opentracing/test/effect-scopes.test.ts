import { EventEmitter } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { Deferred, Effect, Tracer as EffectTracer, Exit, Fiber, Ref } from 'effect';
import { scopeChecks } from 'opentracing-ts/harness';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { AsyncLocalStorageScopeManager } from 'opentracing-ts/scope-managers/async-local-storage';
import {
  EffectScopeManager,
  opentracingLayer,
  withSpan,
} from 'opentracing-ts/scope-managers/effect';
import { describe, expect, test, vi } from 'vitest';

function setUp() {
  const manager = new EffectScopeManager();
  const tracer = new MockTracer(manager);
  const span = (name: string) => {
    const found = tracer.finishedSpans().find((finished) => finished.operationName === name);
    expect(found, `a finished span '${name}'`).toBeDefined();
    return found as NonNullable<typeof found>;
  };
  const idOf = (name: string) => span(name).context().toSpanId();
  /** The operation name of the active span, as plain code sees it. */
  const active = () => (tracer.activeSpan as { operationName?: string } | null)?.operationName;
  const seen = Effect.sync(active);
  return { manager, tracer, span, idOf, active, seen };
}

describe('a fiber of Effect under opentracingLayer', () => {
  const { manager, tracer } = setUp();
  const layer = opentracingLayer(tracer);
  const inFiber = (check: () => void | Promise<void>) =>
    Effect.runPromise(Effect.promise(async () => check()).pipe(Effect.provide(layer)));

  for (const check of scopeChecks(() => manager, { async: true, runIn: inFiber })) {
    test(`keeps the rules of scope managers: ${check.name}`, () => check.run());
  }
});

describe('a fiber of Effect without a layer', () => {
  const inFiber = (check: () => void | Promise<void>) =>
    Effect.runPromise(Effect.promise(async () => check()));

  for (const check of scopeChecks(() => new EffectScopeManager(), { runIn: inFiber })) {
    test(`keeps the rules of scope managers: ${check.name}`, () => check.run());
  }
});

describe('activate in the body of an effect', () => {
  test('lasts over everything the fiber waits for, until the scope is closed', async () => {
    const { tracer, active, seen, idOf, span } = setUp();
    await Effect.runPromise(
      Effect.gen(function* () {
        const scope = tracer.startActiveSpan('work');
        yield* Effect.sleep(1);
        expect(active()).toBe('work');
        expect(yield* Effect.map(Effect.yieldNow, active)).toBe('work');
        tracer.startSpan('part').finish();
        expect(yield* seen).toBe('work');
        scope.close();
        expect(yield* seen).toBeUndefined();
      }),
    );
    expect(span('part').parentId).toBe(idOf('work'));
    expect(active()).toBeUndefined();
  });

  test('is for that fiber and the ones that it forks later, not for those around it', async () => {
    const { tracer, seen } = setUp();
    await Effect.runPromise(
      Effect.gen(function* () {
        const gate = yield* Deferred.make<void>();
        const outer = tracer.startActiveSpan('outer');
        const child = yield* Effect.forkChild(
          Effect.gen(function* () {
            expect(yield* seen).toBe('outer');
            const inner = tracer.startActiveSpan('inner');
            const grandchild = yield* Effect.forkChild(Effect.andThen(Effect.yieldNow, seen));
            expect(yield* Fiber.join(grandchild)).toBe('inner');
            yield* Deferred.await(gate);
            expect(yield* seen).toBe('inner');
            inner.close();
            expect(yield* seen).toBe('outer');
          }),
        );
        yield* Effect.yieldNow;
        yield* Effect.sleep(1);
        expect(yield* seen).toBe('outer');
        const next = tracer.startActiveSpan('next');
        yield* Deferred.succeed(gate, undefined);
        expect(yield* seen).toBe('next');
        yield* Fiber.join(child);
        expect(yield* seen).toBe('next');
        next.close();
        outer.close();
        expect(yield* seen).toBeUndefined();
      }),
    );
  });

  test('is not seen by another fiber that the fiber resumes', async () => {
    const { manager, tracer, active, seen } = setUp();
    const gate = Deferred.makeUnsafe<void>();
    const waiting = Effect.runFork(Effect.andThen(Deferred.await(gate), seen));
    await Effect.runPromise(
      Effect.sync(() =>
        manager.withActive(tracer.startSpan('other'), () => {
          Deferred.doneUnsafe(gate, Exit.void);
          expect(active()).toBe('other');
        }),
      ),
    );
    expect(await Effect.runPromise(Fiber.join(waiting))).toBeUndefined();
  });

  test('ends with the fiber where the scope is never closed', () => {
    const { tracer, active, seen } = setUp();
    const lose = Effect.sync(() => tracer.startActiveSpan('lost'));
    for (const effect of [lose, Effect.provide(lose, opentracingLayer(tracer))]) {
      Effect.runSync(effect);
      expect(active()).toBeUndefined();
      expect(Effect.runSync(seen)).toBeUndefined();
      tracer.withActiveSpan('around', () => {
        Effect.runSync(effect);
        expect(active()).toBe('around');
      });
    }
  });
});

describe('plain code in a fiber', () => {
  test('has withActive, which follows its promises', async () => {
    const { tracer, active, seen } = setUp();
    await Effect.runPromise(
      Effect.gen(function* () {
        const both = yield* Effect.promise(async () => {
          const inside = tracer.withActiveSpan('a', async () => {
            expect(active()).toBe('a');
            await turn();
            return active();
          });
          expect(active()).toBeUndefined();
          await turn();
          expect(active()).toBeUndefined();
          return inside;
        });
        expect(both).toBe('a');
        expect(yield* seen).toBeUndefined();
      }),
    );
  });

  test('has bind, for the listeners of emitters', async () => {
    const { manager, tracer, idOf } = setUp();
    const emitter = new EventEmitter();
    const parents: unknown[] = [];
    const listener = () => parents.push(tracer.activeSpan?.context().toSpanId());
    await Effect.runPromise(
      Effect.sync(() => {
        emitter.on('event', listener);
        emitter.on('event', manager.bind(listener));
      }).pipe(withSpan(tracer, 'request')),
    );
    emitter.emit('event');
    await Effect.runPromise(
      Effect.sync(() => emitter.emit('event')).pipe(withSpan(tracer, 'other')),
    );
    expect(parents).toEqual([undefined, idOf('request'), idOf('other'), idOf('request')]);
  });

  test('that starts a fiber of its own in withActive is the parent of that', async () => {
    const { tracer, seen } = setUp();
    const program = Effect.sync(() =>
      tracer.withActiveSpan('a', () => Effect.runPromise(Effect.andThen(Effect.sleep(1), seen))),
    );
    expect(await await Effect.runPromise(program)).toBe('a');
  });
});

describe('outside any fiber', () => {
  test('what is active is what a fiber begins under, and stays so when it has waited', async () => {
    const { tracer, seen, idOf, span, active } = setUp();
    const program = Effect.gen(function* () {
      expect(yield* seen).toBe('request');
      yield* Effect.sleep(1);
      expect(yield* seen).toBe('request');
      yield* withSpan(tracer, 'query')(Effect.sleep(1));
    });
    const running = tracer.withActiveSpan('request', () => Effect.runPromise(program));
    expect(active()).toBeUndefined();
    await running;
    expect(span('query').parentId).toBe(idOf('request'));
  });

  test('scopes go by a stack where there is no AsyncLocalStorage', async () => {
    using _missing = vi
      .spyOn(AsyncLocalStorageScopeManager, 'isSupported')
      .mockImplementation(() => false);
    const { manager, tracer, active, seen } = setUp();
    for (const check of scopeChecks(() => new EffectScopeManager())) {
      await check.run();
    }
    const scope = tracer.startActiveSpan('outer');
    expect(Effect.runSync(seen)).toBe('outer');
    expect(Effect.runSync(seen.pipe(withSpan(tracer, 'inner')))).toBe('inner');
    scope.close();
    expect(active()).toBeUndefined();

    const gate = Deferred.makeUnsafe<void>();
    const waiting = Effect.runFork(Effect.andThen(Deferred.await(gate), seen));
    const program = Effect.gen(function* () {
      manager.withActive(tracer.startSpan('other'), () => Deferred.doneUnsafe(gate, Exit.void));
      yield* Effect.sleep(1);
      const behindAwait = yield* Effect.promise(async () => {
        expect(active()).toBe('work');
        await turn();
        return active();
      });
      expect(behindAwait).toBeUndefined();
      expect(yield* seen).toBe('work');
    });
    await Effect.runPromise(program.pipe(withSpan(tracer, 'work')));
    expect(await Effect.runPromise(Fiber.join(waiting))).toBeUndefined();
  });
});

describe('withSpan', () => {
  test('gives concurrent effects their own spans, with the right parents', async () => {
    const { tracer, span, idOf, seen } = setUp();
    const request = (name: string) =>
      Effect.gen(function* () {
        expect(yield* seen).toBe(name);
        yield* Effect.sleep(name === 'a' ? 3 : 1);
        yield* Effect.promise(async () => {
          tracer.startSpan(`${name} before`).finish();
          await turn();
          await tracer.withActiveSpan(`${name} query`, () => turn());
          tracer.startSpan(`${name} after`).finish();
        });
        expect(yield* seen).toBe(name);
        yield* Effect.yieldNow.pipe(withSpan(tracer, `${name} inner`));
        expect(yield* seen).toBe(name);
      }).pipe(withSpan(tracer, name, { tags: { name } }));
    await Effect.runPromise(
      Effect.all(['a', 'b', 'c'].map(request), { concurrency: 'unbounded' }).pipe(
        withSpan(tracer, 'all'),
      ),
    );
    for (const name of ['a', 'b', 'c']) {
      expect(span(name).parentId).toBe(idOf('all'));
      expect(span(name).tags).toEqual({ name });
      for (const part of ['before', 'query', 'after', 'inner']) {
        expect(span(`${name} ${part}`).parentId, part).toBe(idOf(name));
      }
    }
  });

  test('starts a span at each run and has it active behind awaits that reject', async () => {
    const { tracer, active } = setUp();
    const seenBehindAwait: unknown[] = [];
    let runs = 0;
    const flaky = Effect.tryPromise({
      try: async () => {
        await turn();
        seenBehindAwait.push(active());
        runs++;
        if (runs < 3) {
          throw new Error(`run ${runs}`);
        }
        return runs;
      },
      catch: (error) => {
        seenBehindAwait.push(active());
        return error as Error;
      },
    });
    const result = await Effect.runPromise(
      flaky.pipe(withSpan(tracer, 'try'), Effect.retry({ times: 5 })),
    );
    expect(result).toBe(3);
    expect(seenBehindAwait).toEqual(['try', 'try', 'try', 'try', 'try']);
    expect(tracer.finishedSpans().map(({ tags }) => tags.error)).toEqual([true, true, undefined]);
  });

  test('records an error and a defect as they are, and passes the failure on', async () => {
    const { tracer, span } = setUp();
    const error = new TypeError('expected');
    const defect = { not: 'an Error' };
    const failed = await Effect.runPromiseExit(Effect.fail(error).pipe(withSpan(tracer, 'fail')));
    const died = await Effect.runPromiseExit(Effect.die(defect).pipe(withSpan(tracer, 'die')));
    expect(failed).toEqual(Exit.fail(error));
    expect(died).toEqual(Exit.die(defect));
    expect(span('fail').tags).toEqual({ error: true });
    expect(span('fail').logs[0]?.fields).toMatchObject({
      event: 'error',
      message: 'expected',
      'error.object': error,
      'error.kind': 'TypeError',
    });
    expect(span('die').logs[0]?.fields['error.object']).toBe(defect);
  });

  test('finishes when it is interrupted, which is no error', async () => {
    const { tracer, span } = setUp();
    let cleanedUpUnder: unknown;
    const endless = Effect.never.pipe(
      Effect.onInterrupt(() =>
        Effect.sync(() => {
          cleanedUpUnder = tracer.activeSpan;
        }),
      ),
      withSpan(tracer, 'endless'),
    );
    await Effect.runPromise(
      Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(endless, { startImmediately: true });
        yield* Fiber.interrupt(fiber);
      }),
    );
    expect(span('endless').tags).toEqual({ 'effect.fiber.interrupted': true });
    expect(span('endless').logs).toEqual([]);
    expect(cleanedUpUnder).toBe(span('endless'));
  });

  test('finishes within a timeout, whose error goes to the span around it', async () => {
    const { tracer, span, idOf } = setUp();
    const exit = await Effect.runPromiseExit(
      Effect.never.pipe(withSpan(tracer, 'slow'), Effect.timeout(5), withSpan(tracer, 'request')),
    );
    expect(Exit.isFailure(exit)).toBe(true);
    expect(span('slow').parentId).toBe(idOf('request'));
    expect(span('slow').tags).toEqual({ 'effect.fiber.interrupted': true });
    expect(span('request').tags).toEqual({ error: true });
    expect(span('request').logs[0]?.fields['error.kind']).toBe('TimeoutError');
  });

  test('is the parent of a fiber that outlives it, by its context alone', async () => {
    const { tracer, span, idOf } = setUp();
    const gate = Deferred.makeUnsafe<void>();
    const late = Deferred.await(gate).pipe(
      Effect.andThen(
        Effect.sync(() => {
          expect(tracer.activeSpan).not.toBe(span('request'));
          expect(tracer.activeSpan?.context()).toBe(span('request').context());
        }),
      ),
      Effect.andThen(Effect.void.pipe(withSpan(tracer, 'late'))),
    );
    const fiber = await Effect.runPromise(
      Effect.forkDetach(late).pipe(withSpan(tracer, 'request')),
    );
    Deferred.doneUnsafe(gate, Exit.void);
    await Effect.runPromise(Fiber.join(fiber));
    expect(span('late').parentId).toBe(idOf('request'));
  });

  test('is the parent of a scope opened in it, and goes before one opened around it', async () => {
    const { tracer, seen } = setUp();
    await Effect.runPromise(
      Effect.gen(function* () {
        const around = tracer.startActiveSpan('around');
        const inside = Effect.gen(function* () {
          expect(yield* seen).toBe('span');
          const scope = tracer.startActiveSpan('inside');
          expect(yield* seen).toBe('inside');
          expect(yield* seen.pipe(withSpan(tracer, 'nested'))).toBe('nested');
          expect(yield* seen).toBe('inside');
          around.close();
          expect(yield* seen).toBe('inside');
          scope.close();
          expect(yield* seen).toBe('span');
        });
        yield* inside.pipe(withSpan(tracer, 'span'));
        expect(yield* seen).toBeUndefined();
      }),
    );
    expect(tracer.finishedSpans().map((finished) => finished.operationName)).toEqual([
      'nested',
      'inside',
      'around',
      'span',
    ]);
  });

  test("leaves Effect's own spans to the tracer that Effect has", async () => {
    const { tracer, seen, idOf, span } = setUp();
    const names: string[] = [];
    const steps = { count: 0 };
    const other = EffectTracer.make({
      span: (options) => {
        names.push(options.name);
        return new EffectTracer.NativeSpan(options);
      },
      context: (primitive, fiber) => {
        steps.count++;
        return primitive['~effect/Effect/evaluate'](fiber);
      },
    });
    const program = Effect.gen(function* () {
      expect(yield* seen).toBe('ours');
      yield* Effect.void.pipe(withSpan(tracer, 'nested'));
    }).pipe(Effect.withSpan('theirs'), withSpan(tracer, 'ours'), Effect.withTracer(other));
    await Effect.runPromise(program);
    expect(names).toEqual(['theirs']);
    expect(steps.count).toBeGreaterThan(0);
    expect(span('nested').parentId).toBe(idOf('ours'));
    expect(tracer.finishedSpans()).toHaveLength(2);
  });

  test('refuses a tracer with another scope manager, and names it', () => {
    const tracer = new MockTracer(new AsyncLocalStorageScopeManager());
    expect(() => withSpan(tracer, 'work')).toThrow(
      new TypeError(
        'withSpan takes a tracer whose scope manager is an EffectScopeManager, ' +
          'not AsyncLocalStorageScopeManager.',
      ),
    );
  });
});

describe('withActiveEffect', () => {
  test('lends a span to an effect, and leaves it open', async () => {
    const { manager, tracer, seen, active } = setUp();
    const span = tracer.startSpan('lent');
    const ref = Ref.makeUnsafe<unknown>(undefined);
    const result = await Effect.runPromise(
      manager.withActiveEffect(
        span,
        Effect.asVoid(Effect.andThen(seen, (name) => Ref.set(ref, name))),
      ),
    );
    expect(result).toBeUndefined();
    expect(Ref.getUnsafe(ref)).toBe('lent');
    expect(active()).toBeUndefined();
    expect(tracer.finishedSpans()).toEqual([]);
  });

  test('finishes the span where that was asked for', async () => {
    const { manager, tracer, span } = setUp();
    await Effect.runPromiseExit(
      manager.withActiveEffect(tracer.startSpan('owned'), Effect.fail('text'), true),
    );
    expect(span('owned').logs[0]?.fields).toMatchObject({ message: 'text' });
  });

  test('takes the attributes and the logs that Effect has for the current span', async () => {
    const { manager, tracer, span } = setUp();
    await Effect.runPromise(
      manager.withActiveEffect(
        tracer.startSpan('owned'),
        Effect.andThen(Effect.annotateCurrentSpan('tenant', 'a'), Effect.currentSpan),
        true,
      ),
    );
    expect(span('owned').tags).toEqual({ tenant: 'a' });
  });
});

describe('withoutActiveEffect', () => {
  test('has nothing active for an effect, what it awaits and what it forks, and only for those', async () => {
    const { manager, tracer, seen, active, span } = setUp();
    const timer = Effect.promise(async () => {
      await turn();
      return active();
    });
    const inside = Effect.gen(function* () {
      const forked = yield* Effect.forkChild(Effect.andThen(Effect.yieldNow, seen));
      const names = [yield* seen, yield* timer, yield* Fiber.join(forked)];
      yield* Effect.withSpan(Effect.void, 'apart');
      return names;
    });
    const [without, after] = await Effect.runPromise(
      Effect.all([manager.withoutActiveEffect(inside), seen]).pipe(
        Effect.withSpan('request'),
        Effect.provide(opentracingLayer(tracer)),
      ),
    );
    expect(without).toEqual([undefined, undefined, undefined]);
    expect(after).toBe('request');
    expect(span('apart').parentId).toBeNull();
    expect(span('apart').context().toTraceId()).not.toBe(span('request').context().toTraceId());
  });
});
