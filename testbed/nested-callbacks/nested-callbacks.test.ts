import type { Tracer } from 'opentracing-ts';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { describe, expect, test } from 'vitest';
import { type Manager, managers } from '../managers.js';
import { spanOf, tracesOf } from '../traces.js';

/** Three callbacks, each started by the one before: one span for all, finished by the last. */
function submit(tracer: Tracer, manager: Manager, done: () => void): void {
  const { scopeManager } = tracer;
  const carry = manager.propagatesToChildren
    ? (callback: () => void) => callback
    : (callback: () => void) => scopeManager.bind(callback);

  const first = () => {
    tracer.activeSpan?.setTag('key 1', '1');
    setTimeout(carry(second), 1);
  };
  const second = () => {
    tracer.activeSpan?.setTag('key 2', '2');
    setTimeout(carry(third), 1);
  };
  const third = () => {
    tracer.activeSpan?.setTag('key 3', '3');
    tracer.activeSpan?.finish();
    done();
  };

  // Fire and forget: the span is lent to the callbacks and not finished by this.
  scopeManager.withActive(tracer.startSpan('one'), () => setTimeout(carry(first), 1));
}

describe.each(managers)('Nested callbacks over $name:', (manager) => {
  test('all callbacks have the span active, and the last one finishes it', async () => {
    const tracer = new MockTracer(manager.create());

    await new Promise<void>((resolve) => {
      submit(tracer, manager, resolve);
      expect(tracer.activeSpan).toBeNull();
    });

    expect(tracesOf(tracer)).toEqual(['one']);
    expect(spanOf(tracer, 'one').tags).toEqual({ 'key 1': '1', 'key 2': '2', 'key 3': '3' });
  });
});
