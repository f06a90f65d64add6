import { EventEmitter, once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import {
  context,
  createContextKey,
  type Span as OtelSpan,
  propagation,
  ROOT_CONTEXT,
  trace,
} from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { Effect } from 'effect';
import { type ScopeManager, Tracer } from 'opentracing-ts';
import { BasicTracer } from 'opentracing-ts/basictracer';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { OpenTracingContextManager, registerOpenTelemetry } from 'opentracing-ts/opentelemetry';
import { AsyncLocalStorageScopeManager } from 'opentracing-ts/scope-managers/async-local-storage';
import { EffectScopeManager } from 'opentracing-ts/scope-managers/effect';
import { GeneratorScopeManager } from 'opentracing-ts/scope-managers/generator';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { managers } from './implementations.mjs';

const KEY = createContextKey('a key of the program');
let unregister = () => {};
afterEach(() => unregister());

function setUp(manager: ScopeManager = new AsyncLocalStorageScopeManager()) {
  const mock = new MockTracer(manager);
  const errors: unknown[] = [];
  unregister = registerOpenTelemetry({ tracer: mock, onError: (error) => errors.push(error) });
  return { mock, otel: trace.getTracer('lib'), errors };
}

/** The id of the active span of OpenTelemetry as MockTracer has it. */
function activeId(): string | undefined {
  return trace.getActiveSpan()?.spanContext().spanId.replace(/^0+/, '');
}

describe.each(managers as { name: string; create(): ScopeManager }[])('with $name', (entry) => {
  test('both worlds see the same active span, whoever activated it, and other keys stay', () => {
    const { mock, otel } = setUp(entry.create());
    context.with(ROOT_CONTEXT.setValue(KEY, 'value'), () => {
      mock.withActiveSpan('ours', (ours) => {
        expect(activeId()).toBe(ours.context().toSpanId());
        expect(context.active().getValue(KEY)).toBe('value');
        otel.startActiveSpan('theirs', (theirs) => {
          expect(trace.getActiveSpan()).toBe(theirs);
          expect(mock.activeSpan?.context().toSpanId()).toBe(activeId());
          expect(context.active().getValue(KEY)).toBe('value');
          mock.startSpan('inside theirs').finish();
          theirs.end();
        });
        expect(activeId()).toBe(ours.context().toSpanId());
      });
      expect(trace.getActiveSpan()).toBeUndefined();
    });
    expect(context.active()).toBe(ROOT_CONTEXT);
    expect(mock.formatTrees()).toBe('ours\n└ theirs\n  └ inside theirs');
  });
});

test('what is awaited and scheduled keeps its own context, beside others', async () => {
  const { mock, otel } = setUp();
  const run = (name: string) =>
    context.with(ROOT_CONTEXT.setValue(KEY, name), () =>
      otel.startActiveSpan(name, async (span) => {
        await turn();
        await mock.withActiveSpan(`${name} inner`, async () => {
          await turn();
          expect(context.active().getValue(KEY)).toBe(name);
          otel.startSpan(`${name} leaf`).end();
        });
        expect(trace.getActiveSpan()).toBe(span);
        span.end();
      }),
    );
  await Promise.all([run('a'), run('b')]);
  expect(mock.formatTrees()).toBe('a\n└ a inner\n  └ a leaf\nb\n└ b inner\n  └ b leaf');
});

test('coroutines keep the context that they are run in, beside others', async () => {
  const manager = new GeneratorScopeManager();
  const { mock, otel } = setUp(manager);
  const run = (name: string) =>
    context.with(ROOT_CONTEXT.setValue(KEY, name), () =>
      manager.run(() =>
        mock.withActiveSpan(name, function* () {
          yield turn();
          otel.startSpan(`${name} leaf`).end();
          expect(context.active().getValue(KEY)).toBe(name);
        }),
      ),
    );
  await Promise.all([run('a'), run('b')]);
  expect(mock.formatTrees()).toBe('a\n└ a leaf\nb\n└ b leaf');
});

test('fibers of Effect have their own active span in both worlds', async () => {
  const manager = new EffectScopeManager();
  const { mock, otel } = setUp(manager);
  const run = (name: string) =>
    manager.withActiveEffect(
      mock.startSpan(name),
      Effect.gen(function* () {
        yield* Effect.sleep(1);
        otel.startActiveSpan(`${name} leaf`, (leaf) => leaf.end());
      }),
      true,
    );
  await Effect.runPromise(Effect.all([run('a'), run('b')], { concurrency: 'unbounded' }));
  expect(mock.formatTrees()).toBe('a\n└ a leaf\nb\n└ b leaf');
});

test('what is left of a finished span is a parent, and records nothing', async () => {
  const { mock, otel } = setUp();
  let later = Promise.resolve(false);
  mock.withActiveSpan('work', () => {
    later = turn().then(() => {
      otel.startSpan('afterwards').end();
      return trace.getActiveSpan()?.isRecording() ?? true;
    });
  });
  expect(await later).toBe(false);
  expect(mock.formatTrees()).toBe('work\n└ afterwards');
});

test('the span that was activated is the very span of the tracer', () => {
  const { mock, otel } = setUp();
  otel.startActiveSpan('work', (span) => {
    mock.activeSpan?.setTag('by', 'ours');
    span.end();
  });
  expect(mock.finishedSpans()[0]?.tags).toMatchObject({ by: 'ours', component: 'lib' });
  mock.withActiveSpan('work', () => {
    expect(trace.getActiveSpan()).toBe(trace.getActiveSpan());
    expect(context.active()).toBe(context.active());
    trace.getActiveSpan()?.setAttribute('by', 'theirs');
  });
  expect(mock.finishedSpans()[1]?.tags).toEqual({ by: 'theirs' });
});

test('in the root context no span is active in either world', () => {
  const { mock } = setUp();
  mock.withActiveSpan('work', () =>
    context.with(ROOT_CONTEXT, () => {
      expect(trace.getActiveSpan()).toBeUndefined();
      expect(mock.activeSpan).toBeNull();
      mock.startSpan('root').finish();
    }),
  );
  expect(mock.finishedSpans()[0]?.parentId).toBeNull();
});

test('a span of another process is the parent of what OpenTracing starts', () => {
  const tracer = new BasicTracer({ scopeManager: new AsyncLocalStorageScopeManager() });
  unregister = registerOpenTelemetry({ tracer });
  const remote = trace.wrapSpanContext({
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    traceFlags: 1,
  });
  context.with(trace.setSpan(ROOT_CONTEXT, remote), () => {
    expect(trace.getActiveSpan()).toBe(remote);
    const span = tracer.startSpan('work');
    expect(span.parentId).toBe('b7ad6b7169203331');
    expect(span.context().toTraceId()).toBe('0af7651916cd43dd8448eb211c80319c');
  });
});

test('baggage of an active span of OpenTracing is in the context, as it is then', () => {
  const { mock } = setUp();
  mock.withActiveSpan('work', (span) => {
    span.setBaggageItem('customer', 'ada');
    expect(propagation.getActiveBaggage()?.getEntry('customer')?.value).toBe('ada');
    span.setBaggageItem('customer', 'bob');
    expect(propagation.getActiveBaggage()?.getEntry('customer')?.value).toBe('bob');
  });
});

test('with gives what the function returns, throws what it throws, and passes this and arguments', () => {
  setUp();
  const kitchen = {
    add(a: number, b: number) {
      return [this, a + b];
    },
  };
  expect(context.with(ROOT_CONTEXT, kitchen.add, kitchen, 1, 2)).toEqual([kitchen, 3]);
  const error = new Error('expected');
  expect(() =>
    context.with(ROOT_CONTEXT, () => {
      throw error;
    }),
  ).toThrow(error);
});

describe('bind', () => {
  test('makes a function run in the context, with its this, arguments and length', () => {
    const { otel } = setUp();
    const span = otel.startSpan('work');
    const bound = context.bind(
      trace.setSpan(ROOT_CONTEXT, span),
      function (this: unknown, a: number, b: number) {
        return [this, a + b, trace.getActiveSpan()];
      },
    );
    expect(bound.length).toBe(2);
    expect(bound.call('me', 1, 2)).toEqual(['me', 3, span]);
    expect(context.bind(ROOT_CONTEXT, 17)).toBe(17);
  });

  test('makes the listeners of an emitter run in the context, which are counted and removed as before', async () => {
    const { otel } = setUp();
    const span = otel.startSpan('work');
    const emitter = new EventEmitter();
    const bound = trace.setSpan(ROOT_CONTEXT, span);
    expect(context.bind(bound, context.bind(bound, emitter))).toBe(emitter);
    const seen: [string, OtelSpan | undefined, unknown][] = [];
    const listener = (name: string) =>
      function (this: unknown, value: unknown) {
        expect(this).toBe(emitter);
        seen.push([name, trace.getActiveSpan(), value]);
      };
    const on = listener('on');
    const first = listener('once');
    emitter.on('ready', on).once('ready', first);
    emitter
      .prependListener('ready', listener('before'))
      .prependOnceListener('ready', listener('first'));
    expect(emitter.listenerCount('ready')).toBe(4);
    expect(emitter.listeners('ready')).toContain(first);
    emitter.emit('ready', 1);
    expect(seen).toEqual(['first', 'before', 'on', 'once'].map((name) => [name, span, 1]));
    emitter.off('ready', on).once('ready', first).removeListener('ready', first);
    expect(emitter.listenerCount('ready')).toBe(1);
    const next = once(emitter, 'next');
    emitter.emit('next', 2);
    expect(await next).toEqual([2]);
    expect(emitter.listenerCount('next')).toBe(0);
    expect(() => emitter.on('ready', undefined as never)).toThrow(TypeError);
    expect(() => emitter.once('ready', undefined as never)).toThrow(TypeError);
  });
});

test('an emitter whose methods call each other runs a listener once, and lets it be removed', () => {
  setUp();
  class Kitchen extends EventEmitter {
    override addListener(event: string, listener: () => void): this {
      return this.on(event, listener);
    }
  }
  const kitchen = context.bind(ROOT_CONTEXT, new Kitchen());
  let calls = 0;
  const listener = () => void calls++;
  kitchen.addListener('ready', listener);
  kitchen.emit('ready');
  kitchen.removeListener('ready', listener);
  kitchen.emit('ready');
  expect(calls).toBe(1);
});

test('disabled, the root context is active and functions just run; enabled again, all is as before', () => {
  const mock = new MockTracer();
  const manager = new OpenTracingContextManager({ tracer: mock });
  const inside = ROOT_CONTEXT.setValue(KEY, 1);
  mock.withActiveSpan('work', () => {
    expect(manager.disable().active()).toBe(ROOT_CONTEXT);
    expect(manager.with(inside, () => manager.active())).toBe(ROOT_CONTEXT);
    expect(trace.getSpan(manager.enable().active())).toBeDefined();
    expect(manager.with(inside, () => manager.active())).toBe(inside);
  });
});

test('a scope manager that fails is told once, and the function runs once', () => {
  class Broken extends Tracer {
    override get scopeManager(): never {
      throw new Error('broken');
    }
  }
  const errors: unknown[] = [];
  const manager = new OpenTracingContextManager({
    tracer: new Broken(),
    onError: (error) => errors.push(error),
  });
  let calls = 0;
  expect(manager.with(ROOT_CONTEXT.setValue(KEY, 1), () => ++calls)).toBe(1);
  expect(manager.active()).toBe(ROOT_CONTEXT);
  expect(errors).toEqual([new Error('broken')]);
});

describe('registerOpenTelemetry', () => {
  test('leaves what is registered, tells of it, and takes out only its own', () => {
    const { mock } = setUp();
    const errors: unknown[] = [];
    const again = registerOpenTelemetry({
      tracer: new MockTracer(),
      onError: (error) => errors.push(error),
    });
    again();
    trace.getTracer('lib').startSpan('work').end();
    expect(mock.finishedSpans()).toHaveLength(1);
    expect(errors).toEqual([
      expect.objectContaining({
        message:
          'registerOpenTelemetry was called before, and what it registered stays; call the ' +
          'function that it returned to take that out first.',
      }),
    ]);
  });

  test('says so where another version of the API has registered something', () => {
    unregister();
    const slot = Symbol.for('opentelemetry.js.api.1');
    const shared = globalThis as { [slot]?: object };
    const before = shared[slot];
    onTestFinished(() => {
      shared[slot] = before as object;
    });
    shared[slot] = { version: '1.4.0' };
    const onError = vi.fn();
    registerOpenTelemetry({ tracer: new MockTracer(), onError })();
    expect(onError.mock.calls).toEqual([
      [
        new Error(
          'OpenTelemetry takes no tracer provider from here, as version 1.4.0 of @opentelemetry/api has ' +
            'registered something before and this is another: install one version of it alone.',
        ),
      ],
    ]);
  });

  test('tells once of what somebody else has registered, without calling it a failure', () => {
    trace.setGlobalTracerProvider(new BasicTracerProvider());
    context.setGlobalContextManager(new OpenTracingContextManager());
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    registerOpenTelemetry()();
    trace.disable();
    context.disable();
    expect(warn.mock.calls).toEqual([
      [
        'opentracing-ts: OpenTelemetry has a tracer provider already, which stays: register this one ' +
          'first.',
      ],
    ]);
    warn.mockRestore();
  });

  test('is undone by what it returns', () => {
    const { mock } = setUp();
    unregister();
    trace.getTracer('lib').startSpan('work').end();
    expect(mock.finishedSpans()).toHaveLength(0);
    mock.withActiveSpan('work', () => expect(trace.getActiveSpan()).toBeUndefined());
  });
});
