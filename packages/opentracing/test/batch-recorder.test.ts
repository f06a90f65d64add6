import { setImmediate as turn } from 'node:timers/promises';
import { type BasicSpan, ExportError } from 'opentracing-ts/basictracer';
import { describe, expect, it, vi } from 'vitest';
import { batching } from './batch-helpers.js';
import { start } from './register-helpers.js';

describe('BatchRecorder', () => {
  it('sends what was recorded, in order, without being asked', async () => {
    const { exporter, recorder, record } = batching();
    record('a', 'b');
    const call = await exporter.call(0);
    expect(call.names).toEqual(['a', 'b']);
    call.accept();
    await vi.waitUntil(() => recorder.stats.exported === 2);
    expect(recorder.stats).toEqual({
      recorded: 2,
      exported: 2,
      dropped: 0,
      retried: 0,
      queued: 0,
    });
  });

  it('does not wait for the interval when a whole batch is there', async () => {
    const { exporter, record } = batching({ flushIntervalMs: 60_000, maxBatchSize: 2 });
    record('a', 'b');
    expect((await exporter.call(0)).names).toEqual(['a', 'b']);
  });

  it('sends a whole batch while the program idles', async () => {
    await start(['idle.mjs'], {}, []).says('2 spans were sent');
  });

  it('sends one batch at a time', async () => {
    const { exporter, recorder, record } = batching({ maxBatchSize: 2 });
    record('a', 'b', 'c');
    const first = await exporter.call(0);
    record('d');
    expect(exporter.calls).toHaveLength(1);
    first.accept();
    const second = await exporter.call(1);
    expect(second.names).toEqual(['c', 'd']);
    second.accept();
    await vi.waitUntil(() => recorder.stats.exported === 4);
  });

  it('tries again what may be accepted later, and says once that it failed', async () => {
    const { exporter, errors, recorder, record } = batching();
    record('a');
    (await exporter.call(0)).refuse(new Error('away'));
    (await exporter.call(1)).refuse(new ExportError('busy', { retryable: true }));
    const third = await exporter.call(2);
    expect(third.names).toEqual(['a']);
    third.accept();
    await vi.waitUntil(() => recorder.stats.exported === 1);
    expect(recorder.stats).toMatchObject({ dropped: 0, retried: 2, queued: 0 });
    expect(errors.map((error) => error.message)).toEqual(['away']);

    record('b');
    (await exporter.call(3)).refuse(new Error('away again'));
    await vi.waitUntil(() => errors.length === 2);
    (await exporter.call(4)).accept();
  });

  it('drops and counts what was refused for good, and goes on with the rest', async () => {
    const { exporter, errors, recorder, record } = batching({ maxBatchSize: 1 });
    record('bad', 'good');
    (await exporter.call(0)).refuse(new ExportError('no', { retryable: false }));
    const second = await exporter.call(1);
    expect(second.names).toEqual(['good']);
    second.accept();
    await vi.waitUntil(() => recorder.stats.exported === 1);
    expect(recorder.stats).toMatchObject({ recorded: 2, dropped: 1, retried: 0 });
    expect(errors).toHaveLength(1);
  });

  it('says once that a collector refuses everything, and that the queue is full meanwhile', async () => {
    const { errors, recorder, tracer, record } = batching({
      exporter: {
        export: async () => {
          throw new ExportError('no', { retryable: false });
        },
      },
      maxQueueSize: 2,
      maxBatchSize: 1,
    });
    record('a', 'b');
    await tracer.flush();
    record('c', 'd', 'too many');
    await tracer.flush();
    expect(recorder.stats).toMatchObject({ recorded: 5, dropped: 5 });
    expect(errors.map((error) => error.message)).toEqual(['no']);
  });

  it('tries again in time, however much a busy program records meanwhile', async () => {
    const { exporter, record } = batching({
      maxBatchSize: 1,
      maxQueueSize: 100_000,
      flushIntervalMs: 5,
    });
    record('first');
    (await exporter.call(0)).refuse(new ExportError('later', { retryable: true }));
    for (let turns = 1; exporter.calls.length === 1 && turns < 100_000; turns++) {
      record('meanwhile');
      await turn();
    }
    expect(exporter.calls[1]?.names).toEqual(['first']);
  });

  it('resolves a flush when what was recorded before it has been accepted', async () => {
    const { exporter, tracer, record } = batching({ flushIntervalMs: 60_000 });
    record('a');
    let isFlushed = false;
    const flushed = tracer.flush().then(() => {
      isFlushed = true;
    });
    const call = await exporter.call(0);
    expect(isFlushed).toBe(false);
    call.accept();
    await flushed;
    expect(isFlushed).toBe(true);
  });

  it('resolves a flush when its own spans were accepted, whatever was dropped meanwhile', async () => {
    const { exporter, recorder, tracer, record } = batching({ maxQueueSize: 2, maxBatchSize: 1 });
    record('a', 'b');
    const flushed = tracer.flush();
    record('dropped', 'dropped', 'dropped');
    (await exporter.call(0)).accept();
    (await exporter.call(1)).accept();
    await flushed;
    expect(exporter.calls.map(({ names }) => names)).toEqual([['a'], ['b']]);
    expect(recorder.stats).toMatchObject({ exported: 2, dropped: 3 });
  });

  it('resolves a flush also when the collector is away, and keeps the spans', async () => {
    const { exporter, recorder, tracer, record } = batching({ flushIntervalMs: 60_000 });
    record('a');
    const flushed = tracer.flush();
    (await exporter.call(0)).refuse(new Error('away'));
    await flushed;
    expect(recorder.stats).toMatchObject({ queued: 1, dropped: 0 });
  });

  it('flushes at close, once, and counts what is recorded later as dropped', async () => {
    const { exporter, recorder, tracer, record } = batching({ flushIntervalMs: 60_000 });
    record('a');
    const closed = Promise.all([tracer.close(), tracer.close(), recorder.close()]);
    (await exporter.call(0)).accept();
    await closed;
    record('late');
    expect(exporter.calls).toHaveLength(1);
    expect(recorder.stats).toEqual({
      recorded: 2,
      exported: 1,
      dropped: 1,
      retried: 0,
      queued: 0,
    });
  });

  it('keeps its ring right when it goes round many times', async () => {
    const sent: string[] = [];
    const exporter = {
      export: async (spans: readonly BasicSpan[]) => {
        sent.push(...spans.map((span) => span.operationName));
      },
    };
    const { recorder, tracer, record } = batching({ exporter, maxQueueSize: 7, maxBatchSize: 3 });
    const names = Array.from({ length: 50 }, (_, i) => String(i));
    for (let i = 0; i < names.length; i += 5) {
      record(...names.slice(i, i + 5));
      await tracer.flush();
    }
    expect(sent).toEqual(names);
    expect(recorder.stats).toMatchObject({ recorded: 50, exported: 50, dropped: 0 });
  });
});

