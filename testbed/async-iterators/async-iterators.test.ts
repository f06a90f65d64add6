import { setImmediate } from 'node:timers/promises';
import type { Tracer } from 'opentracing-ts';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { describe, expect, test } from 'vitest';
import { type Manager, managers } from '../managers.js';
import { spanOf, tracesOf } from '../traces.js';

type Page = string[] | Error;

/**
 * Yields orders, with a span for as long as somebody iterates. Between two yields the body runs in the
 * context of whoever asks for the next order, so no span can be active for the whole of it: each
 * piece of work has it lent.
 */
async function* listOrders(tracer: Tracer, pages: Page[]): AsyncGenerator<string> {
  const span = tracer.startSpan('list orders');
  try {
    for (const page of pages) {
      yield* await tracer.scopeManager.withActive(span, () => fetchPage(tracer, page));
    }
  } catch (error) {
    span.logError(error);
    throw error;
  } finally {
    // Also when the consumer leaves its loop early.
    span.finish();
  }
}

function fetchPage(tracer: Tracer, page: Page): Promise<string[]> {
  return tracer.withActiveSpan('fetch page', async () => {
    await setImmediate();
    if (page instanceof Error) {
      throw page;
    }
    return page;
  });
}

/** Consumes the orders up to the one called `last`. */
function report(tracer: Tracer, pages: Page[], last: string, manager: Manager): Promise<void> {
  return tracer.withActiveSpan('report', async (span) => {
    const options = manager.followsAwait ? null : { childOf: span };
    for await (const order of listOrders(tracer, pages)) {
      tracer.withActiveSpan(`add ${order}`, options, () => {});
      if (order === last) {
        break;
      }
    }
  });
}

describe.each(managers)('Async iterators over $name:', (manager) => {
  test('what the producer does is under its span, what the consumer does is not', async () => {
    const tracer = new MockTracer(manager.create());

    await report(tracer, [['tea', 'cup'], ['pot']], 'pot', manager);

    expect(tracesOf(tracer)).toEqual([
      'report',
      '- list orders',
      '- - fetch page',
      '- - fetch page',
      '- add tea',
      '- add cup',
      '- add pot',
    ]);
  });

  test('a consumer that leaves early finishes the span of the producer', async () => {
    const tracer = new MockTracer(manager.create());

    await report(tracer, [['tea', 'cup'], ['pot']], 'tea', manager);

    expect(tracesOf(tracer)).toEqual(['report', '- list orders', '- - fetch page', '- add tea']);
  });

  test('a page that fails is an error of each span that it ends', async () => {
    const tracer = new MockTracer(manager.create());
    const error = new Error('The second page is missing.');

    await expect(report(tracer, [['tea'], error], 'pot', manager)).rejects.toBe(error);

    expect(spanOf(tracer, 'list orders').tags.error).toBe(true);
    expect(spanOf(tracer, 'report').tags.error).toBe(true);
    expect(spanOf(tracer, 'add tea').tags.error).toBeUndefined();
  });
});
