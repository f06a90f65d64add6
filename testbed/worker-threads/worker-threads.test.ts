import { Worker } from 'node:worker_threads';
import { FORMAT_TEXT_MAP, type Tracer } from 'opentracing-ts';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Manager, managers } from '../managers.js';
import { spanOf, tracesOf } from '../traces.js';
import type { Answer, Job, WorkerSpan } from './messages.js';

/** One worker for the jobs of all requests, that answers them by their numbers. */
class Sorter {
  private readonly waiting = new Map<number, (answer: Answer) => void>();
  private lastId = 0;

  constructor(private readonly worker: Worker) {
    // It runs in no context of a request, so all that it does is to wake up whoever awaits.
    worker.on('message', (answer: Answer) => {
      this.waiting.get(answer.id)?.(answer);
      this.waiting.delete(answer.id);
    });
  }

  /** No manager reaches into another thread: the context of the active span goes with the job. */
  sort(tracer: Tracer, words: string[]): Promise<Answer> {
    const carrier: Record<string, string> = {};
    if (tracer.activeSpan) {
      tracer.inject(tracer.activeSpan, FORMAT_TEXT_MAP, carrier);
    }
    this.lastId += 1;
    const job: Job = { id: this.lastId, words, carrier };
    this.worker.postMessage(job);
    return new Promise((resolve) => this.waiting.set(job.id, resolve));
  }
}

/** Asks the worker and goes on when it has answered. Returns the span of the worker, for the test. */
function handle(
  tracer: Tracer,
  sorter: Sorter,
  customer: string,
  { followsAwait }: Manager,
): Promise<WorkerSpan> {
  return tracer.withActiveSpan(`request of ${customer}`, async (span) => {
    span.setBaggageItem('customer', customer);
    const { words, span: workerSpan } = await sorter.sort(tracer, ['tea', 'cup', 'pot']);
    const options = followsAwait ? null : { childOf: span };
    tracer.withActiveSpan('store', options, (store) => store.setTag('words', words));
    return workerSpan;
  });
}

let worker: Worker;
let sorter: Sorter;

beforeAll(() => {
  worker = new Worker(new URL('./worker.mjs', import.meta.url));
  sorter = new Sorter(worker);
});
afterAll(() => worker.terminate());

describe.each(managers)('Worker threads over $name:', (manager) => {
  test('the span of the worker is a child of the span that asks, with its baggage', async () => {
    const tracer = new MockTracer(manager.create());

    const workerSpans = await Promise.all(
      ['ann', 'bob'].map((customer) => handle(tracer, sorter, customer, manager)),
    );

    expect(tracesOf(tracer)).toEqual(['request of ann', '- store', 'request of bob', '- store']);
    expect(workerSpans).toEqual(
      ['ann', 'bob'].map((customer) => {
        const context = spanOf(tracer, `request of ${customer}`).context();
        return {
          operationName: 'sort',
          traceId: context.toTraceId(),
          parentId: context.toSpanId(),
          customer,
        };
      }),
    );
    for (const span of tracer.finishedSpans().filter((each) => each.operationName === 'store')) {
      expect(span.tags).toEqual({ words: ['cup', 'pot', 'tea'] });
    }
  });

  test('a job without a span begins a trace in the worker', async () => {
    const tracer = new MockTracer(manager.create());

    const { span } = await sorter.sort(tracer, []);

    expect(span.parentId).toBeNull();
    expect(tracer.finishedSpans()).toEqual([]);
  });
});