describe('BatchRecorder, when the collector asks to wait', () => {
  const busy = { retryable: true, retryAfterMs: 60_000 };

  it('sends nothing meanwhile, not for a flush either', async () => {
    const { exporter, recorder, tracer, record } = batching();
    record('a');
    (await exporter.call(0)).refuse(new ExportError('busy', busy));
    await vi.waitUntil(() => recorder.stats.retried === 1);
    record('b');
    await tracer.flush();
    expect(exporter.calls).toHaveLength(1);
    expect(recorder.stats).toMatchObject({ queued: 2, dropped: 0 });
  });

  it('tries once more when it is closed', async () => {
    const { exporter, recorder, tracer, record } = batching();
    record('a');
    (await exporter.call(0)).refuse(new ExportError('busy', busy));
    await vi.waitUntil(() => recorder.stats.retried === 1);
    const closed = recorder.close();
    (await exporter.call(1)).accept();
    await closed;
    expect(recorder.stats).toMatchObject({ exported: 1, dropped: 0 });
    await tracer.close();
  });
});

describe('BatchRecorder, when a batch never settles', () => {
  /** Leaves the first batch until the test accepts it, and accepts the others. */
  function stuck(flushIntervalMs: number) {
    const batches: string[] = [];
    let acceptFirst = () => {};
    const exporter = {
      export(spans: readonly BasicSpan[]) {
        batches.push(spans.map((span) => span.operationName).join(''));
        return new Promise<void>((resolve) => {
          if (batches.length === 1) {
            acceptFirst = resolve;
          } else {
            resolve();
          }
        });
      },
    };
    const made = batching({ exporter, exportTimeoutMs: 20, flushIntervalMs });
    return { ...made, batches, acceptFirst: () => acceptFirst() };
  }

  it('gives it up, so that a flush comes to its end', async () => {
    const { batches, errors, recorder, tracer, record } = stuck(1);
    record('a');
    await vi.waitUntil(() => batches.length > 0);
    await tracer.flush();
    await vi.waitUntil(() => recorder.stats.exported === 1);
    expect(batches).toEqual(['a', 'a']);
    expect(recorder.stats).toMatchObject({ exported: 1, retried: 1, queued: 0 });
    expect(errors.map((error) => error.message)).toEqual([
      'The exporter did not settle a batch of 1 spans within 20 ms.',
    ]);
  });

  it('ends the flush that sent it, too, and does not count it when it settles after all', async () => {
    const { acceptFirst, batches, recorder, tracer, record } = stuck(60_000);
    record('a');
    await tracer.flush();
    expect(recorder.stats).toMatchObject({ exported: 0, queued: 1 });
    acceptFirst();
    await turn();
    expect(recorder.stats).toMatchObject({ exported: 0, queued: 1 });
    await tracer.flush();
    expect(batches).toEqual(['a', 'a']);
    expect(recorder.stats).toMatchObject({ exported: 1, queued: 0 });
  });

  it('gives it up without a flush where more is recorded', async () => {
    const { batches, recorder, record } = stuck(1);
    record('a');
    await vi.waitUntil(() => batches.length > 0);
    record('b');
    await vi.waitUntil(() => recorder.stats.exported === 2);
    expect(batches).toEqual(['a', 'ab']);
  });
});
