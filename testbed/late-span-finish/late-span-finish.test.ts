import { setImmediate } from 'node:timers/promises';
import type { Span, Tracer } from 'opentracing-ts';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { describe, expect, test } from 'vitest';
import { type Manager, managers } from '../managers.js';
import { spanOf, tracesOf } from '../traces.js';

/** Starts subtasks under a span that none of them owns: whoever started it finishes it, some day. */
function submit(tracer: Tracer, parent: Span, manager: Manager): Promise<void>[] {
  const { scopeManager } = tracer;
  const subtask = async (name: string) => {
    await setImmediate();
    const run = () => tracer.withActiveSpan(name, () => setImmediate());
    // `withActive` lends the span to the function and leaves it unfinished.
    await (manager.followsAwait ? run() : scopeManager.withActive(parent, run));
  };
  return scopeManager.withActive(parent, () => [subtask('task 1'), subtask('task 2')]);
}

describe.each(managers)('Late span finish over $name:', (manager) => {
  test('the parent outlives its children and is finished by none of them', async () => {
    const tracer = new MockTracer(manager.create());
    const parent = tracer.startSpan('parent');

    await Promise.all(submit(tracer, parent, manager));
    expect(parent.finished).toBe(false);
    parent.finish();

    expect(tracesOf(tracer)).toEqual(['parent', '- task 1', '- task 2']);
    expect(tracer.finishedSpans().at(-1)).toBe(parent);
    expect(tracer.activeSpan).toBeNull();
  });

  test('a child may also begin and end when its parent has finished', async () => {
    const tracer = new MockTracer(manager.create());
    const parent = tracer.startSpan('parent');

    const tasks = submit(tracer, parent, manager);
    parent.finish();
    await Promise.all(tasks);

    expect(tracesOf(tracer)).toEqual(['parent', '- task 1', '- task 2']);
    expect(tracer.finishedSpans()[0]).toBe(spanOf(tracer, 'parent'));
  });
});
