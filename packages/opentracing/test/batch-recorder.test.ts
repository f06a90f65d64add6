import { setImmediate as turn } from 'node:timers/promises';
import {
  type BasicSpan,
  BasicTracer,
  BatchRecorder,
  type BatchRecorderOptions,
  ExportError,
} from 'opentracing-ts/basictracer';
import { describe, expect, it, vi } from 'vitest';

/** An exporter whose calls the test settles by hand. */
class ManualExporter {
  calls: { names: string[]; accept(): void; refuse(error: Error): void }[] = [];

  export(spans: readonly BasicSpan[]): Promise<void> {
    return new Promise((accept, refuse) => {
      this.calls.push({ names: spans.map((span) => span.operationName), accept, refuse });
    });
  }

  async call(index: number) {
    return vi.waitUntil(() => this.calls[index]);
  }
}

function batching(options: Partial<BatchRecorderOptions> = {}) {
  const exporter = new ManualExporter();
  const errors: Error[] = [];
  const recorder = new BatchRecorder({
    exporter,
    flushIntervalMs: 1,
    onError: (error) => errors.push(error),
    ...options,
  });
  const tracer = new BasicTracer({ recorder });
  const record = (...names: string[]) => {
    for (const name of names) {
      tracer.startSpan(name).finish();
    }
  };
  return { exporter, errors, recorder, tracer, record };
}

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

  it('drops and counts what does not fit, and says so once', async () => {
    const { exporter, errors, recorder, record } = batching({ maxQueueSize: 2 });
    record('a', 'b', 'c', 'd');
    expect(recorder.stats).toMatchObject({ recorded: 4, dropped: 2, queued: 2 });
    expect(errors.map((error) => error.name)).toEqual(['QueueFullError']);
    const call = await exporter.call(0);
    expect(call.names).toEqual(['a', 'b']);
    call.accept();
    await vi.waitUntil(() => recorder.stats.exported === 2);
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

  it('says once that the queue is full, however often a busy program fills it', async () => {
    const { errors, recorder, tracer, record } = batching({
      exporter: { export: async () => {} },
      maxQueueSize: 1,
    });
    for (let burst = 0; burst < 3; burst++) {
      record('fits', 'too many');
      await tracer.flush();
    }
    expect(recorder.stats).toMatchObject({ exported: 3, dropped: 3 });
    expect(errors).toHaveLength(1);
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

  it.each([0, -1, 1.5, Number.NaN])('refuses a queue of %s with a sentence', (maxQueueSize) => {
    expect(() => batching({ maxQueueSize })).toThrow(RangeError);
    expect(() => batching({ maxQueueSize })).toThrow(`maxQueueSize is ${maxQueueSize}`);
  });
});
