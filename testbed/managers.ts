import * as Effect from 'effect/Effect';
import type { ScopeManager, Tracer } from 'opentracing-ts';
import { AsyncLocalStorageScopeManager } from 'opentracing-ts/scope-managers/async-local-storage';
import { EffectScopeManager, withSpan } from 'opentracing-ts/scope-managers/effect';
import { GeneratorScopeManager } from 'opentracing-ts/scope-managers/generator';
import { ThreadLocalScopeManager } from 'opentracing-ts/scope-managers/thread-local';
import { ZoneScopeManager } from 'opentracing-ts/scope-managers/zone';

/** The body of a task: it yields promises, and goes on with what they settle to. */
type Steps<T> = () => Generator<Promise<unknown>, T, unknown>;

/** A scope manager that the scenarios run over, and what it does by itself. */
export interface Manager {
  name: string;
  create: () => ScopeManager;
  /** Behind an `await` of an async function, the span that was active before it is active still. */
  followsAwait: boolean;
  /** Timers, callbacks and tasks that begin while a span is active run with it active. */
  propagatesToChildren: boolean;
  /** Listeners of emitters run under what was active where they were added. By default `false`. */
  bindsListeners?: boolean;
  /** Runs a task within a span, where the manager has a kind of its own: a coroutine, a fiber. */
  runTask?<T>(tracer: Tracer, operationName: string, steps: Steps<T>): Promise<T>;
}

const zone: Manager = {
  name: 'ZoneScopeManager',
  create: () => new ZoneScopeManager(),
  // Where they are compiled to generators, async functions return the Promise that zone.js patched.
  followsAwait: (async () => {})() instanceof Promise,
  propagatesToChildren: true,
  bindsListeners: true,
};

/** Every scope manager that the scenarios run over. A new one is one entry here. */
export const allManagers: Manager[] = [
  {
    name: 'ThreadLocalScopeManager',
    create: () => new ThreadLocalScopeManager(),
    followsAwait: false,
    propagatesToChildren: false,
  },
  {
    name: 'AsyncLocalStorageScopeManager',
    create: () => new AsyncLocalStorageScopeManager(),
    followsAwait: true,
    propagatesToChildren: true,
  },
  {
    name: 'GeneratorScopeManager',
    create: () => new GeneratorScopeManager(),
    followsAwait: false,
    propagatesToChildren: false,
    runTask: (tracer, operationName, steps) => {
      const manager = tracer.scopeManager as GeneratorScopeManager;
      return manager.run(() => tracer.withActiveSpan(operationName, steps));
    },
  },
  {
    name: 'EffectScopeManager',
    create: () => new EffectScopeManager(),
    followsAwait: true,
    propagatesToChildren: true,
    runTask: (tracer, operationName, steps) => {
      const task = Effect.gen(function* () {
        const running = steps();
        let step = running.next();
        while (step.done !== true) {
          const { value } = step;
          step = running.next(yield* Effect.promise(() => value));
        }
        return step.value;
      });
      return Effect.runPromise(task.pipe(withSpan(tracer, operationName)));
    },
  },
  zone,
];

/** Those for this program. Where zone.js is loaded it has patched everything, so Zone is alone. */
export const managers: Manager[] = allManagers.filter(
  (manager) => (manager === zone) === ZoneScopeManager.isSupported(),
);
