import type { ScopeManager } from '../scope-manager.js';
import { Tracer } from '../tracer.js';
import { withoutActiveSpan } from '../without-active-span.js';
import { assert, assertSame, errorOf, type ScopeCheck } from './check.js';
import { CountingSpan } from './counting-span.js';

/** @internal The rules for managers whose scopes follow promises, timers and callbacks. */
export const ASYNC_SCOPE_CHECKS: ScopeCheck[] = [
  {
    name: 'withActive has the span active behind an await, in timers and in microtasks',
    async run(manager) {
      const span = new CountingSpan();
      await manager.withActive(span, async () => {
        await null;
        assertActive(manager, span, 'behind an await');
        await new Promise<void>((resolve) => setTimeout(resolve, 1));
        assertActive(manager, span, 'behind an await of a timer');
        await inTimer(() => assertActive(manager, span, 'in a timer'));
        await inMicrotask(() => assertActive(manager, span, 'in a microtask'));
      });
      assertSame(manager.active, null, 'active for the caller');
    },
  },
  {
    name: 'the caller of withActive that does not await it sees nothing of its span',
    async run(manager) {
      const first = manager.withActive(new CountingSpan(), () => inTimer(() => {}));
      assertSame(manager.active, null, 'active for the caller');
      await null;
      assertSame(manager.active, null, 'active for the caller behind an await');
      await first;
      assertSame(manager.active, null, 'active for the caller');
    },
  },
  {
    name: 'concurrent siblings never see each other',
    async run(manager) {
      const parent = new CountingSpan();
      const sibling = async (turns: number) => {
        const span = new CountingSpan();
        assertActive(manager, parent, 'before the sibling begins');
        await manager.withActive(
          span,
          async () => {
            for (let turn = 0; turn < turns; turn++) {
              await inTimer(() => assertActive(manager, span, 'in a timer of the sibling'));
              assertActive(manager, span, 'in the sibling');
            }
          },
          true,
        );
        assertActive(manager, parent, 'when the sibling is over');
      };
      await manager.withActive(parent, () => Promise.all([3, 1, 4, 2].map(sibling)));
    },
  },
  {
    name: 'an error behind an await is logged, passed on, and leaves the caller as it was',
    async run(manager) {
      const outer = new CountingSpan();
      const span = new CountingSpan();
      const error = new Error('expected');
      await manager.withActive(outer, async () => {
        const thrown = await errorOf(() =>
          manager.withActive(span, () => inTimer(() => Promise.reject(error)), true),
        );
        assertSame(thrown, error, 'the error');
        assertActive(manager, outer, 'after the error');
      });
      assertSame(span.errors[0], error, 'the logged error');
      assertSame(span.finishes.length, 1, 'the number of finishes');
    },
  },
  {
    name: 'withoutActiveSpan has no span active behind an await and in timers',
    async run(manager) {
      const span = new CountingSpan();
      await manager.withActive(span, async () => {
        await withoutActiveSpan(new Tracer(manager), async () => {
          await inTimer(() => assertSame(manager.active, null, 'active in a timer'));
          assertSame(manager.active, null, 'active behind an await');
        });
        assertActive(manager, span, 'afterwards');
      });
    },
  },
  {
    name: 'a thenable that begins its work when it is asked does so with the span active',
    async run(manager) {
      const span = new CountingSpan();
      const lazy = {
        // biome-ignore lint/suspicious/noThenProperty: a thenable is what is checked
        then(resolve: (active: unknown) => void) {
          resolve(manager.active?.span);
        },
      };
      const active = await manager.withActive(span, () => lazy as PromiseLike<unknown>, true);
      assertSame(active, span, 'the active span');
      assertSame(manager.active, null, 'active for the caller');
    },
  },
  {
    name: 'a scope that is opened and closed behind an await is seen there and not by the caller',
    async run(manager) {
      const span = new CountingSpan();
      const running = (async () => {
        await null;
        const scope = manager.activate(span, true);
        await inTimer(() => assertActive(manager, span, 'in a timer'));
        scope.close();
        assertSame(manager.active, null, 'active after close');
      })();
      await inTimer(() => assertSame(manager.active, null, 'active for the caller'));
      await running;
      assertSame(manager.active, null, 'active for the caller');
    },
  },
  {
    name: 'awaited one after the other, functions that open scopes are right',
    async run(manager) {
      const work = async (parent: CountingSpan | null) => {
        assertActive(manager, parent, 'when the function begins');
        const span = new CountingSpan();
        const scope = manager.activate(span, true);
        await inTimer(() => {});
        assertActive(manager, span, 'in the function');
        scope.close();
        assertActive(manager, parent, 'after close');
      };
      await work(null);
      await work(null);
      assertSame(manager.active, null, 'active after both');
    },
  },
  {
    name: 'what was scheduled in a span that has finished keeps the context of the span',
    async run(manager) {
      const span = new CountingSpan();
      let open: () => void = () => {};
      const gate = new Promise<void>((resolve) => (open = resolve));
      let late: Promise<void> = gate;
      manager.withActive(
        span,
        () => {
          late = gate.then(() => {
            assertSame(manager.active?.span.context(), span.context(), 'the active context');
          });
        },
        true,
      );
      assertSame(span.finishes.length, 1, 'the number of finishes');
      open();
      await late;
    },
  },
  {
    name: 'what was scheduled in a scope that has closed sees the scope around it',
    async run(manager) {
      const outer = manager.activate(new CountingSpan(), false);
      const inner = manager.activate(new CountingSpan(), false);
      let open: () => void = () => {};
      const late = new Promise<void>((resolve) => (open = resolve)).then(() => {
        assertSame(manager.active, outer, 'active in what runs late');
      });
      inner.close();
      open();
      await late;
      outer.close();
    },
  },
  {
    name: 'a scope that is closed by another task finishes its span and leaves that task alone',
    async run(manager) {
      const owner = new CountingSpan();
      const other = new CountingSpan();
      const scope = await manager.withActive(owner, async () => {
        await null;
        return { opened: manager.activate(new CountingSpan(), true) };
      });
      await manager.withActive(other, async () => {
        await null;
        scope.opened.close();
        assertActive(manager, other, 'in the task that closed it');
        await null;
        assertActive(manager, other, 'in the task that closed it, behind an await');
      });
      const { finishes } = scope.opened.span as CountingSpan;
      assertSame(finishes.length, 1, 'the number of finishes');
      assertSame(other.finishes.length, 0, 'finishes of the span of the other task');
    },
  },
  {
    name: 'a scope that is closed in a callback of its own task is closed for the task',
    async run(manager) {
      const span = new CountingSpan();
      await manager.withActive(new CountingSpan(), async () => {
        const before = manager.active;
        const scope = manager.activate(span, true);
        await inTimer(() => {
          scope.close();
          assertSame(manager.active, before, 'active in the callback');
        });
        assertSame(manager.active, before, 'active in the task');
      });
      assertSame(span.finishes.length, 1, 'the number of finishes');
    },
  },
  {
    name: 'a bound function has its scope active behind its awaits, whoever calls it',
    async run(manager) {
      const span = new CountingSpan();
      const other = new CountingSpan();
      const bound = manager.withActive(span, () =>
        manager.bind(async () => {
          await inTimer(() => assertActive(manager, span, 'in a timer of the bound function'));
          assertActive(manager, span, 'behind an await of the bound function');
        }),
      );
      await manager.withActive(other, async () => {
        await bound();
        assertActive(manager, other, 'in the caller');
      });
    },
  },
];

function assertActive(manager: ScopeManager, span: CountingSpan | null, where: string): void {
  const active = manager.active?.span ?? null;
  assert(
    active === span,
    `The wrong span is active ${where}: ${active === null ? 'none' : 'another one'}.`,
  );
}

/** Runs `fn` in a timer; settles as it does. */
function inTimer<R>(fn: () => R | Promise<R>): Promise<R> {
  return new Promise((resolve, reject) => {
    setTimeout(() => attempt(fn, resolve, reject), 1);
  });
}

function inMicrotask(fn: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    queueMicrotask(() => attempt(fn, resolve, reject));
  });
}

function attempt<R>(
  fn: () => R | Promise<R>,
  resolve: (value: R | Promise<R>) => void,
  reject: (error: unknown) => void,
): void {
  try {
    resolve(fn());
  } catch (error) {
    reject(error);
  }
}
