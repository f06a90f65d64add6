import { AsyncLocalStorage } from 'node:async_hooks';
import { Scope, ScopeManager, Span, Tracer } from 'opentracing-ts';
import { scopeChecks } from 'opentracing-ts/harness';
import { AsyncLocalStorageScopeManager } from 'opentracing-ts/scope-managers/async-local-storage';
import { ThreadLocalScopeManager } from 'opentracing-ts/scope-managers/thread-local';
import { describe, expect, test } from 'vitest';
import { failures } from './failures.js';

/** Managers that are wrong in one way each, with the check that has to notice. */
const broken: { is: string; create: () => ScopeManager; async?: boolean; notices: string }[] = [
  {
    is: 'does nothing',
    create: () => new ScopeManager(),
    notices: 'an activated span is active until its scope is closed',
  },
  {
    is: 'forgets the outer scope when the inner one closes',
    create: () => new StackManager((stack) => stack.splice(0)),
    notices: 'closing a scope makes the scope around it active again',
  },
  {
    is: 'pops whatever is innermost, at every call of close',
    create: () => new StackManager((stack) => void stack.pop()?.finishIfAsked()),
    notices: 'closing a scope again does nothing',
  },
  {
    is: 'ignores a close in the wrong order for good, as the one of Python does',
    create: () =>
      new StackManager((stack, scope) => {
        if (stack.at(-1) === scope) {
          stack.pop();
          scope.finishIfAsked();
        }
      }),
    notices: 'an outer scope closed first takes effect when the inner one has closed',
  },
  {
    is: 'closes an outer scope at once',
    create: () =>
      new StackManager((stack, scope) => {
        if (stack.includes(scope)) {
          stack.splice(stack.indexOf(scope), 1);
          scope.finishIfAsked();
        }
      }),
    notices: 'closing the outer scope first changes nothing at once',
  },
  {
    is: 'closes the inner scopes together with the outer one',
    create: () =>
      new StackManager((stack, scope) => {
        for (const inner of stack.splice(stack.indexOf(scope))) {
          inner.finishIfAsked();
        }
      }),
    notices: 'closing the outer scope first changes nothing at once',
  },
  {
    is: 'finishes late where a scope was closed too early',
    create: () =>
      new StackManager((stack, scope) => {
        scope.waits = true;
        while (stack.at(-1)?.waits) {
          stack.pop()?.finishIfAsked();
        }
      }),
    notices: 'a span whose scope was closed too early finishes at the moment of that call',
  },
  {
    is: 'makes a new scope at every reading of active',
    create: () =>
      new (class extends ThreadLocalScopeManager {
        override get active(): Scope | null {
          const active = super.active;
          return active && new Scope(this, active.span, false);
        }
      })(),
    notices: 'active is the same scope at every reading',
  },
  {
    is: 'runs a bound function wherever it is called',
    create: () =>
      new (class extends ThreadLocalScopeManager {
        override bind<F>(fn: F): F {
          return fn;
        }
      })(),
    notices: 'a bound function runs under the scope that was active when it was bound',
  },
  {
    is: 'loses the arguments of a bound function',
    create: () =>
      new (class extends ThreadLocalScopeManager {
        // biome-ignore lint/suspicious/noExplicitAny: the signature is that of ScopeManager
        override bind<F extends (...args: any[]) => any>(fn: F): F {
          return (() => fn()) as F;
        }
      })(),
    notices: 'a bound function gets its this and its arguments and gives its result and its error',
  },
  {
    is: 'finishes a span while its promise is pending',
    create: () =>
      new (class extends ThreadLocalScopeManager {
        override withActive<R>(span: Span, fn: () => R, finishOnClose = false): R {
          using _scope = this.activate(span, finishOnClose);
          return fn();
        }
      })(),
    notices: 'withActive that finishes waits for the promise of its function',
  },
  {
    is: 'finishes a span that was only lent to it',
    create: () =>
      new (class extends ThreadLocalScopeManager {
        override withActive<R>(span: Span, fn: () => R): R {
          return super.withActive(span, fn, true);
        }
      })(),
    notices: 'withActive leaves the span open and its errors unlogged by default',
  },
  {
    is: 'calls the function of withActive with the span',
    create: () =>
      new (class extends ThreadLocalScopeManager {
        override withActive<R>(span: Span, fn: () => R, finishOnClose?: boolean): R {
          return super.withActive(span, () => (fn as (span: Span) => R)(span), finishOnClose);
        }
      })(),
    notices: 'withActive calls its function without arguments',
  },
  {
    is: 'has the span active in withoutActiveSpan',
    create: () =>
      new (class extends ThreadLocalScopeManager {
        _withoutActive<R>(fn: () => R): R {
          return fn();
        }
      })(),
    notices:
      'withoutActiveSpan has no span active that could be a parent, and puts back the one before',
  },
  {
    is: 'puts nothing back where the function of withoutActiveSpan throws',
    create: () =>
      new (class extends ThreadLocalScopeManager {
        _withoutActive<R>(fn: () => R): R {
          const scope = this.activate(new Span(new Tracer()), false);
          const result = fn();
          scope.close();
          return result;
        }
      })(),
    notices: 'withoutActiveSpan throws on what its function throws, unchanged, and is over',
  },
  {
    is: 'has nothing active in withoutActiveSpan until the first await only',
    create: () =>
      new (class extends AsyncLocalStorageScopeManager {
        _withoutActive<R>(fn: () => R): R {
          using _scope = this.activate(new Span(new Tracer()), false);
          return fn();
        }
      })(),
    async: true,
    notices: 'withoutActiveSpan has no span active behind an await and in timers',
  },
  {
    is: 'follows no promise though it says so',
    create: () => new ThreadLocalScopeManager(),
    async: true,
    notices: 'withActive has the span active behind an await, in timers and in microtasks',
  },
  {
    is: 'enters the context of the caller in withActive',
    create: () =>
      new (class extends AsyncLocalStorageScopeManager {
        override withActive<R>(span: Span, fn: () => R): R {
          this.activate(span, false);
          return fn();
        }
      })(),
    async: true,
    notices: 'the caller of withActive that does not await it sees nothing of its span',
  },
  {
    is: 'keeps one stack for all tasks',
    create: () => new SharedStack(),
    async: true,
    notices: 'concurrent siblings never see each other',
  },
  {
    is: 'sets the context of whoever closes a scope',
    create: () => new ClobberingManager(),
    async: true,
    notices: 'a scope that is closed by another task finishes its span and leaves that task alone',
  },
];

