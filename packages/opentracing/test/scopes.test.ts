import type { Scope, ScopeManager } from 'opentracing-ts';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { describe, expect, test } from 'vitest';
import { managers } from './implementations.mjs';

for (const { name, create } of managers) {
  describe(`scopes of ${name}`, () => {
    const setUp = () => {
      const tracer = new MockTracer(create());
      const finished = () => tracer.finishedSpans().map((span) => span.operationName);
      return { tracer, finished, manager: tracer.scopeManager };
    };

    test('give the spans of nested blocks their parents', () => {
      const { tracer, finished } = setUp();
      {
        using outer = tracer.startActiveSpan('outer');
        {
          using inner = tracer.startActiveSpan('inner');
          inner.span.setTag('a', 1);
        }
        expect(tracer.activeSpan).toBe(outer.span);
      }
      expect(tracer.activeSpan).toBeNull();
      expect(finished()).toEqual(['inner', 'outer']);
      const [inner, outer] = tracer.finishedSpans();
      expect(inner?.parentId).toBe(outer?.context().toSpanId());
      expect(outer?.parentId).toBeNull();
    });

    test('are closed by using when the block throws', () => {
      const { tracer, finished } = setUp();
      expect(() => {
        using _scope = tracer.startActiveSpan('failing');
        throw new Error('expected');
      }).toThrow('expected');
      expect(finished()).toEqual(['failing']);
      expect(tracer.activeSpan).toBeNull();
    });

    test('that wait for inner ones finish when a span that is merely lent lies between', () => {
      const { tracer, finished, manager } = setUp();
      const outer = tracer.startActiveSpan('outer');
      const lent = tracer.startSpan('lent');
      manager.withActive(lent, () => {
        const inner = tracer.startActiveSpan('inner');
        outer.close();
        expect(finished()).toEqual([]);
        inner.close();
        expect(finished()).toEqual(['inner', 'outer']);
        expect(tracer.activeSpan).toBe(lent);
      });
      expect(tracer.activeSpan).toBeNull();
    });

    test('that wait finish when the function inside them has ended its own span', () => {
      const { tracer, finished } = setUp();
      const outer = tracer.startActiveSpan('outer');
      tracer.withActiveSpan('run', () => {
        const inner = tracer.startActiveSpan('inner');
        outer.close();
        inner.close();
        expect(finished()).toEqual(['inner']);
      });
      expect(finished()).toEqual(['inner', 'run', 'outer']);
      expect(tracer.activeSpan).toBeNull();
    });

    test('are not held up by a span that is merely lent', () => {
      const { tracer, finished, manager } = setUp();
      const outer = tracer.startActiveSpan('outer');
      const lent = tracer.startSpan('lent');
      manager.withActive(lent, () => {
        outer.close();
        expect(finished()).toEqual(['outer']);
        expect(tracer.activeSpan).toBe(lent);
      });
      expect(tracer.activeSpan).toBeNull();
    });

    test('that wait have the finish time of the call of close', () => {
      const { tracer } = setUp();
      const outer = tracer.startActiveSpan('outer');
      const inner = tracer.startActiveSpan('inner');
      outer.close();
      const closedBy = Date.now();
      while (Date.now() < closedBy + 20);
      inner.close();
      const [innerSpan, outerSpan] = tracer.finishedSpans();
      expect(outerSpan?.finishTime).toBeLessThan(innerSpan?.finishTime as number);
      expect(outerSpan?.finishTime).toBeLessThan(closedBy + 10);
    });

    test('can be closed through active, once and for all', () => {
      const { tracer, finished, manager } = setUp();
      const scope = tracer.startActiveSpan('any');
      manager.active?.close();
      scope.close();
      expect(finished()).toEqual(['any']);
    });

    test('of withActiveSpan can be closed early: the span finishes once', () => {
      const { tracer, finished, manager } = setUp();
      const result = tracer.withActiveSpan('any', () => {
        manager.active?.close();
        expect(tracer.activeSpan).toBeNull();
        return 42;
      });
      expect(result).toBe(42);
      expect(finished()).toEqual(['any']);
    });

    test('of two managers know nothing of each other', () => {
      const [first, second] = [setUp(), setUp()];
      const scope = first.tracer.startActiveSpan('any');
      expect(second.tracer.activeSpan).toBeNull();
      scope.close();
    });

    test('take the span of another tracer as the parent', () => {
      const { tracer, manager } = setUp();
      const other = new MockTracer(manager);
      const scope = tracer.startActiveSpan('outer');
      expect(other.startSpan('inner').parentId).toBe(scope.span.context().toSpanId());
      scope.close();
    });

    test('a listener that was bound sees the scope it was bound in', () => {
      const { tracer, manager } = setUp();
      const seen: (Scope | null)[] = [];
      const scope = tracer.startActiveSpan('any');
      const listener = manager.bind(() => seen.push(manager.active));
      withoutScope(manager, () => listener());
      expect(seen).toEqual([scope]);
      scope.close();
      listener();
      expect(seen).toEqual([scope, null]);
    });

    test('withActiveSpan returns what its function returns though looking at it throws', () => {
      const { tracer, finished } = setUp();
      const strict = new Proxy(
        {},
        {
          get(_, key) {
            throw new Error(`no property ${String(key)}`);
          },
        },
      );
      expect(tracer.withActiveSpan('any', () => strict) === strict).toBe(true);
      expect(finished()).toEqual(['any']);
    });
  });
}

function withoutScope(manager: ScopeManager, fn: () => void): void {
  const active = manager.active;
  manager.withActive(new MockTracer().startSpan('other'), fn);
  expect(manager.active).toBe(active);
}
