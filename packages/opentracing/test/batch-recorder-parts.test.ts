import {
  type BasicSpan,
  type BatchRecorderOptions,
  ExportError,
  type ExportProgress,
  type SpanExporter,
} from 'opentracing-ts/basictracer';
import { ZipkinExporter } from 'opentracing-ts/exporters';
import { describe, expect, it, vi } from 'vitest';
import { answering, batching as batchingWith, namesOf } from './batch-helpers.js';

const batching = (exporter: SpanExporter, options: Partial<BatchRecorderOptions> = {}) =>
  batchingWith({ exporter, flushIntervalMs: 60_000, ...options });

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `${i},`);

describe('BatchRecorder, when one span makes the collector fail', () => {
  const poisoned = (make: () => Error) =>
    answering((names) => (names.includes('x') ? make() : null));

  it.each([
    ['an answer that may pass', () => new ExportError('500', { retryable: true })],
    ['an error that the exporter does not know', () => new Error('boom')],
  ])('delivers all others, after %s', async (_, make) => {
    const { accepted, exporter } = poisoned(make);
    const { recorder, tracer, record } = batching(exporter);
    record('x', ...'abcdefg');
    for (let i = 0; i < 3; i++) {
      await tracer.flush();
    }
    expect(accepted.join('')).toBe('abcdefg');
    expect(recorder.stats).toMatchObject({ dropped: 0, queued: 1 });
    record('h', 'i');
    await tracer.flush();
    expect(accepted.join('')).toBe('abcdefghi');
    record('j');
    await tracer.flush();
    expect(accepted.join('')).toBe('abcdefghij');
    expect(recorder.stats).toMatchObject({ exported: 10, dropped: 1, queued: 0 });
  });

  it('goes on by itself', async () => {
    const { accepted, exporter } = poisoned(() => new ExportError('500', { retryable: true }));
    const { record } = batching(exporter, { flushIntervalMs: 1, maxBatchSize: 100 });
    record('x', ...'abcdefg');
    await vi.waitUntil(() => accepted.length === 7);
  });

  it('keeps everything where the collector fails with all', async () => {
    const { asked, exporter } = answering(() => new ExportError('500', { retryable: true }));
    const { recorder, tracer, record } = batching(exporter);
    record(...numbered(200));
    for (let i = 0; i < 4; i++) {
      await tracer.flush();
    }
    expect(asked.length).toBeLessThan(40);
    expect(recorder.stats).toMatchObject({ exported: 0, dropped: 0, queued: 200 });
  });

  it.each([{ retryAfterMs: 1 }, { noAnswer: 'unreachable' as const }])(
    'sends the whole batch again where the failure is not for a span: %j',
    async (said) => {
      const { asked, exporter } = answering(
        () => new ExportError('away', { retryable: true, ...said }),
      );
      const { recorder, record } = batching(exporter, { flushIntervalMs: 1 });
      record('a', 'b', 'c', 'd');
      await vi.waitUntil(() => recorder.stats.retried >= 16);
      expect(new Set(asked)).toEqual(new Set(['abcd']));
    },
  );
});

describe('BatchRecorder, when answers do not come in time', () => {
  it('sends fewer spans at once until they do, and then more again', async () => {
    const { asked, exporter } = answering((names) =>
      names.length > 2 ? new ExportError('late', { retryable: true, noAnswer: 'timeout' }) : null,
    );
    const { recorder, tracer, record } = batching(exporter);
    record(...'abcdefgh');
    for (let i = 0; i < 8; i++) {
      await tracer.flush();
    }
    expect(asked.slice(0, 4)).toEqual(['abcdefgh', 'abcd', 'ab', 'cdef']);
    expect(recorder.stats).toMatchObject({ exported: 8, dropped: 0, queued: 0 });
  });

  it('does so, too, after a batch that it gave up', async () => {
    const asked: string[] = [];
    const exporter = {
      export(spans: readonly BasicSpan[]) {
        asked.push(namesOf(spans).join(''));
        return spans.length > 2 ? new Promise<void>(() => {}) : Promise.resolve();
      },
    };
    const { recorder, tracer, record } = batching(exporter, { exportTimeoutMs: 10 });
    record('a', 'b', 'c', 'd');
    await tracer.flush();
    await tracer.flush();
    expect(asked).toEqual(['abcd', 'ab', 'cd']);
    expect(recorder.stats).toMatchObject({ exported: 4, queued: 0 });
  });
});