describe('the checks notice a scope manager that', () => {
  for (const { is, create, async = false, notices } of broken) {
    test(is, async () => {
      expect(await failures(scopeChecks(create, { async }))).toContain(notices);
    });
  }
});

describe('scopeChecks', () => {
  test('runs every check where the option runIn says', async () => {
    let runs = 0;
    const checks = scopeChecks(() => new ThreadLocalScopeManager(), {
      runIn: (check) => {
        runs++;
        return check();
      },
    });
    expect(await failures(checks)).toEqual([]);
    expect(runs).toBe(checks.length);
  });
});

/** One stack, and a rule for what closing one of its scopes does. */
class StackManager extends ScopeManager {
  stack: StackScope[] = [];
  onClose: (stack: StackScope[], scope: StackScope) => void;

  constructor(onClose: StackManager['onClose']) {
    super();
    this.onClose = onClose;
  }

  override activate(span: Span, finishOnClose: boolean): Scope {
    const scope = new StackScope(this, span, finishOnClose);
    this.stack.push(scope);
    return scope;
  }

  override get active(): Scope | null {
    return this.stack.at(-1) ?? null;
  }
}

class StackScope extends Scope {
  owner: StackManager;
  finishOnClose: boolean;
  waits = false;

  constructor(owner: StackManager, span: Span, finishOnClose: boolean) {
    super(owner, span, finishOnClose);
    this.owner = owner;
    this.finishOnClose = finishOnClose;
  }

  override close(): void {
    this.owner.onClose(this.owner.stack, this);
  }

  finishIfAsked(): void {
    if (this.finishOnClose) {
      this.span.finish();
    }
  }
}

/** Restores what was active before when the promise settles, whoever is active by then. */
class SharedStack extends ThreadLocalScopeManager {
  override withActive<R>(span: Span, fn: () => R, finishOnClose = false): R {
    const scope = this.activate(span, finishOnClose);
    return Promise.resolve(fn()).finally(() => scope.close()) as R;
  }
}

/** Every close enters the context of the scope around it, also in a foreign task. */
class ClobberingManager extends ScopeManager {
  storage = new AsyncLocalStorage<Scope | null>();

  override activate(span: Span, finishOnClose: boolean): Scope {
    const { storage } = this;
    const before = storage.getStore() ?? null;
    const scope = new Scope(this, span, finishOnClose);
    const close = scope.close;
    scope.close = () => {
      close.call(scope);
      storage.enterWith(before);
    };
    storage.enterWith(scope);
    return scope;
  }

  override get active(): Scope | null {
    return this.storage.getStore() ?? null;
  }

  override withActive<R>(span: Span, fn: () => R): R {
    return this.storage.run(new Scope(this, span, false), fn);
  }
}
