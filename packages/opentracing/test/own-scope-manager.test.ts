import { Scope, ScopeManager, type Span } from 'opentracing-ts';
import { apiChecks, scopeChecks } from 'opentracing-ts/harness';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { ThreadLocalScopeManager } from 'opentracing-ts/scope-managers/thread-local';
import { describe, expect, test } from 'vitest';
import { failures } from './failures.js';

/** A manager as a framework would bring it: `activate` and `active`, as in Python, and no more. */
class OwnManager extends ScopeManager {
  scopes: OwnScope[] = [];

  override activate(span: Span, finishOnClose: boolean): Scope {
    const scope = new OwnScope(this, span, finishOnClose);
    this.scopes.push(scope);
    return scope;
  }

  override get active(): Scope | null {
    return this.scopes.at(-1) ?? null;
  }
}

class OwnScope extends Scope {
  owner: OwnManager;
  finishOnClose: boolean;
  closedAt: number | null = null;

  constructor(owner: OwnManager, span: Span, finishOnClose: boolean) {
    super(owner, span, finishOnClose);
    this.owner = owner;
    this.finishOnClose = finishOnClose;
  }

  override close(): void {
    const { scopes } = this.owner;
    this.closedAt ??= Date.now();
    for (let last = scopes.at(-1); last?.closedAt != null; last = scopes.at(-1)) {
      scopes.pop();
      if (last.finishOnClose) {
        last.span.finish(last.closedAt);
      }
    }
  }
}

describe('a scope manager that overrides activate and active only', () => {
  test('keeps the rules, but for functions bound to nothing and scopes that nobody closes', async () => {
    expect(await failures(scopeChecks(() => new OwnManager()))).toEqual([
      'a scope that is opened in withActive and never closed does not outlive it',
      'a scope that is closed where it was never active finishes its span and nothing else',
      'a bound function runs under the scope that was active when it was bound',
      'a scope that is opened in a bound function and never closed does not outlive the call',
    ]);
  });

  test('makes the span of withActiveSpan the parent of those inside', async () => {
    const tracer = new MockTracer(new OwnManager());
    tracer.withActiveSpan('outer', () => {
      const fn = tracer.scopeManager.bind(() => tracer.startSpan('inner').finish());
      tracer.startSpan('other', { ignoreActiveSpan: true }).finish();
      fn();
    });
    expect(tracer.activeSpan).toBeNull();
    const [other, inner, outer] = tracer.finishedSpans();
    expect(other?.parentId).toBeNull();
    expect(inner?.parentId).toBe(outer?.context().toSpanId());
    const pending = tracer.withActiveSpan('async', async () => {});
    expect(tracer.activeSpan).toBeNull();
    await pending;
    expect(tracer.finishedSpans()).toHaveLength(4);
  });

  test('runs a bound function under the span that was active', () => {
    const tracer = new MockTracer(new OwnManager());
    const bound = tracer.withActiveSpan('any', (span) =>
      tracer.scopeManager.bind(function (this: unknown, ...args: number[]) {
        expect(tracer.activeSpan).toBe(span);
        expect(this).toBe(tracer);
        return args;
      }),
    );
    expect(bound.call(tracer, 1, 2)).toEqual([1, 2]);
    expect(tracer.activeSpan).toBeNull();
  });
});

describe('a scope manager with a withActive of its own', () => {
  /** As the contract has it: `fn` takes no argument. */
  class WithActiveManager extends ThreadLocalScopeManager {
    override withActive<R>(span: Span, fn: () => R, finishOnClose?: boolean): R {
      return super.withActive(span, () => fn(), finishOnClose);
    }
  }

  test('gives the function of withActiveSpan its span all the same', () => {
    const tracer = new MockTracer(new WithActiveManager());
    for (const run of [
      (fn: (span: Span) => Span) => tracer.withActiveSpan('any', fn),
      (fn: (span: Span) => Span) => tracer.withActiveSpan('any', { tags: { a: 1 } }, fn),
    ]) {
      const span = run((active) => {
        expect(active).toBe(tracer.activeSpan);
        return active;
      });
      expect(tracer.finishedSpans()).toContain(span);
    }
  });

  test('keeps the rules', async () => {
    expect(await failures(scopeChecks(() => new WithActiveManager()))).toEqual([]);
    expect(await failures(apiChecks(() => new MockTracer(new WithActiveManager())))).toEqual([]);
  });
});
