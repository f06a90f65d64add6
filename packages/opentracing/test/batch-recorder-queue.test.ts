import type { BasicSpan } from 'opentracing-ts/basictracer';
import { describe, expect, it, vi } from 'vitest';
import { batching, ManualExporter, namesOf } from './batch-helpers.js';

describe('the queue of a BatchRecorder', () => {
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

  it('drops and counts spans whose texts do not fit behind the first batch, and says so once', async () => {
    const { exporter, errors, recorder, tracer } = batching({ maxBatchSize: 2, maxQueueBytes: 10 });
    const record = (name: string, tag: string, field: string) =>
      tracer.startSpan(name).setTag('sql', tag).setTag('rows', 3).log({ field }).finish();
    record('first', 'x'.repeat(100), '');
    record('of the first batch, too', '', 'x'.repeat(100));
    record('fits', 'xxx', 'xxx');
    record('too large', 'xxx', 'xx');
    record('fits, too', 'xxx', 'x');
    record('too many', 'x', '');
    expect(recorder.stats).toMatchObject({ recorded: 6, dropped: 2, queued: 4 });
    expect(errors.map((error) => error.message)).toEqual([
      'The queue is full with 3 spans, whose texts have 6 characters, so spans are being dropped; ' +
        'is the collector slow or away, or maxQueueBytes too small?',
    ]);
    (await exporter.call(0)).accept();
    const second = await exporter.call(1);
    expect(second.names).toEqual(['fits', 'fits, too']);
    second.accept();
    await vi.waitUntil(() => recorder.stats.queued === 0);

    record('first', 'x'.repeat(100), '');
    record('of the first batch, too', '', 'x'.repeat(100));
    record('fits again', 'x'.repeat(5), 'x'.repeat(5));
    expect(recorder.stats).toMatchObject({ dropped: 2, queued: 3 });
  });

  it('knows what waits by its weight, whatever leaves the queue from behind what is being sent', async () => {
    const stored: string[] = [];
    const exporter = new (class extends ManualExporter {
      store(spans: readonly BasicSpan[]) {
        stored.push(...namesOf(spans));
      }
    })();
    const { recorder, tracer } = batching({ exporter, maxBatchSize: 2, maxQueueBytes: 10 });
    const record = (name: string, characters: number) =>
      tracer.startSpan(name).setTag('sql', 'x'.repeat(characters)).finish();
    record('a', 0);
    record('b', 0);
    await exporter.call(0);
    for (const name of 'cdefghij') record(name, 4);
    expect(stored).toEqual(['c', 'd', 'e', 'f', 'g', 'h']);
    expect(recorder.stats).toMatchObject({ dropped: 0, spooled: 6, queued: 4 });
    exporter.calls[0]?.accept();
    const next = await exporter.call(1);
    expect(next.names).toEqual(['i', 'j']);
    next.accept();
    await vi.waitUntil(() => recorder.stats.queued === 0);
  });

  it.each([0, -1, 1.5, Number.NaN])(
    'refuses a queue of %s bytes with a sentence',
    (maxQueueBytes) => {
      expect(() => batching({ maxQueueBytes })).toThrow(RangeError);
      expect(() => batching({ maxQueueBytes })).toThrow(`maxQueueBytes is ${maxQueueBytes}`);
    },
  );

  it('has no limit with a queue of Infinity bytes, and takes hostile logs', () => {
    const { recorder, tracer } = batching({ maxBatchSize: 1, maxQueueBytes: Infinity });
    const hostile = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no');
        },
      },
    );
    for (let i = 0; i < 3; i++) tracer.startSpan('a').log(hostile).setTag('sql', 'x').finish();
    expect(recorder.stats).toMatchObject({ dropped: 0, queued: 3 });
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

  it.each([0, -1, 1.5, Number.NaN])('refuses a queue of %s with a sentence', (maxQueueSize) => {
    expect(() => batching({ maxQueueSize })).toThrow(RangeError);
    expect(() => batching({ maxQueueSize })).toThrow(`maxQueueSize is ${maxQueueSize}`);
  });
});