describe('BatchRecorder, when a batch is sent in parts', () => {
  it('does not send again what was settled before it was given up, and says that it was', async () => {
    const asked: string[] = [];
    const goesOn: boolean[] = [];
    let tellFirst: ExportProgress = () => true;
    const exporter: SpanExporter = {
      export(spans, onProgress = () => true) {
        asked.push(namesOf(spans).join(''));
        if (asked.length > 1) {
          return Promise.resolve();
        }
        tellFirst = onProgress;
        goesOn.push(onProgress(3, 1));
        return new Promise(() => {});
      },
    };
    const { recorder, tracer, record } = batching(exporter, { exportTimeoutMs: 20 });
    record('a', 'b', 'c', 'd');
    await tracer.flush();
    goesOn.push(tellFirst(4, 1));
    expect(goesOn).toEqual([true, false]);
    expect(recorder.stats).toMatchObject({ exported: 2, dropped: 1, queued: 1 });
    await tracer.flush();
    expect(asked).toEqual(['abcd', 'd']);
    expect(recorder.stats).toMatchObject({ exported: 3, dropped: 1, queued: 0 });
  });

  it('keeps its counts right whatever progress an exporter tells of', async () => {
    const exporter: SpanExporter = {
      export: async (_, onProgress) => {
        for (const [settled, lost] of [
          [1, 5],
          [-1, Number.NaN],
          [1e9, 0],
          [0, 7],
        ] as const) {
          onProgress?.(settled, lost);
        }
      },
    };
    const { recorder, tracer, record } = batching(exporter);
    record('a', 'b', 'c');
    await tracer.flush();
    expect(recorder.stats).toMatchObject({ recorded: 3, exported: 2, dropped: 1, queued: 0 });
  });

  it('gives each body of a request its time, and sends no more bodies when it gives up', async () => {
    const sent: string[][] = [];
    const answers: (() => void)[] = [];
    const exporter = new ZipkinExporter({
      serviceName: 'shop',
      maxBodyBytes: 1,
      transport: async (body) => {
        const spans: { name: string }[] = JSON.parse(new TextDecoder().decode(body));
        sent.push(spans.map(({ name }) => name));
        if (sent.length > 1) {
          await new Promise<void>((resolve) => answers.push(resolve));
        }
      },
    });
    const { recorder, tracer, record } = batching(exporter, { exportTimeoutMs: 20 });
    record('a', 'b', 'c');
    await tracer.flush();
    expect(sent).toEqual([['a'], ['b']]);
    expect(recorder.stats).toMatchObject({ exported: 1, queued: 2 });
    answers[0]?.();
    const second = tracer.flush();
    await vi.waitUntil(() => sent.length === 3);
    expect(sent).toEqual([['a'], ['b'], ['b']]);
    await second;
  });

  it('understands the ExportError of another copy of this package from a transport', async () => {
    const refused = { name: 'ExportError', retryable: false };
    const exporter = new ZipkinExporter({
      serviceName: 'shop',
      transport: async () => {
        throw Object.assign(new Error('no'), refused);
      },
    });
    const { recorder, tracer, record } = batching(exporter);
    record('a');
    await tracer.flush();
    expect(recorder.stats).toMatchObject({ dropped: 1, queued: 0 });
  });
});

describe('BatchRecorder, when every part of a batch is refused', () => {
  it('drops the rest, says so, and looks for no bad span before something was taken', async () => {
    let isRefusing = true;
    const { asked, accepted, exporter } = answering((names) =>
      isRefusing || names.includes('x')
        ? new ExportError('400', { retryable: false, divisible: true })
        : null,
    );
    const { errors, recorder, tracer, record } = batching(exporter);
    record(...numbered(1_000));
    await tracer.flush();
    expect(asked.length).toBeLessThan(40);
    expect(recorder.stats).toMatchObject({ dropped: 1_000, queued: 0 });
    const before = asked.length;
    record(...numbered(1_000));
    await tracer.flush();
    expect(asked).toHaveLength(before + 1);
    expect(errors.map(({ message }) => message)).toEqual([
      '400',
      expect.stringContaining('refused a batch of 1000 spans in all of 32 parts'),
    ]);
    isRefusing = false;
    record('a');
    await tracer.flush();
    record('x', 'b');
    await tracer.flush();
    expect(accepted).toEqual(['a', 'b']);
  });
});
