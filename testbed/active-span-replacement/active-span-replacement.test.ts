import { setImmediate } from 'node:timers/promises';
import type { Span, Tracer } from 'opentracing-ts';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { describe, expect, test } from 'vitest';
import { type Manager, managers } from '../managers.js';
import { spanOf, tracesOf } from '../traces.js';

/** A task that lends its place to the span of another one for a while, and then goes on. */
function task(tracer: Tracer, initial: Span, { followsAwait }: Manager): Promise<void> {
  return tracer.withActiveSpan('task', async (span) => {
    // What belongs to the initial span. The `true` finishes it when that is done.
    await tracer.scopeManager.withActive(initial, () => finishInitial(tracer), true);

    // The span of the task is active again, unless the manager has lost it at the await.
    const options = followsAwait ? null : { childOf: span };
    await tracer.withActiveSpan('subtask', options, () => setImmediate());
  });
}

async function finishInitial(tracer: Tracer): Promise<void> {
  tracer.activeSpan?.setTag('done.by', 'task');
  await setImmediate();
}

describe.each(managers)('Active span replacement over $name:', (manager) => {
  test('the replaced span is back for the subtask, and the lent one has a trace of its own', async () => {
    const tracer = new MockTracer(manager.create());

    await task(tracer, tracer.startSpan('initial'), manager);

    expect(tracesOf(tracer)).toEqual(['initial', 'task', '- subtask']);
    expect(spanOf(tracer, 'initial').tags).toEqual({ 'done.by': 'task' });
    expect(tracer.activeSpan).toBeNull();
  });

  test('with scopes, in synchronous code, every manager restores what was active', () => {
    const tracer = new MockTracer(manager.create());

    const outer = tracer.startActiveSpan('task');
    const lent = tracer.scopeManager.activate(
      tracer.startSpan('initial', { ignoreActiveSpan: true }),
      true,
    );
    expect(tracer.activeSpan).toBe(lent.span);
    lent.close();
    expect(tracer.activeSpan).toBe(outer.span);
    tracer.startActiveSpan('subtask').close();
    outer.close();

    expect(tracesOf(tracer)).toEqual(['task', '- subtask', 'initial']);
    expect(tracer.activeSpan).toBeNull();
  });
});
