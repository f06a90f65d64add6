import { setImmediate as turn } from 'node:timers/promises';
import { ExportError } from 'opentracing-ts/basictracer';
import { describe, expect, it } from 'vitest';
import { answering, batching, divisible, ManualExporter } from './batch-helpers.js';

describe('BatchRecorder, when it is closed', () => {
  it('says what is lost then, and once that spans finish afterwards', async () => {
    const { exporter } = answering(() => new ExportError('away', { retryable: true }));
    const { errors, recorder, tracer, record } = batching({ exporter, flushIntervalMs: 60_000 });
    record('a');
    await tracer.close();
    record('b', 'c');
    expect(errors.map(({ message }) => message)).toEqual([
      'away',
      'Spans are lost because their tracer was closed: 1 span could not be sent.',
      'Spans are lost because their tracer was closed: a span finished afterwards.',
    ]);
    expect(recorder.stats).toMatchObject({ recorded: 3, dropped: 3, queued: 0 });
  });

  it('waits for an answer that does not come once, not once more', async () => {
    const { exporter, recorder, tracer, record } = batching();
    record('a');
    const first = await exporter.call(0);
    record('b');
    const closed = tracer.close();
    first.refuse(new ExportError('late', { retryable: true, noAnswer: 'timeout' }));
    await closed;
    expect(exporter.calls).toHaveLength(1);
    expect(recorder.stats).toMatchObject({ dropped: 2, queued: 0 });
  });

  it.each([1, 60_000])('waits once for an exporter that never settles, every %i ms', async (ms) => {
    const options = { exportTimeoutMs: 100, flushIntervalMs: ms, maxBatchSize: 1 };
    const { exporter, recorder, tracer, record } = batching(options);
    record('a');
    while (exporter.calls.length === 0) {
      await turn();
    }
    await tracer.close();
    expect(exporter.calls.length).toBeLessThanOrEqual(ms === 1 ? 2 : 1);
    for (const { accept } of exporter.calls) {
      accept();
    }
    await turn();
    expect(recorder.stats).toMatchObject({ exported: 0, dropped: 1, queued: 0 });
  });

  it('stores all that waits after an answer that did not come', async () => {
    const stored: string[] = [];
    const exporter = Object.assign(new ManualExporter(), {
      store: (spans: readonly { operationName: string }[]) => {
        stored.push(...spans.map(({ operationName }) => operationName));
      },
    });
    const { recorder, tracer, record } = batching({ exporter });
    record('a');
    const first = await exporter.call(0);
    record('b');
    const closed = tracer.close();
    first.refuse(new ExportError('late', { retryable: true, noAnswer: 'timeout' }));
    await closed;
    expect(exporter.calls).toHaveLength(1);
    expect(stored).toEqual(['a', 'b']);
    expect(recorder.stats).toMatchObject({ spooled: 2, dropped: 0, queued: 0 });
  });

  it('sends what finishes while it waits for an answer', async () => {
    const { exporter, recorder, tracer, record } = batching();
    record('a');
    const closed = tracer.close();
    const first = await exporter.call(0);
    record('b');
    first.accept();
    (await exporter.call(1)).accept();
    await closed;
    expect(recorder.stats).toMatchObject({ exported: 2, dropped: 0, queued: 0 });
  });

  it.each([
    ['for good', divisible],
    ['with an answer that may pass', () => new ExportError('500', { retryable: true })],
  ])('loses of the last spans only the one that is refused %s', async (_, refusal) => {
    const { accepted, exporter } = answering((names) => (names.includes('x') ? refusal() : null));
    const options = { exporter, flushIntervalMs: 60_000, maxBatchSize: 4 };
    const { recorder, tracer, record } = batching(options);
    record(...'abcx');
    await tracer.close();
    expect(accepted.sort().join('')).toBe('abc');
    expect(recorder.stats).toMatchObject({ exported: 3, dropped: 1, queued: 0 });
  });

  it('delivers the batches behind one whose spans are all refused', async () => {
    const { accepted, exporter } = answering((names) =>
      names.includes('x') ? new ExportError('500', { retryable: true }) : null,
    );
    const options = { exporter, flushIntervalMs: 60_000, maxBatchSize: 1 };
    const { recorder, tracer, record } = batching(options);
    record(...'xab');
    await tracer.close();
    expect(accepted.join('')).toBe('ab');
    expect(recorder.stats).toMatchObject({ exported: 2, dropped: 1, queued: 0 });
  });

  it('looks for a bad span no longer than the end of the program may be held up', async () => {
    const { asked, exporter } = answering(() => new ExportError('500', { retryable: true }));
    const options = { exporter, flushIntervalMs: 60_000, exitDeadlineMs: 0 };
    const { recorder, tracer, record } = batching(options);
    record(...'abcdefgh');
    await tracer.close();
    expect(new Set(asked)).toEqual(new Set(['abcdefgh']));
    expect(recorder.stats).toMatchObject({ dropped: 8, queued: 0 });
  });

  it('asks a collector that fails with everything a few times only', async () => {
    const { asked, exporter } = answering(() => new ExportError('500', { retryable: true }));
    const { recorder, tracer, record } = batching({ exporter, flushIntervalMs: 60_000 });
    record(...Array.from({ length: 200 }, (_, i) => `${i}`));
    await tracer.close();
    expect(asked.length).toBeLessThan(40);
    expect(recorder.stats).toMatchObject({ dropped: 200, queued: 0 });
  });
});
