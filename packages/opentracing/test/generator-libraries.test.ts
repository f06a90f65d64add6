import { setImmediate as turn } from 'node:timers/promises';
import co from 'co';
import { action, all as allOf, run, sleep, spawn, until } from 'effection';
import type { GeneratorScopeManager } from 'opentracing-ts/scope-managers/generator';
import { applyMiddleware, createStore } from 'redux';
import createSagaMiddleware, { type Saga } from 'redux-saga';
import { all, call, cancel, delay, fork, put, take, takeEvery } from 'redux-saga/effects';
import { describe, expect, test } from 'vitest';
import { setUp } from './generator-set-up.js';

describe('GeneratorScopeManager under co', () => {
  test('keeps the scopes of concurrent coroutines apart, over their yields', async () => {
    const { manager, tracer, parentOf, note } = setUp();
    const work = function* (name: string, turns: number) {
      const scope = tracer.startActiveSpan(name);
      for (let i = 0; i < turns; i++) {
        yield turn();
        expect(tracer.activeSpan).toBe(scope.span);
      }
      note(`${name} end`);
      scope.close();
    };
    // At the top of a module, as programs have it: what is active where it is called counts.
    const wrapped = manager.wrap(work);
    await tracer.withActiveSpan('request', () =>
      Promise.all([co(wrapped, 'a', 3), co(wrapped, 'b', 1), co(manager.wrap(work), 'c', 2)]),
    );
    for (const name of ['a', 'b', 'c']) {
      expect(parentOf(name)).toBe('request');
      expect(parentOf(`${name} end`)).toBe(name);
    }
    expect(tracer.activeSpan).toBeNull();
  });

  test('runs all that a coroutine can yield under its scope', async () => {
    const { manager, tracer, parentOf, note } = setUp();
    const child = function* (name: string) {
      yield turn();
      note(name);
      return name;
    };
    const thunk = (name: string) => (done: (error: null, value: string) => void) => {
      note(name);
      setImmediate(done, null, name);
    };
    await co(
      manager.wrap(function* () {
        using scope = tracer.startActiveSpan('parent');
        expect(yield child('generator')).toBe('generator');
        expect(
          yield function* () {
            return yield* child('generator function');
          },
        ).toBe('generator function');
        expect(yield thunk('thunk')).toBe('thunk');
        expect(yield [child('first'), thunk('second')]).toEqual(['first', 'second']);
        expect(yield { a: child('member'), b: Promise.resolve(1) }).toEqual({ a: 'member', b: 1 });
        expect(tracer.activeSpan).toBe(scope.span);
      }),
    );
    for (const name of ['generator', 'generator function', 'thunk', 'first', 'second', 'member']) {
      expect(parentOf(name), name).toBe('parent');
    }
  });

  test('passes errors into a coroutine and out of it', async () => {
    const { manager, tracer } = setUp();
    const error = new Error('expected');
    const running = co(
      manager.wrap(function* () {
        try {
          yield Promise.reject(error);
        } catch (thrown) {
          expect(thrown).toBe(error);
          throw new RangeError('another');
        }
      }),
    );
    await expect(running).rejects.toThrow(RangeError);
    expect(tracer.activeSpan).toBeNull();
  });
});

