import { BasicTracer, BatchRecorder, ConstSampler } from 'opentracing-ts/basictracer';
import { createOtlpTracer } from 'opentracing-ts/otlp';
import { createZipkinTracer } from 'opentracing-ts/zipkin';
import { afterEach, describe, expect, it, vi } from 'vitest';

const sampler = new ConstSampler(true);
const exporter = { export: async () => {} };

function told(create: (onError: (error: Error) => void) => void): string[] {
  const messages: string[] = [];
  create(({ message }) => messages.push(message));
  return messages;
}

describe('the name of an option', () => {
  it.each([
    ['samplr', 'sampler'],
    ['Sampler', 'sampler'],
    ['samlper', 'sampler'],
    ['recoder', 'recorder'],
    ['scopemanager', 'scopeManager'],
    ['traceID128', 'traceId128'],
    ['traceId64', 'traceId128'],
    ['limit', 'limits'],
    ['idGenerater', 'idGenerator'],
    ['onUnfinshed', 'onUnfinished'],
  ])('that is almost one is told of: %s', (name, meant) => {
    const expected =
      name === 'traceId64' ? [] : [`BasicTracer has no option '${name}' (did you mean ${meant}?).`];
    expect(told((onError) => new BasicTracer({ [name]: undefined, onError }))).toEqual(expected);
  });

  it.each(['url', 'serviceName', 'exporter', 'debug', 'Now2much', 'x', ''])(
    'that is quite another is nobody’s business: %j',
    (name) => {
      expect(told((onError) => new BasicTracer({ [name]: 1, onError }))).toEqual([]);
    },
  );

  it('is told of in one sentence where there are more, and to BatchRecorder too', () => {
    const options = { exporter, maxQueSize: 5, flushIntervallMs: 5 };
    expect(told((onError) => new BatchRecorder({ ...options, onError }))).toEqual([
      "BatchRecorder has no option 'maxQueSize' (did you mean maxQueueSize?) or " +
        "'flushIntervallMs' (did you mean flushIntervalMs?).",
    ]);
  });

  it('is told of once by createZipkinTracer, none of whose own is taken for another', async () => {
    const options = {
      serviceName: 'orders',
      url: 'http://127.0.0.1:1/api/v2/spans',
      encoding: 'json',
      sampler,
      propagation: ['b3'],
      joinSpans: true,
      maxQueueSize: 10,
      maxBatchSize: 5,
      flushIntervalMs: 1_000,
      limits: { maxTags: 5 },
    } as const;
    const messages = await Promise.all(
      [options, { ...options, maxBatchsize: 7 }].map(async (given) => {
        const all: string[] = [];
        await createZipkinTracer({ ...given, onError: ({ message }) => all.push(message) }).close();
        return all;
      }),
    );
    expect(messages).toEqual([
      [],
      ["BatchRecorder has no option 'maxBatchsize' (did you mean maxBatchSize?)."],
    ]);
  });

  it('is not taken for another by createOtlpTracer', () => {
    const own = {
      url: undefined,
      encoding: 'json',
      headers: {},
      resource: {},
      timeoutMs: 10,
    } as const;
    const more = {
      compression: 'none',
      retryStatuses: [],
      maxBodyBytes: 5,
      spool: undefined,
    } as const;
    const options = { serviceName: 'orders', ...own, ...more };
    expect(told((onError) => createOtlpTracer({ ...options, onError }))).toEqual([]);
  });

  describe('without a hook', () => {
    afterEach(() => {
      vi.restoreAllMocks();
    });

    it('is told of on the standard error stream', () => {
      const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
      const options: object = { samplr: sampler };
      new BasicTracer(options);
      expect(warn.mock.calls).toEqual([
        ["opentracing-ts: BasicTracer has no option 'samplr' (did you mean sampler?)."],
      ]);
    });
  });
});
