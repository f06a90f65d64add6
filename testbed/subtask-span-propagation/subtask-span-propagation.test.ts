import { setImmediate } from 'node:timers/promises';
import type { Span, Tracer } from 'opentracing-ts';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { describe, expect, test } from 'vitest';
import { type Manager, managers } from '../managers.js';
import { spanOf, tracesOf } from '../traces.js';

/** Calls a subtask behind an `await`, and finishes when the subtask has. */
function parentTask(tracer: Tracer, message: string, { followsAwait }: Manager): Promise<string> {
  return tracer.withActiveSpan('parent', async (span) => {
    await setImmediate();
    // The subtask finds its parent by itself, or has to be told.
    return followsAwait ? childTask(tracer, message) : childTask(tracer, message, span);
  });
}

function childTask(tracer: Tracer, message: string, parent?: Span): Promise<string> {
  return tracer.withActiveSpan('child', { childOf: parent }, async () => {
    await setImmediate();
    return `${message}: response`;
  });
}

describe.each(managers)('Subtask span propagation over $name:', (manager) => {
  test('the span of the subtask is a child of the span of the task', async () => {
    const tracer = new MockTracer(manager.create());

    const response = await parentTask(tracer, 'message', manager);

    expect(response).toBe('message: response');
    expect(tracesOf(tracer)).toEqual(['parent', '- child']);
    expect(tracer.finishedSpans()).toEqual([spanOf(tracer, 'child'), spanOf(tracer, 'parent')]);
    expect(tracer.activeSpan).toBeNull();
  });

  test('tasks at the same time have the subtasks that are theirs', async () => {
    const tracer = new MockTracer(manager.create());

    await Promise.all(['one', 'two'].map((message) => parentTask(tracer, message, manager)));

    expect(tracesOf(tracer)).toEqual(['parent', '- child', 'parent', '- child']);
  });
});

const ofTheirOwn = managers.filter(({ runTask }) => runTask !== undefined);

describe.each(ofTheirOwn)('Subtask span propagation in the own tasks of $name:', (manager) => {
  test('a coroutine or a fiber finds the parent by itself, behind each of its steps', async () => {
    const tracer = new MockTracer(manager.create());
    const task = (message: string) =>
      manager.runTask?.(tracer, 'parent', function* () {
        yield setImmediate();
        return yield childTask(tracer, message);
      });

    const responses = await Promise.all(['one', 'two'].map(task));

    expect(responses).toEqual(['one: response', 'two: response']);
    expect(tracesOf(tracer)).toEqual(['parent', '- child', 'parent', '- child']);
    expect(tracer.activeSpan).toBeNull();
  });
});
