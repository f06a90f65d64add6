import { EventEmitter } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { AsyncLocalStorageScopeManager } from 'opentracing-ts/scope-managers/async-local-storage';
import { ThreadLocalScopeManager } from 'opentracing-ts/scope-managers/thread-local';
import { describe, expect, test } from 'vitest';

function setUp() {
  const tracer = new MockTracer(new AsyncLocalStorageScopeManager());
  const span = (name: string) => {
    const found = tracer.finishedSpans().find((finished) => finished.operationName === name);
    expect(found, `a finished span '${name}'`).toBeDefined();
    return found as NonNullable<typeof found>;
  };
  const idOf = (name: string) => span(name).context().toSpanId();
  return { tracer, span, idOf };
}

describe('withActiveSpan over AsyncLocalStorage', () => {
  test('gives concurrent requests their own children', async () => {
    const { tracer, span, idOf } = setUp();
    const request = (name: string, turns: number) =>
      tracer.withActiveSpan(name, async () => {
        for (let i = 0; i < turns; i++) {
          await turn();
        }
        await tracer.withActiveSpan(`${name} query`, () => turn());
        tracer.startSpan(`${name} end`).finish();
      });
    await Promise.all([request('a', 3), request('b', 1), request('c', 2)]);
    for (const name of ['a', 'b', 'c']) {
      expect(span(name).parentId).toBeNull();
      expect(span(`${name} query`).parentId).toBe(idOf(name));
      expect(span(`${name} end`).parentId).toBe(idOf(name));
    }
    expect(new Set(tracer.finishedSpans().map((s) => s.context().toTraceId())).size).toBe(3);
  });

  test('lets a timer that it scheduled have the finished span as the parent, not its data', async () => {
    const { tracer, span, idOf } = setUp();
    const late = tracer.withActiveSpan('request', (request) => {
      request.setTag('payload', 'large').setBaggageItem('tenant', 'a');
      return {
        done: turn().then(() => {
          const active = tracer.activeSpan;
          expect(active).not.toBe(request);
          expect(active?.context()).toBe(request.context());
          expect(active?.tracer()).toBe(tracer);
          expect(active?.getBaggageItem('tenant')).toBe('a');
          expect(active?.getBaggageItem('toString')).toBeUndefined();
          active?.setTag('late', 1).log({ late: 1 }).finish();
          tracer.startSpan('cleanup').finish();
        }),
      };
    });
    await late.done;
    expect(span('cleanup').parentId).toBe(idOf('request'));
    expect(span('cleanup').getBaggageItem('tenant')).toBe('a');
    expect(span('request').tags).toEqual({ payload: 'large' });
  });

  test('leaves a rejection that nobody handles unhandled', async () => {
    const { tracer } = setUp();
    const error = new Error('expected');
    const seen: unknown[] = [];
    const listeners = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    process.once('unhandledRejection', (reason) => seen.push(reason));
    try {
      void tracer.withActiveSpan('any', () => Promise.reject(error));
      await turn();
    } finally {
      process.removeAllListeners('unhandledRejection');
      for (const listener of listeners) {
        process.on('unhandledRejection', listener);
      }
    }
    expect(seen).toEqual([error]);
  });

  test('gives back a promise of the class that its function returned', async () => {
    class Query extends Promise<number> {}
    const { tracer } = setUp();
    const running = tracer.withActiveSpan('any', () => Query.resolve(42));
    expect(running).toBeInstanceOf(Query);
    expect(await running).toBe(42);
  });

  test('is right for listeners of an emitter that were bound', () => {
    const { tracer } = setUp();
    const emitter = new EventEmitter();
    const seen: (string | undefined)[] = [];
    const note = () => seen.push(tracer.activeSpan?.context().toSpanId());
    const id = tracer.withActiveSpan('listener', (span) => {
      emitter.on('event', note);
      emitter.on('event', tracer.scopeManager.bind(note));
      return span.context().toSpanId();
    });
    tracer.withActiveSpan('emitter', (span) => {
      emitter.emit('event');
      expect(seen).toEqual([span.context().toSpanId(), id]);
    });
  });
});

describe('startActiveSpan over AsyncLocalStorage', () => {
  const block = async (tracer: MockTracer, name: string) => {
    using _scope = tracer.startActiveSpan(name);
    await turn();
    tracer.startSpan(`${name} child`).finish();
  };

  test('is right for async functions that are awaited one after the other', async () => {
    const { tracer, span, idOf } = setUp();
    await tracer.withActiveSpan('request', async () => {
      await block(tracer, 'first');
      await block(tracer, 'second');
      tracer.startSpan('third').finish();
    });
    for (const name of ['first', 'second', 'third']) {
      expect(span(name).parentId).toBe(idOf('request'));
    }
    expect(span('second child').parentId).toBe(idOf('second'));
    expect(tracer.activeSpan).toBeNull();
  });

  test('has the stated limit: a caller that does not await sees the scope of the async function', async () => {
    const { tracer, span, idOf } = setUp();
    await tracer.withActiveSpan('request', () =>
      Promise.all([block(tracer, 'first'), block(tracer, 'second')]),
    );
    expect(span('first').parentId).toBe(idOf('request'));
    // Entered in the caller's context, as every runtime does it: 'second' begins inside 'first'.
    expect(span('second').parentId).toBe(idOf('first'));
    // Each of the functions is right inside, and nothing is left over.
    expect(span('first child').parentId).toBe(idOf('first'));
    expect(span('second child').parentId).toBe(idOf('second'));
    expect(tracer.activeSpan).toBeNull();
  });

  test('behind the first await of an async function is free of that limit', async () => {
    const { tracer, span, idOf } = setUp();
    const late = async (name: string) => {
      await turn();
      await block(tracer, name);
    };
    await tracer.withActiveSpan('request', () => Promise.all([late('first'), late('second')]));
    expect(span('first').parentId).toBe(idOf('request'));
    expect(span('second').parentId).toBe(idOf('request'));
  });

  test('closed in the wrong order across awaits loses no span', async () => {
    const { tracer, span, idOf } = setUp();
    await tracer.withActiveSpan('request', async () => {
      const outer = tracer.startActiveSpan('outer');
      const inner = tracer.startActiveSpan('inner');
      await turn();
      outer.close();
      expect(tracer.activeSpan).toBe(inner.span);
      await turn();
      inner.close();
      expect(tracer.activeSpan?.context().toSpanId()).toBe(span('outer').parentId);
      tracer.startSpan('after').finish();
    });
    expect(span('outer').finishTime).toBeLessThan(span('inner').finishTime as number);
    expect(span('after').parentId).toBe(idOf('request'));
  });
});

describe('the thread-local manager in asynchronous code', () => {
  test('has its span active until the function returns, and finishes it when the promise settles', async () => {
    const tracer = new MockTracer(new ThreadLocalScopeManager());
    const running = tracer.withActiveSpan('request', async (span) => {
      expect(tracer.activeSpan).toBe(span);
      await turn();
      expect(tracer.activeSpan).toBeNull();
    });
    expect(tracer.activeSpan).toBeNull();
    expect(tracer.finishedSpans()).toEqual([]);
    await running;
    expect(tracer.finishedSpans()).toHaveLength(1);
  });
});
