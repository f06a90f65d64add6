import type { Tracer } from 'opentracing-ts';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { describe, expect, test } from 'vitest';
import { type Manager, managers } from '../managers.js';
import { tracesOf } from '../traces.js';

/** One span for the whole, and under it one for each callback, to see how long each takes. */
function submit(tracer: Tracer, delays: number[], manager: Manager): Promise<unknown> {
  return tracer.withActiveSpan('parent', () => {
    const callback = () => tracer.withActiveSpan('task', () => {});
    // It reaches the timer by itself, or else has to be tied to the span that is active now.
    const task = manager.propagatesToChildren ? callback : tracer.scopeManager.bind(callback);
    // The parent finishes when this promise settles, which is when all of them have run.
    return Promise.all(delays.map((delay) => after(delay, task)));
  });
}

function after(milliseconds: number, callback: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    setTimeout(() => {
      try {
        resolve(callback());
      } catch (error) {
        reject(error);
      }
    }, milliseconds);
  });
}

/** The same without promises: what finishes the span is a count of what is still to come. */
function submitCounting(tracer: Tracer, delays: number[], manager: Manager, done: () => void) {
  const { scopeManager } = tracer;
  const parent = tracer.startSpan('parent');
  let pending = delays.length;
  scopeManager.withActive(parent, () => {
    const callback = () => {
      tracer.withActiveSpan('task', () => {});
      pending -= 1;
      if (pending === 0) {
        parent.finish();
        done();
      }
    };
    for (const delay of delays) {
      setTimeout(manager.propagatesToChildren ? callback : scopeManager.bind(callback), delay);
    }
  });
}

describe.each(managers)('Multiple callbacks over $name:', (manager) => {
  test('the parent finishes when the last of its callbacks has', async () => {
    const tracer = new MockTracer(manager.create());

    await submit(tracer, [3, 1, 2], manager);

    expect(tracesOf(tracer)).toEqual(['parent', '- task', '- task', '- task']);
    expect(tracer.finishedSpans().at(-1)?.operationName).toBe('parent');
    expect(tracer.activeSpan).toBeNull();
  });

  test('counting the callbacks does the same', async () => {
    const tracer = new MockTracer(manager.create());

    await new Promise<void>((resolve) => submitCounting(tracer, [3, 1, 2], manager, resolve));

    expect(tracesOf(tracer)).toEqual(['parent', '- task', '- task', '- task']);
    expect(tracer.finishedSpans().at(-1)?.operationName).toBe('parent');
  });
});
