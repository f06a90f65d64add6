import { assert, assertSame, type ScopeCheck } from './check.js';
import { CountingSpan } from './counting-span.js';

/** @internal The rules of `activate`, `active` and `Scope.close`. */
export const SCOPE_CHECKS: ScopeCheck[] = [
  {
    name: 'nothing is active to begin with',
    run(manager) {
      assertSame(manager.active, null, 'active');
    },
  },
  {
    name: 'an activated span is active until its scope is closed',
    run(manager) {
      const span = new CountingSpan();
      const scope = manager.activate(span, false);
      assertSame(manager.active, scope, 'active');
      scope.close();
      assertSame(manager.active, null, 'active after close');
    },
  },
  {
    name: 'a scope knows its span and its manager',
    run(manager) {
      const span = new CountingSpan();
      const scope = manager.activate(span, false);
      assertSame(scope.span, span, 'the span of the scope');
      assertSame(scope.manager, manager, 'the manager of the scope');
      scope.close();
      assertSame(scope.span, span, 'the span of the closed scope');
    },
  },
  {
    name: 'active is the same scope at every reading',
    run(manager) {
      const scope = manager.activate(new CountingSpan(), false);
      assertSame(manager.active, manager.active, 'active, read again,');
      scope.close();
    },
  },
  {
    name: 'closing a scope finishes its span where that was asked for',
    run(manager) {
      const span = new CountingSpan();
      manager.activate(span, true).close();
      assertSame(span.finishes.length, 1, 'the number of finishes');
    },
  },
  {
    name: 'closing a scope leaves its span open where no finish was asked for',
    run(manager) {
      const span = new CountingSpan();
      manager.activate(span, false).close();
      assertSame(span.finishes.length, 0, 'the number of finishes');
    },
  },
  {
    name: 'closing a scope makes the scope around it active again',
    run(manager) {
      const parent = manager.activate(new CountingSpan(), true);
      const child = manager.activate(new CountingSpan(), true);
      assertSame(manager.active, child, 'active inside both');
      child.close();
      assertSame(manager.active, parent, 'active after the inner close');
      parent.close();
      assertSame(manager.active, null, 'active after both');
    },
  },
  {
    name: 'each scope finishes its own span or none',
    run(manager) {
      const parentSpan = new CountingSpan();
      const childSpan = new CountingSpan();
      const parent = manager.activate(parentSpan, false);
      manager.activate(childSpan, true).close();
      assertSame(parentSpan.finishes.length, 0, 'finishes of the outer span');
      parent.close();
      assertSame(parentSpan.finishes.length, 0, 'finishes of the outer span');
      assertSame(childSpan.finishes.length, 1, 'finishes of the inner span');
    },
  },
  {
    name: 'closing a scope again does nothing',
    run(manager) {
      const span = new CountingSpan();
      const outer = manager.activate(new CountingSpan(), false);
      const scope = manager.activate(span, true);
      scope.close();
      scope.close();
      assertSame(span.finishes.length, 1, 'the number of finishes');
      assertSame(manager.active, outer, 'active');
      outer.close();
    },
  },
  {
    name: 'Symbol.dispose closes a scope',
    run(manager) {
      const span = new CountingSpan();
      const scope = manager.activate(span, true);
      scope[Symbol.dispose]();
      scope[Symbol.dispose]();
      assertSame(span.finishes.length, 1, 'the number of finishes');
      assertSame(manager.active, null, 'active');
    },
  },
  {
    name: 'closing the outer scope first changes nothing at once',
    run(manager) {
      const parentSpan = new CountingSpan();
      const parent = manager.activate(parentSpan, true);
      const child = manager.activate(new CountingSpan(), true);
      parent.close();
      assertSame(parentSpan.finishes.length, 0, 'finishes of the outer span');
      assertSame(manager.active, child, 'active');
      child.close();
    },
  },
  {
    name: 'an outer scope closed first takes effect when the inner one has closed',
    run(manager) {
      const parentSpan = new CountingSpan();
      const parent = manager.activate(parentSpan, true);
      const child = manager.activate(new CountingSpan(), true);
      parent.close();
      child.close();
      assertSame(parentSpan.finishes.length, 1, 'finishes of the outer span');
      assertSame(manager.active, null, 'active');
    },
  },
  {
    name: 'a span whose scope was closed too early finishes at the moment of that call',
    run(manager) {
      const parentSpan = new CountingSpan();
      const parent = manager.activate(parentSpan, true);
      const child = manager.activate(new CountingSpan(), true);
      const before = Date.now();
      parent.close();
      const after = Date.now();
      waitUntil(after + 20);
      parent.close();
      child.close();
      const finishTime = parentSpan.finishes[0];
      assert(
        finishTime !== undefined && finishTime >= before - SLACK && finishTime <= after + SLACK,
        `The finish time should be that of the call of close, ${before}, but is ${finishTime}.`,
      );
    },
  },
  {
    name: 'scopes closed in any order leave nothing active and no span open',
    run(manager) {
      for (const order of ORDERS) {
        const spans = order.map(() => new CountingSpan());
        const scopes = spans.map((span) => manager.activate(span, true));
        for (const index of order) {
          scopes[index]?.close();
        }
        assertSame(manager.active, null, `active after closing in the order ${order}`);
        for (const span of spans) {
          assertSame(span.finishes.length, 1, `finishes after closing in the order ${order}`);
        }
      }
    },
  },
  {
    name: 'one span may be active in several scopes',
    run(manager) {
      const span = new CountingSpan();
      const outer = manager.activate(span, true);
      const inner = manager.activate(span, false);
      assertSame(manager.active, inner, 'active');
      inner.close();
      assertSame(manager.active, outer, 'active after the inner close');
      assertSame(span.finishes.length, 0, 'the number of finishes');
      outer.close();
      assertSame(span.finishes.length, 1, 'the number of finishes');
    },
  },
  {
    name: 'a scope that was closed is not active again when the ones inside it close',
    run(manager) {
      const outer = manager.activate(new CountingSpan(), false);
      const middle = manager.activate(new CountingSpan(), false);
      const inner = manager.activate(new CountingSpan(), false);
      middle.close();
      inner.close();
      assertSame(manager.active, outer, 'active');
      outer.close();
    },
  },
];

// Clocks: `Date.now()` is cut to a millisecond, and a monotonic clock may be a little beside it.
const SLACK = 5;

const ORDERS = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

/** Lets the clock move on without giving up the thread, as a scope of synchronous code would. */
function waitUntil(time: number): void {
  while (Date.now() < time);
}
