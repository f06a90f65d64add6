import type { Scope } from '../scope.js';
import { Tracer } from '../tracer.js';
import { withoutActiveSpan } from '../without-active-span.js';
import { assert, assertSame, errorOf, type ScopeCheck } from './check.js';
import { CountingSpan } from './counting-span.js';

/** @internal The rules of `withActive` and `bind` that hold for every manager. */
export const WITH_ACTIVE_CHECKS: ScopeCheck[] = [
  {
    name: 'withActive has the span active for the function and for nobody after it',
    run(manager) {
      const outer = manager.activate(new CountingSpan(), false);
      const span = new CountingSpan();
      const result = manager.withActive(span, () => {
        assertSame(manager.active?.span, span, 'the active span');
        return 42;
      });
      assertSame(result, 42, 'the result');
      assertSame(manager.active, outer, 'active afterwards');
      outer.close();
    },
  },
  {
    name: 'withActive calls its function without arguments',
    run(manager) {
      const count = (...args: unknown[]) => args.length;
      for (const finishOnClose of [false, true]) {
        const given = manager.withActive(new CountingSpan(), count, finishOnClose);
        assertSame(given, 0, 'the number of arguments');
      }
    },
  },
  {
    name: 'withActive can be nested',
    run(manager) {
      const outer = new CountingSpan();
      const inner = new CountingSpan();
      manager.withActive(outer, () => {
        manager.withActive(inner, () => {
          assertSame(manager.active?.span, inner, 'the active span inside');
        });
        assertSame(manager.active?.span, outer, 'the active span outside');
      });
      assertSame(manager.active, null, 'active afterwards');
    },
  },
  {
    name: 'withActive throws on what its function throws, unchanged, and is over',
    run(manager) {
      const error = { not: 'an Error' };
      let thrown: unknown;
      try {
        manager.withActive(new CountingSpan(), () => {
          throw error;
        });
      } catch (caught) {
        thrown = caught;
      }
      assertSame(thrown, error, 'the error');
      assertSame(manager.active, null, 'active afterwards');
    },
  },
  {
    name: 'withActive leaves the span open and its errors unlogged by default',
    async run(manager) {
      const span = new CountingSpan();
      manager.withActive(span, () => 1);
      await manager.withActive(span, async () => 1);
      await errorOf(() => manager.withActive(span, () => Promise.reject(new Error('expected'))));
      assertSame(span.finishes.length, 0, 'the number of finishes');
      assertSame(span.errors.length, 0, 'the number of errors');
    },
  },
  {
    name: 'withActive that finishes does so when its function returns',
    run(manager) {
      const span = new CountingSpan();
      manager.withActive(
        span,
        () => assertSame(span.finishes.length, 0, 'the number of finishes while it runs'),
        true,
      );
      assertSame(span.finishes.length, 1, 'the number of finishes');
      assertSame(span.errors.length, 0, 'the number of errors');
    },
  },
  {
    name: 'withActive that finishes logs what its function throws and throws it on unchanged',
    async run(manager) {
      for (const error of [new TypeError('expected'), undefined, 'text']) {
        const span = new CountingSpan();
        const thrown = await errorOf(() =>
          manager.withActive(
            span,
            () => {
              throw error;
            },
            true,
          ),
        );
        assertSame(thrown, error, 'the error');
        assertFailed(span, error);
        assertSame(manager.active, null, 'active afterwards');
      }
    },
  },
  {
    name: 'withActive that finishes waits for the promise of its function',
    async run(manager) {
      const span = new CountingSpan();
      let resolve: (value: number) => void = () => {};
      const running = manager.withActive(
        span,
        () => new Promise<number>((settle) => (resolve = settle)),
        true,
      );
      assertSame(manager.active, null, 'active for the caller');
      await Promise.resolve();
      assertSame(span.finishes.length, 0, 'the number of finishes before it settles');
      resolve(42);
      assertSame(await running, 42, 'the result');
      assertSame(span.finishes.length, 1, 'the number of finishes');
      assertSame(span.errors.length, 0, 'the number of errors');
    },
  },
  {
    name: 'withActive that finishes logs a rejection and passes it on unchanged',
    async run(manager) {
      const span = new CountingSpan();
      const error = new RangeError('expected');
      const thrown = await errorOf(() =>
        manager.withActive(span, () => Promise.reject(error), true),
      );
      assertSame(thrown, error, 'the error');
      assertFailed(span, error);
    },
  },
  {
    name: 'withActive that finishes waits for a thenable that is no promise, and asks it once',
    async run(manager) {
      const span = new CountingSpan();
      let asked = 0;
      const thenable = {
        // biome-ignore lint/suspicious/noThenProperty: a thenable is what is checked
        then(resolve: (value: string) => void) {
          asked++;
          assertSame(span.finishes.length, 0, 'the number of finishes before it settles');
          resolve('done');
        },
      };
      const result = await manager.withActive(span, () => thenable as PromiseLike<string>, true);
      assertSame(result, 'done', 'the result');
      assertSame(asked, 1, 'how often the thenable was asked');
      assertSame(span.finishes.length, 1, 'the number of finishes');
    },
  },
  {
    name: 'a scope that is opened in withActive and never closed does not outlive it',
    run(manager) {
      manager.withActive(new CountingSpan(), () => {
        manager.activate(new CountingSpan(), false);
      });
      assertSame(manager.active, null, 'active afterwards');
    },
  },
  {
    name: 'a scope that is closed where it was never active finishes its span and nothing else',
    run(manager) {
      const lost = new CountingSpan();
      const other = new CountingSpan();
      const scope = manager.withActive(new CountingSpan(), () => manager.activate(lost, true));
      manager.withActive(other, () => {
        const own = manager.active;
        scope.close();
        assertSame(lost.finishes.length, 1, 'finishes of the span of the closed scope');
        assertSame(manager.active, own, 'active');
        assertSame(other.finishes.length, 0, 'finishes of the active span');
      });
    },
  },
  {
    name: 'withoutActiveSpan has no span active that could be a parent, and puts back the one before',
    run(manager) {
      const tracer = new Tracer(manager);
      const result = withoutActiveSpan(tracer, () => 42);
      assertSame(result, 42, 'the result where nothing is active');
      const span = new CountingSpan();
      const inner = new CountingSpan();
      manager.withActive(span, () => {
        withoutActiveSpan(tracer, () => {
          // A simple manager cannot but have a no-op span active.
          assert(isNoParent(manager.active), 'No span with a context should be active.');
          manager.withActive(inner, () => {
            assertSame(manager.active?.span, inner, 'the active span inside');
          });
        });
        assertSame(manager.active?.span, span, 'the active span afterwards');
      });
      assertSame(span.finishes.length + inner.finishes.length, 0, 'the number of finishes');
    },
  },
  {
    name: 'withoutActiveSpan throws on what its function throws, unchanged, and is over',
    run(manager) {
      const error = new Error('expected');
      const scope = manager.activate(new CountingSpan(), false);
      let thrown: unknown;
      try {
        withoutActiveSpan(new Tracer(manager), () => {
          throw error;
        });
      } catch (caught) {
        thrown = caught;
      }
      assertSame(thrown, error, 'the error');
      assertSame(manager.active, scope, 'active afterwards');
      scope.close();
    },
  },
  {
    name: 'a bound function runs under the scope that was active when it was bound',
    run(manager) {
      const span = new CountingSpan();
      const other = new CountingSpan();
      const seen = () => manager.active?.span ?? null;
      const boundToNothing = manager.bind(seen);
      const bound = manager.withActive(span, () => manager.bind(seen));
      assertSame(bound(), span, 'the active span in the bound function');
      manager.withActive(other, () => {
        assertSame(bound(), span, 'the active span in the bound function');
        assertSame(boundToNothing(), null, 'the active span in a function bound to nothing');
        assertSame(manager.active?.span, other, 'the active span after the call');
      });
    },
  },
  {
    name: 'a bound function gets its this and its arguments and gives its result and its error',
    async run(manager) {
      const error = new Error('expected');
      const object = {
        method: manager.bind(function (this: unknown, ...args: number[]) {
          assertSame(this, object, 'this');
          return args.length;
        }),
        fail: manager.bind(() => {
          throw error;
        }),
      };
      assertSame(object.method(1, 2, 3), 3, 'the result');
      assertSame(await errorOf(() => object.fail()), error, 'the error');
      assertSame(manager.active, null, 'active afterwards');
    },
  },
  {
    name: 'a scope that is opened in a bound function and never closed does not outlive the call',
    run(manager) {
      const leak = () => manager.activate(new CountingSpan(), false);
      manager.bind(leak)();
      assertSame(manager.active, null, 'active afterwards');
      // Storages may take it for nothing to do when a function runs where it was bound.
      manager.activate(new CountingSpan(), false).close();
      manager.bind(leak)();
      assertSame(manager.active, null, 'active after a function that was bound after a close');
      const span = new CountingSpan();
      manager.withActive(span, () => {
        manager.bind(leak)();
        assertSame(manager.active?.span, span, 'the active span after a call in the same scope');
      });
    },
  },
];

/** Whether a scope is none, or that of a span which records nothing and has no ids. */
function isNoParent(scope: Scope | null): boolean {
  return scope === null || (!('finishes' in scope.span) && scope.span.context().toSpanId() === '');
}

function assertFailed(span: CountingSpan, error: unknown): void {
  assertSame(span.errors.length, 1, 'the number of logged errors');
  assertSame(span.errors[0], error, 'the logged error');
  assertSame(span.finishes.length, 1, 'the number of finishes');
  assert(!span.loggedLate, 'The error should be logged before the span finishes.');
}
