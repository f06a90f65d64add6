import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BasicTracer,
  BatchRecorder,
  ConstSampler,
  InMemoryRecorder,
  ParentBasedSampler,
  RateLimitingSampler,
} from 'opentracing-ts/basictracer';
import { httpTransport, OtlpExporter, ZipkinExporter } from 'opentracing-ts/exporters';
import { createOtlpTracer } from 'opentracing-ts/otlp';
import { createZipkinTracer } from 'opentracing-ts/zipkin';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';

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

  it.each(['url', 'serviceName', 'transport', 'debug', 'Now2much', 'x', ''])(
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
      ["createZipkinTracer has no option 'maxBatchsize' (did you mean maxBatchSize?)."],
    ]);
  });

  it.each([
    ['encodng', 'encoding'],
    ['compresion', 'compression'],
    ['headr', 'headers'],
    ['header', 'headers'],
    ['timeoutMS', 'timeoutMs'],
    ['timeout', 'timeoutMs'],
    ['spol', 'spool'],
    ['uri', 'url'],
    ['Url', 'url'],
    ['endpoint', 'url'],
  ])('is told of by each exporter, and once by what makes one: %s', async (name, meant) => {
    const said = `has no option '${name}' (did you mean ${meant}?).`;
    const options = { serviceName: 'orders', [name]: undefined };
    expect(told((onError) => new ZipkinExporter({ ...options, onError }))).toEqual([
      `ZipkinExporter ${said}`,
    ]);
    expect(told((onError) => new OtlpExporter({ ...options, onError }))).toEqual([
      `OtlpExporter ${said}`,
    ]);
    expect(told((onError) => createZipkinTracer({ ...options, onError }))).toEqual([
      `createZipkinTracer ${said}`,
    ]);
    expect(told((onError) => createOtlpTracer({ ...options, onError }))).toEqual([
      `createOtlpTracer ${said}`,
    ]);
  });

  it.each([
    ['sampleRate', 'sampler: new ProbabilitySampler(rate)'],
    ['batchSize', 'maxBatchSize'],
    ['exporter', 'new BasicTracer({ recorder: new BatchRecorder({ exporter }) })'],
    ['recorder', 'new BasicTracer({ recorder })'],
  ])(
    'that createZipkinTracer does not have is told of with what to do instead: %s',
    (name, meant) => {
      const options = { serviceName: 'orders', [name]: exporter };
      expect(told((onError) => createZipkinTracer({ ...options, onError }))).toEqual([
        `createZipkinTracer has no option '${name}' (did you mean ${meant}?).`,
      ]);
    },
  );

  it('is told of within limits and spool too', () => {
    const limits = { maxTag: 5 };
    expect(told((onError) => new BasicTracer({ limits, samplr: 1, onError } as object))).toEqual([
      "BasicTracer has no option 'samplr' (did you mean sampler?).",
      "limits has no option 'maxTag' (did you mean maxTags?).",
    ]);
    const spool = { dir: mkdtempSync(join(tmpdir(), 'spool-')), maxSize: 5 };
    onTestFinished(() => rmSync(spool.dir, { recursive: true }));
    expect(
      told((onError) => {
        const spooling = new ZipkinExporter({ serviceName: 'orders', spool, onError });
        onTestFinished(() => spooling.close());
      }),
    ).toEqual(["spool has no option 'maxSize' (did you mean maxBytes?)."]);
  });

  it('that is the exporter of a BasicTracer is told of, unless the recorder is there as well', () => {
    expect(told((onError) => new BasicTracer({ exporter, onError } as object))).toEqual([
      "BasicTracer has no option 'exporter' (did you mean recorder: new BatchRecorder({ exporter })?).",
    ]);
    const recorder = new InMemoryRecorder();
    expect(told((onError) => new BasicTracer({ exporter, recorder, onError } as object))).toEqual(
      [],
    );
  });

  it('that another part has is nobody’s business, whatever the part', () => {
    const options = {
      serviceName: 'orders',
      url: 'http://127.0.0.1:1/',
      headers: {},
      timeoutMs: 5,
      compression: 'none',
      retryStatuses: [503],
      takesPlainText: true,
      encoding: 'json',
      maxBodyBytes: 5,
      sampler,
      propagation: ['b3'],
      joinSpans: true,
      traceId128: true,
      now: Date.now,
      firstId: 1,
      limits: {},
      onUnfinished() {},
      maxQueueSize: 5,
      maxBatchSize: 5,
      flushIntervalMs: 5,
      exportTimeoutMs: 5,
      flushAtExit: false,
      exitDeadlineMs: 5,
      resource: {},
      scopeManager: undefined,
      idGenerator: undefined,
    } as const;
    const messages = told((onError) => {
      const all = { ...options, onError };
      new ZipkinExporter(all);
      new OtlpExporter(all);
      createZipkinTracer(all);
      createOtlpTracer(all);
      new BasicTracer(all);
      new BatchRecorder({ ...all, exporter });
    });
    expect(messages).toEqual([]);
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

    it('is told of there where there never is one', () => {
      const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
      const url = 'http://127.0.0.1:1/';
      new ParentBasedSampler({ rootSampler: sampler } as object);
      new RateLimitingSampler(1, { clock: Date.now } as object);
      httpTransport({ url, timeout: 5 } as { url: string });
      expect(warn.mock.calls).toEqual([
        ["opentracing-ts: ParentBasedSampler has no option 'rootSampler' (did you mean root?)."],
        ["opentracing-ts: RateLimitingSampler has no option 'clock' (did you mean now?)."],
        ["opentracing-ts: httpTransport has no option 'timeout' (did you mean timeoutMs?)."],
      ]);
    });
  });
});
