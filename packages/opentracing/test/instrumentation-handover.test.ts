import { execFileSync, fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { globalTracer, type Span, setGlobalTracer, Tracer } from 'opentracing-ts';
import { BasicTracer, InMemoryRecorder } from 'opentracing-ts/basictracer';
import {
  attachContext,
  contextFromEnvironment,
  detachContext,
  environmentWithContext,
  tracedHandler,
} from 'opentracing-ts/instrumentation/child-process';
import * as ofWorkers from 'opentracing-ts/instrumentation/worker-threads';
import type { MockTracer } from 'opentracing-ts/mocktracer';
import { AsyncLocalStorageScopeManager } from 'opentracing-ts/scope-managers/async-local-storage';
import { describe, expect, it, onTestFinished, test, vi } from 'vitest';
import { createTracer } from './instrumentation-helpers.js';

function w3cTracer() {
  return new BasicTracer({
    recorder: new InMemoryRecorder(),
    propagation: ['tracecontext', 'baggage'],
    traceId128: true,
    scopeManager: new AsyncLocalStorageScopeManager(),
  });
}

class Broken extends Tracer {
  override get activeSpan(): never {
    throw new Error('broken');
  }
  override startSpan(): never {
    throw new Error('broken');
  }
  override extract(): never {
    throw new Error('broken');
  }
}

const fixture = (name: string) => new URL(`./fixtures/handover/${name}`, import.meta.url);

test('before there is a tracer, values and environments go as they are', () => {
  const value = { a: 1 };
  const inject = vi.spyOn(globalTracer(), 'inject');

  expect(attachContext(value)).toBe(value);
  expect(detachContext(value)).toEqual({ value, context: null });
  const handler = tracedHandler('handle', (given: unknown, more: number) => [given, more]);
  expect(handler(value, 2)).toEqual([value, 2]);
  expect(handler({ 'opentracing-ts/v1': { a: 'b' }, value }, 2)).toEqual([value, 2]);
  expect(environmentWithContext({ env: { A: '1' } })).toEqual({ A: '1' });
  expect(contextFromEnvironment()).toBeNull();
  expect(inject).not.toHaveBeenCalled();
});

describe('to a worker thread', () => {
  test('workerData and messages carry the trace, and transfer what they transfer', async () => {
    const tracer = w3cTracer();
    const span = tracer.startSpan('request').setBaggageItem('customer', 'ann');
    const worker = tracer.scopeManager.withActive(
      span,
      () =>
        new Worker(fixture('worker.mjs'), {
          workerData: ofWorkers.attachContext({ size: 3 }, { tracer }),
        }),
    );
    onTestFinished(async () => void (await worker.terminate()));
    const bytes = new Uint8Array([1, 2, 3]);

    worker.postMessage(ofWorkers.attachContext(bytes, { tracer, span }), [bytes.buffer]);
    const [answer] = await once(worker, 'message');

    expect(bytes.byteLength).toBe(0);
    const parent = { traceId: span.context().toTraceId(), parentId: span.context().toSpanId() };
    expect(answer).toEqual({
      total: 6,
      spans: [
        { operationName: 'start', ...parent, tags: { data: { size: 3 } } },
        { operationName: 'sum', ...parent, tags: { customer: 'ann' } },
      ],
    });

    worker.postMessage(ofWorkers.attachContext(new Uint8Array([4]), { tracer }));
    const [root] = await once(worker, 'message');
    expect(root.total).toBe(4);
    expect(root.spans).toMatchObject([{ operationName: 'sum', parentId: null }]);
  });
});

describe('to a child process', () => {
  test('fork and messages carry the trace', async () => {
    const tracer = w3cTracer();
    const span = tracer.startSpan('request').setBaggageItem('customer', 'ann');
    const child = fork(fixture('child.mjs'), { env: environmentWithContext({ tracer, span }) });
    onTestFinished(() => void child.kill());

    child.send(attachContext('tea', { tracer, span }));
    const [{ text, spans }] = await once(child, 'message');

    expect(text).toBe('TEA');
    const parent = { traceId: span.context().toTraceId(), parentId: span.context().toSpanId() };
    expect(spans).toEqual([
      { operationName: 'main', ...parent, customer: 'ann' },
      { operationName: 'shout', ...parent, customer: 'ann' },
    ]);
    child.disconnect();
    await once(child, 'exit');
  });

  test('a program that is spawned goes on with the trace, or begins its own', () => {
    const tracer = w3cTracer();
    const run = () =>
      JSON.parse(
        String(
          execFileSync(process.execPath, [fileURLToPath(fixture('child.mjs'))], {
            env: environmentWithContext({ tracer }),
          }),
        ),
      );
    const span = tracer.startSpan('request');

    expect(tracer.scopeManager.withActive(span, run)).toMatchObject([
      { operationName: 'main', parentId: span.context().toSpanId() },
    ]);
    expect(run()).toMatchObject([{ operationName: 'main', parentId: null }]);
  });
});

describe('an environment', () => {
  const env = { PATH: '/bin', Path: 'C:\\', EMPTY: '', GONE: undefined };

  test('names the variables as the specification has them, and keeps the others', () => {
    const tracer = w3cTracer();
    const span = tracer.startSpan('request').setBaggageItem('customer', 'ann');
    const { TRACEPARENT, BAGGAGE, ...rest } = environmentWithContext({ tracer, span, env });

    expect(rest).toEqual(env);
    expect(TRACEPARENT).toBe(`00-${span.context().toTraceId()}-${span.context().toSpanId()}-01`);
    expect(BAGGAGE).toBe('customer=ann');
    expect(environmentWithContext({ tracer, env })).toEqual(env);
    expect(environmentWithContext({ tracer, env })).not.toBe(env);
  });

  it.each(['b3', 'b3multi', 'jaeger', 'ottrace', 'tracecontext'] as const)(
    'carries %s there and back, over what the process was given itself',
    (format) => {
      const recorder = new InMemoryRecorder();
      const tracer = new BasicTracer({ recorder, propagation: [format] });
      const inherited = {
        B3: '463ac35c9f6413ad-a2fb4a1d1a96d312-1',
        X_B3_TRACEID: '463ac35c9f6413ad',
        X_B3_SPANID: 'a2fb4a1d1a96d312',
        TRACEPARENT: '00-463ac35c9f6413ad463ac35c9f6413ad-a2fb4a1d1a96d312-01',
        UBER_TRACE_ID: '463ac35c9f6413ad:a2fb4a1d1a96d312:0:1',
      };
      const span = tracer.startSpan('request');
      const given = environmentWithContext({ tracer, span, env: inherited });
      const context = contextFromEnvironment({ tracer, env: given });

      expect(context?.toSpanId()).toBe(span.context().toSpanId());
      expect(Object.keys(given).every((name) => /^[A-Z_][A-Z0-9_]*$/.test(name))).toBe(true);
    },
  );

  test('that cannot be read is no context, and is told of', () => {
    const onError = vi.fn();
    const env = { OT_TRACER_TRACEID: 'nonsense', OT_TRACER_SPANID: 'x' };
    const tracer = new BasicTracer({ recorder: new InMemoryRecorder() });
    expect(contextFromEnvironment({ tracer, env, onError })).toBeNull();
    expect(onError).toHaveBeenCalledTimes(1);
  });
});

describe('a message', () => {
  function envelope(tracer: MockTracer, span: Span, value: unknown) {
    return structuredClone(attachContext(value, { tracer, span }));
  }

  test('comes through JSON, whatever it is', () => {
    const tracer = createTracer();
    const span = tracer.startSpan('request');
    for (const value of ['text', 1, null, [1], { value: 1 }, false]) {
      const sent = JSON.parse(JSON.stringify(attachContext(value, { tracer, span })));
      const received = detachContext(sent, { tracer });
      expect(received.value).toEqual(value);
      expect(received.context?.toSpanId()).toBe(span.context().toSpanId());
    }
  });

  test('is handled with a span that lasts until the handler has settled', async () => {
    const tracer = createTracer();
    const span = tracer.startSpan('request');
    const error = new Error('no such word');
    const sort = tracedHandler(
      { name: 'sort', tracer, tags: { layer: 'worker' } },
      async (words: string[], port: string) => {
        await null;
        tracer.startSpan(`compare at ${port}`).finish();
        if (words.length === 0) throw error;
        return [...words].sort();
      },
    );

    expect(await sort(envelope(tracer, span, ['tea', 'milk']) as string[], 'a')).toEqual([
      'milk',
      'tea',
    ]);
    await expect(sort([], 'b')).rejects.toBe(error);
    span.finish();

    expect(tracer.formatTrees()).toBe('request\n└ sort\n  └ compare at a\nsort\n└ compare at b');
    const [first, second] = tracer.finishedSpans().filter((each) => each.operationName === 'sort');
    expect(first?.tags).toEqual({ layer: 'worker' });
    expect(second?.tags.error).toBe(true);
  });

  test('is handled with the this of the listener', () => {
    const tracer = createTracer();
    const port = new EventEmitter();
    const seen: unknown[] = [];
    port.on(
      'message',
      tracedHandler({ name: 'handle', tracer }, function (this: unknown, value: unknown) {
        seen.push(this, value);
      }),
    );
    port.emit('message', 1);
    port.emit('message', envelope(tracer, tracer.startSpan('request'), 2));
    expect(seen).toEqual([port, 1, port, 2]);
  });

  test('without a context begins a trace, even where a span is active', () => {
    const tracer = createTracer();
    const handle = tracedHandler({ name: 'handle', tracer }, () => {});
    tracer.withActiveSpan('poll', () => handle(undefined));
    expect(tracer.getSpan('handle').parentId).toBeNull();
  });

  test('goes as it is where the tracer fails in the middle of its context', () => {
    class Halfway extends Tracer {
      override inject(_span: unknown, _format: string, carrier: unknown): never {
        (carrier as Record<string, string>).half = 'a context';
        throw new Error('broken');
      }
    }
    const options = {
      tracer: new Halfway(),
      onError: vi.fn(),
      span: createTracer().startSpan('a'),
    };
    expect(attachContext('tea', options)).toBe('tea');
    expect(options.onError).toHaveBeenCalledTimes(1);
  });

  test('goes and arrives where the tracer is broken, and the first failure is told of', () => {
    const onError = vi.fn();
    const options = { tracer: new Broken(), onError };
    const value = { a: 1 };
    expect(attachContext(value, options)).toBe(value);
    expect(environmentWithContext({ ...options, env: { A: '1' } })).toEqual({ A: '1' });
    expect(onError).toHaveBeenCalledTimes(2);

    const handle = tracedHandler({ name: 'handle', ...options }, (given) => given);
    const sent = { 'opentracing-ts/v1': { a: 'b' }, value };
    expect([handle(sent), handle(sent)]).toEqual([value, value]);
    expect(onError).toHaveBeenCalledTimes(3);
  });
});

it.each([
  [() => tracedHandler(1 as never, () => {}), 'tracedHandler takes a name or options, not 1.'],
  [
    () => tracedHandler(null as never, () => {}),
    'tracedHandler takes a name or options, not null.',
  ],
  [() => tracedHandler({} as never, () => {}), 'The name is undefined; give a string.'],
  [
    () => tracedHandler({ name: 'handle', tags: 'a' as never }, () => {}),
    "The tags are 'a'; give an object.",
  ],
  [
    () => environmentWithContext({ env: 'PATH' as never }),
    "The env is 'PATH'; give an object, or leave it out for process.env.",
  ],
  [
    () => contextFromEnvironment({ env: 1 as never }),
    'The env is 1; give an object, or leave it out for process.env.',
  ],
  [
    () => tracedHandler('handle', 'fn' as never),
    "tracedHandler takes a function after its options, not 'fn'.",
  ],
  [
    () => attachContext(1, { tracer: {} as never }),
    'The tracer is an object, which has no method startSpan; leave it out for the default.',
  ],
])('tells of wrong use: %s', (use, message) => {
  expect(use).toThrow(new TypeError(message));
});

test('the global tracer is the default', () => {
  const tracer = createTracer();
  setGlobalTracer(tracer);
  const handle = tracedHandler('handle', () => {});
  tracer.withActiveSpan('request', () => handle(attachContext(1)));
  expect(tracer.formatTrees()).toBe('request\n└ handle');
});