describe('GeneratorScopeManager under redux-saga', () => {
  function runSaga(manager: GeneratorScopeManager, saga: Saga) {
    const sagas = createSagaMiddleware({ effectMiddlewares: [manager.effectMiddleware] });
    const store = createStore((state = {}) => state, applyMiddleware(sagas));
    return { store, task: sagas.run(saga) };
  }

  test('shows a saga its own scope when an action resumes it, not that of the dispatcher', async () => {
    const { manager, tracer, parentOf, note } = setUp();
    const saga = manager.wrap(function* () {
      using _scope = tracer.startActiveSpan('saga');
      yield take('go');
      note('resumed');
    });
    const { store, task } = runSaga(manager, saga);
    expect(tracer.activeSpan).toBeNull();
    tracer.withActiveSpan('click', (click) => {
      store.dispatch({ type: 'go' });
      expect(tracer.activeSpan).toBe(click);
    });
    await task.toPromise();
    expect(parentOf('resumed')).toBe('saga');
  });

  test('starts forks under the scope of the saga and keeps them apart', async () => {
    const { manager, tracer, parentOf, note } = setUp();
    const worker = function* (name: string, ms: number) {
      using scope = tracer.startActiveSpan(name);
      yield delay(ms);
      expect(tracer.activeSpan).toBe(scope.span);
      note(`${name} end`);
    };
    const atTheTop = manager.wrap(worker);
    const saga = manager.wrap(function* () {
      using scope = tracer.startActiveSpan('saga');
      yield fork(manager.wrap(worker), 'a', 3);
      yield fork(atTheTop, 'b', 1);
      yield all([call(atTheTop, 'c', 2), call(manager.wrap(worker), 'd', 1)]);
      expect(tracer.activeSpan).toBe(scope.span);
      yield take('never');
    });
    const { store, task } = runSaga(manager, saga);
    await expect.poll(() => tracer.finishedSpans().length).toBe(8);
    tracer.withActiveSpan('click', () => store.dispatch({ type: 'never' }));
    await task.toPromise();
    for (const name of ['a', 'b', 'c', 'd']) {
      expect(parentOf(name), name).toBe('saga');
      expect(parentOf(`${name} end`)).toBe(name);
    }
  });

  test('calls plain functions under the scope of the saga', async () => {
    const { manager, tracer, parentOf, note } = setUp();
    const load = async (name: string) => {
      note(name);
      return name;
    };
    const saga = manager.wrap(function* () {
      using _scope = tracer.startActiveSpan('saga');
      yield take('go');
      expect(yield call(load, 'called')).toBe('called');
      expect(yield all([call(load, 'one'), call(load, 'two')])).toEqual(['one', 'two']);
      yield put({ type: 'done' });
    });
    const { store, task } = runSaga(manager, saga);
    tracer.withActiveSpan('click', () => store.dispatch({ type: 'go' }));
    await task.toPromise();
    for (const name of ['called', 'one', 'two']) {
      expect(parentOf(name)).toBe('saga');
    }
  });

  test('starts a worker of takeEvery under the scope that an action is dispatched in', async () => {
    const { manager, tracer, parentOf, note } = setUp();
    const worker = manager.wrap(function* ({ name }: { type: string; name: string }) {
      yield delay(1);
      note(name);
    });
    const { store, task } = runSaga(manager, function* () {
      yield takeEvery('go', worker);
    });
    for (const name of ['a', 'b']) {
      tracer.withActiveSpan(`click ${name}`, () => store.dispatch({ type: 'go', name }));
    }
    await expect.poll(() => tracer.finishedSpans().length).toBe(4);
    task.cancel();
    expect(parentOf('a')).toBe('click a');
    expect(parentOf('b')).toBe('click b');
  });

  test('finishes the span of a saga that is cancelled', async () => {
    const { manager, tracer, parentOf, note } = setUp();
    const worker = manager.wrap(function* () {
      yield* tracer.withActiveSpan('worker', function* () {
        try {
          yield take('never');
        } finally {
          note('cleanup');
        }
      });
    });
    const { task } = runSaga(
      manager,
      manager.wrap(function* () {
        const forked: Awaited<ReturnType<typeof fork>> = yield fork(worker);
        yield cancel(forked as never);
      }),
    );
    await task.toPromise();
    expect(parentOf('cleanup')).toBe('worker');
    expect(tracer.activeSpan).toBeNull();
  });
});

describe('GeneratorScopeManager under effection', () => {
  test('starts what an operation spawns under its scope and keeps it apart', async () => {
    const { manager, tracer, parentOf, note } = setUp();
    const worker = (name: string, ms: number) =>
      manager.wrap(function* () {
        using scope = tracer.startActiveSpan(name);
        yield* sleep(ms);
        expect(tracer.activeSpan).toBe(scope.span);
        yield* until(turn());
        note(`${name} end`);
      });
    await run(
      manager.wrap(function* () {
        using scope = tracer.startActiveSpan('parent');
        const tasks = [yield* spawn(worker('a', 3)), yield* spawn(worker('b', 1))];
        expect(tracer.activeSpan).toBe(scope.span);
        yield* allOf(tasks);
        expect(tracer.activeSpan).toBe(scope.span);
      }),
    );
    for (const name of ['a', 'b']) {
      expect(parentOf(name)).toBe('parent');
      expect(parentOf(`${name} end`)).toBe(name);
    }
    expect(tracer.activeSpan).toBeNull();
  });

  test('runs the body of an action under the scope, and finishes the span of a halted operation', async () => {
    const { manager, tracer, parentOf, note } = setUp();
    await run(
      manager.wrap(function* () {
        const task = yield* spawn(
          manager.wrap(function* () {
            yield* tracer.withActiveSpan('operation', function* () {
              try {
                yield* action<void>((resolve) => {
                  note('in action');
                  resolve();
                  return () => {};
                });
                yield* sleep(1_000_000);
              } finally {
                note('cleanup');
              }
            });
          }),
        );
        yield* sleep(1);
        yield* task.halt();
      }),
    );
    expect(parentOf('in action')).toBe('operation');
    expect(parentOf('cleanup')).toBe('operation');
  });
});
