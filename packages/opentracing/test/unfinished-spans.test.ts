import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { BasicTracer, type UnfinishedSpan } from 'opentracing-ts/basictracer';
import { createZipkinTracer } from 'opentracing-ts/zipkin';
import { beforeAll, describe, expect, test } from 'vitest';

const fixture = fileURLToPath(new URL('fixtures/unfinished.mjs', import.meta.url));

describe('onUnfinished', () => {
  let result: {
    ids: [string, string];
    collected: UnfinishedSpan[];
    closed: UnfinishedSpan[];
    recorded: string[];
  };

  beforeAll(async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', fixture]);
    result = JSON.parse(stdout);
  });

  test('is told of spans that the program has let go of, which it does not keep alive', () => {
    const names = result.collected.map(({ operationName }) => operationName);
    expect(names.sort()).toEqual(['lost', 'renamed', 'unsampled kept']);
    const [traceId, spanId] = result.ids;
    expect(result.collected).toContainEqual({
      operationName: 'lost',
      startTime: 1_000,
      traceId,
      spanId,
      reason: 'collected',
    });
  });

  test('is told once, at the close, of those that are open then', () => {
    expect(result.closed).toMatchObject([{ operationName: 'held', reason: 'closed' }]);
  });

  test('changes nothing in what is recorded, even where it throws', () => {
    expect(result.recorded).toEqual(['finished', 'held and finished', 'held']);
  });

  test('that throws is told of by onError', async () => {
    const errors: Error[] = [];
    const tracer = new BasicTracer({
      onUnfinished() {
        throw new Error('expected');
      },
      onError: (error) => errors.push(error),
    });
    tracer.startSpan('open');
    await tracer.close();
    expect(errors.map(({ message }) => message)).toEqual(['expected']);
  });

  test('works without FinalizationRegistry, at the close', async () => {
    const { FinalizationRegistry: registry } = globalThis;
    const told: UnfinishedSpan[] = [];
    Reflect.deleteProperty(globalThis, 'FinalizationRegistry');
    try {
      const tracer = new BasicTracer({ onUnfinished: (span) => told.push(span) });
      tracer.startSpan('finished').finish();
      tracer.startSpan('open');
      await tracer.close();
    } finally {
      globalThis.FinalizationRegistry = registry;
    }
    expect(told).toMatchObject([{ operationName: 'open', reason: 'closed' }]);
  });

  test('is an option of createZipkinTracer, as clock, ids and limits are', async () => {
    const told: UnfinishedSpan[] = [];
    const tracer = createZipkinTracer({
      serviceName: 'orders',
      url: 'http://127.0.0.1:1/api/v2/spans',
      now: () => 1_000,
      firstId: 1,
      limits: { maxTags: 1 },
      onUnfinished: (span) => told.push(span),
      onError() {},
    });
    expect(tracer.startSpan('open', { tags: { a: 1, b: 2 } }).droppedTags).toBe(1);
    await tracer.close();
    expect(told).toEqual([
      {
        operationName: 'open',
        startTime: 1_000,
        traceId: '0000000000000001',
        spanId: '0000000000000002',
        reason: 'closed',
      },
    ]);
  });

  test('that is no function is told of when the tracer is made', () => {
    const onUnfinished = 'warn' as unknown as () => void;
    expect(() => new BasicTracer({ onUnfinished })).toThrow(
      new TypeError("The onUnfinished is 'warn'; give a function."),
    );
  });
});
