import { type BasicSpan, type BatchRecorderOptions, ExportError } from 'opentracing-ts/basictracer';
import { describe, expect, it, vi } from 'vitest';
import { batching, invariant, ManualExporter } from './batch-helpers.js';

describe('BatchRecorder with an exporter that stores', () => {
  function storing(options: Partial<BatchRecorderOptions> = {}) {
    const exporter = new ManualExporter();
    const stored: string[] = [];
    let isFull = false;
    const store = (spans: readonly BasicSpan[]) => {
      if (isFull) {
        throw new Error('disk full');
      }
      stored.push(spans.map((span) => span.operationName).join(''));
    };
    const made = batching({
      exporter: Object.assign(exporter, { store }),
      flushIntervalMs: 60_000,
      ...options,
    });
    const fill = (full: boolean) => {
      isFull = full;
    };
    return { ...made, exporter, stored, fill };
  }

  it('stores what could not be sent, and all that a flush waits for', async () => {
    const { exporter, stored, recorder, tracer, record } = storing({ maxBatchSize: 2 });
    record('a', 'b', 'c', 'd', 'e');
    const flushed = tracer.flush();
    (await exporter.call(0)).refuse(new Error('away'));
    await flushed;
    expect(stored).toEqual(['ab', 'cd', 'e']);
    expect(exporter.calls).toHaveLength(1);
    expect(recorder.stats).toMatchObject({ recorded: 5, spooled: 5, retried: 0, queued: 0 });
    record('f');
    const second = tracer.flush();
    (await exporter.call(1)).accept();
    await second;
    expect(recorder.stats).toMatchObject({ exported: 1, spooled: 5 });
  });

  it('stores only what was not accepted', async () => {
    const { exporter, stored, recorder, tracer, record } = storing();
    record('a', 'b', 'c');
    const flushed = tracer.flush();
    (await exporter.call(0)).refuse(new ExportError('away', { retryable: true, accepted: 2 }));
    await flushed;
    expect(stored).toEqual(['c']);
    expect(recorder.stats).toMatchObject({ exported: 2, spooled: 1 });
  });

  it('does not store what was refused for good', async () => {
    const { exporter, stored, recorder, tracer, record } = storing();
    record('a');
    const flushed = tracer.flush();
    (await exporter.call(0)).refuse(new ExportError('no', { retryable: false }));
    await flushed;
    expect(stored).toEqual([]);
    expect(recorder.stats).toMatchObject({ dropped: 1, spooled: 0 });
  });

  it('stores what does not fit, whatever is being sent meanwhile', async () => {
    const { errors, exporter, stored, recorder, tracer, record } = storing({
      maxQueueSize: 5,
      maxBatchSize: 2,
    });
    record('a', 'b');
    const sending = await exporter.call(0);
    record('c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k');
    expect(stored).toEqual(['cd', 'ef', 'gh']);
    expect(recorder.stats).toMatchObject({ recorded: 11, spooled: 6, dropped: 0, queued: 5 });
    const flushed = tracer.flush();
    sending.accept();
    (await exporter.call(1)).accept();
    (await exporter.call(2)).accept();
    await flushed;
    expect(exporter.calls.map(({ names }) => names.join(''))).toEqual(['ab', 'ij', 'k']);
    expect(recorder.stats).toMatchObject({ exported: 5, spooled: 6, queued: 0 });
    expect(errors).toEqual([]);
  });

  it('stores a span itself where all that is in the queue is being sent', async () => {
    const { exporter, stored, recorder, record } = storing({ maxQueueSize: 2, maxBatchSize: 2 });
    record('a', 'b');
    const sending = await exporter.call(0);
    record('c');
    expect(stored).toEqual(['c']);
    sending.accept();
    await vi.waitUntil(() => recorder.stats.exported === 2);
    expect(recorder.stats).toMatchObject({ recorded: 3, spooled: 1, queued: 0 });
  });

  it('stores what a flush waits for, also when as much was stored meanwhile', async () => {
    const { exporter, stored, recorder, tracer, record } = storing({
      maxQueueSize: 4,
      maxBatchSize: 2,
    });
    record('a', 'b');
    const flushed = tracer.flush();
    const sending = await exporter.call(0);
    record('c', 'd', 'e', 'f', 'g');
    expect(stored).toEqual(['cd', 'ef']);
    sending.refuse(new ExportError('away', { retryable: true, retryAfterMs: 60_000 }));
    await flushed;
    expect(stored).toEqual(['cd', 'ef', 'ab']);
    expect(recorder.stats).toMatchObject({ spooled: 6, queued: 1, dropped: 0 });
  });

  it('leaves the collector alone where what does not fit could be stored, but not what was refused', async () => {
    const { exporter, fill, stored, recorder, tracer, record } = storing({
      maxQueueSize: 4,
      maxBatchSize: 2,
    });
    record('a', 'b');
    const flushed = tracer.flush();
    const sending = await exporter.call(0);
    record('c', 'd', 'e', 'f', 'g');
    fill(true);
    sending.refuse(new ExportError('away', { retryable: true, retryAfterMs: 60_000 }));
    await flushed;
    expect(stored).toEqual(['cd', 'ef']);
    await tracer.flush();
    expect(exporter.calls).toHaveLength(1);
    expect(recorder.stats).toMatchObject({ spooled: 4, retried: 2, queued: 3, dropped: 0 });
  });

  it('stores a batch that never settles', async () => {
    const { stored, recorder, tracer, record } = storing({ exportTimeoutMs: 20 });
    record('a');
    await tracer.flush();
    expect(stored).toEqual(['a']);
    expect(recorder.stats).toMatchObject({ spooled: 1, queued: 0 });
  });

  it('keeps what it can not store, says so once, and tries again to send it', async () => {
    const { errors, exporter, fill, stored, recorder, tracer, record } = storing({
      maxQueueSize: 2,
    });
    fill(true);
    record('a', 'b');
    const flushed = tracer.flush();
    (await exporter.call(0)).refuse(new Error('away'));
    await flushed;
    record('c', 'd');
    expect(errors.map((error) => error.message)).toEqual(['away', 'disk full']);
    expect(recorder.stats).toMatchObject({ spooled: 0, dropped: 2, queued: 2, retried: 2 });
    expect(recorder.stats).toSatisfy(invariant);

    const again = tracer.flush();
    const call = await exporter.call(1);
    fill(false);
    call.refuse(new Error('still away'));
    await again;
    expect(stored).toEqual(['ab']);
    expect(recorder.stats).toSatisfy(invariant);
  });

  it('stores at close what can not be sent', async () => {
    const { exporter, stored, recorder, tracer, record } = storing();
    record('a');
    const closed = tracer.close();
    (await exporter.call(0)).refuse(new Error('away'));
    await closed;
    expect(stored).toEqual(['a']);
    expect(recorder.stats).toMatchObject({ spooled: 1, dropped: 0, queued: 0 });
  });
});
