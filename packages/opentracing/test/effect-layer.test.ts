import { createRequire } from 'node:module';
import { setImmediate as turn } from 'node:timers/promises';
import { Deferred, Effect, Tracer as EffectTracer, Exit, Fiber, Layer, Logger } from 'effect';
import { BasicTracer, InMemoryRecorder } from 'opentracing-ts/basictracer';
import { MockTracer } from 'opentracing-ts/mocktracer';
import {
  EffectScopeManager,
  opentracingLayer,
  withSpan,
} from 'opentracing-ts/scope-managers/effect';
import { ThreadLocalScopeManager } from 'opentracing-ts/scope-managers/thread-local';
import { describe, expect, test } from 'vitest';

function setUp() {
  const tracer = new MockTracer(new EffectScopeManager());
  const span = (name: string) => {
    const found = tracer.finishedSpans().find((finished) => finished.operationName === name);
    expect(found, `a finished span '${name}'`).toBeDefined();
    return found as NonNullable<typeof found>;
  };
  const idOf = (name: string) => span(name).context().toSpanId();
  const run = <A, E>(effect: Effect.Effect<A, E>) =>
    Effect.runPromise(Effect.provide(effect, opentracingLayer(tracer)));
  const leaf = (name: string) => Effect.sync(() => tracer.startSpan(name).finish());
  return { tracer, span, idOf, run, leaf };
}

describe("Effect's own spans under opentracingLayer", () => {
  test('are spans of the tracer, with their parents', async () => {
    const { tracer, span, idOf, run } = setUp();
    const query = Effect.fn('query')(function* (id: number) {
      yield* Effect.sleep(1);
      return id;
    });
    const program = Effect.all([query(1), query(2)], { concurrency: 'unbounded' }).pipe(
      Effect.withSpan('request'),
    );
    expect(await run(program)).toEqual([1, 2]);
    expect(tracer.finishedSpans().map(({ operationName }) => operationName)).toEqual([
      'query',
      'query',
      'request',
    ]);
    for (const child of tracer.finishedSpans().slice(0, 2)) {
      expect(child.parentId).toBe(idOf('request'));
    }
    expect(span('request').parentId).toBeNull();
  });

  test('have their attributes as tags, their kind as span.kind, and their logs', async () => {
    const { span, run } = setUp();
    const program = Effect.gen(function* () {
      yield* Effect.annotateCurrentSpan({ count: 3, nested: { a: 1 } });
      yield* Effect.log('halfway').pipe(
        Effect.annotateLogs('tenant', 'a'),
        Effect.provideService(Logger.CurrentLoggers, new Set([Logger.tracerLogger])),
      );
      const current = yield* Effect.currentSpan;
      current.event('cache', 0n, { hit: true });
      expect(current.attributes.get('count')).toBe(3);
    });
    await run(
      program.pipe(
        Effect.withSpan('server', { kind: 'server', attributes: { route: '/' } }),
        Effect.withSpan('plain'),
      ),
    );
    expect(span('server').tags).toEqual({
      'span.kind': 'server',
      route: '/',
      count: 3,
      nested: { a: 1 },
    });
    expect(span('plain').tags).toEqual({});
    expect(span('server').logs.map(({ fields }) => fields)).toMatchObject([
      { event: 'halfway', tenant: 'a', 'effect.logLevel': 'INFO' },
      { event: 'cache', hit: true },
    ]);
  });

  test('record how they fail, and that they were interrupted', async () => {
    const { span, run } = setUp();
    const error = new RangeError('expected');
    const both = Effect.fail(error).pipe(
      Effect.withSpan('fail'),
      Effect.ensuring(Effect.die('defect')),
      Effect.withSpan('both'),
      Effect.exit,
    );
    expect(Exit.isFailure(await run(both))).toBe(true);
    expect(span('fail').tags).toEqual({ error: true });
    expect(span('fail').logs[0]?.fields).toMatchObject({ event: 'error', 'error.object': error });
    const logged = span('both').logs.map(({ fields }) => fields['error.object']);
    expect(logged).toContain('defect');

    await run(
      Effect.never.pipe(Effect.withSpan('slow'), Effect.timeoutOption(2), Effect.withSpan('fine')),
    );
    expect(span('slow').tags).toEqual({ 'effect.fiber.interrupted': true });
    expect(span('slow').logs).toEqual([]);
    expect(span('fine').tags).toEqual({});
  });

  test('have the ids of the span, for what else reads them', async () => {
    const { span, run } = setUp();
    const current = await run(Effect.currentSpan.pipe(Effect.withSpan('request')));
    expect(current.spanId).toBe(span('request').context().toSpanId());
    expect(current.traceId).toBe(span('request').context().toTraceId());
    expect(current.status).toMatchObject({ _tag: 'Ended', exit: Exit.void });
  });

  test('refer to the spans that they are linked to', async () => {
    const { span, idOf, run } = setUp();
    const program = Effect.gen(function* () {
      const linked = yield* Effect.makeSpan('linked');
      const link = { span: linked, attributes: { why: 'batch' } };
      yield* Effect.void.pipe(Effect.withSpan('child', { links: [link] }), Effect.withSpan('a'));
      yield* Effect.void.pipe(Effect.withSpan('root', { root: true, links: [link] }));
      yield* Effect.currentSpan.pipe(
        Effect.map((late) => late.addLinks([link])),
        Effect.withSpan('late'),
      );
      linked.end(0n, Exit.void);
    });
    await run(program);
    expect(span('child').parentId).toBe(idOf('a'));
    expect(
      span('child').references.map((reference) => [
        reference.type(),
        reference.referencedContext()?.toSpanId(),
      ]),
    ).toEqual([
      ['child_of', idOf('a')],
      ['follows_from', idOf('linked')],
    ]);
    for (const name of ['root', 'late']) {
      expect(span(name).parentId).toBeNull();
      expect(span(name).logs[0]?.fields).toMatchObject({
        event: 'link',
        why: 'batch',
        span_id: idOf('linked'),
      });
    }
  });

  test('that are not sampled are not recorded', async () => {
    const recorder = new InMemoryRecorder();
    const tracer = new BasicTracer({ scopeManager: new EffectScopeManager(), recorder });
    await Effect.runPromise(
      Effect.void.pipe(
        Effect.withSpan('child'),
        Effect.withSpan('unsampled', { sampled: false }),
        Effect.andThen(Effect.void.pipe(Effect.withSpan('sampled'))),
        Effect.provide(opentracingLayer(tracer)),
      ),
    );
    expect(recorder.spans.map(({ operationName }) => operationName)).toEqual(['sampled']);
  });
});

describe('the active span and the current span of Effect', () => {
  test('are one: each is the parent of what the other world starts', async () => {
    const { tracer, span, idOf, run, leaf } = setUp();
    const program = Effect.gen(function* () {
      const scope = tracer.startActiveSpan('scope');
      yield* leaf('in effect').pipe(Effect.withSpan('effect'));
      yield* leaf('in inner').pipe(
        Effect.withSpan('inner effect'),
        withSpan(tracer, 'inner'),
        Effect.withSpan('outer effect'),
      );
      scope.close();
    });
    await tracer.withActiveSpan('request', () => run(program.pipe(Effect.withSpan('program'))));
    const parents = {
      'in effect': 'effect',
      effect: 'scope',
      'in inner': 'inner effect',
      'inner effect': 'inner',
      inner: 'outer effect',
      'outer effect': 'scope',
      scope: 'program',
      program: 'request',
    };
    for (const [child, parent] of Object.entries(parents)) {
      expect(span(child).parentId, child).toBe(idOf(parent));
    }
    expect(span('request').parentId).toBeNull();
  });

  test('reach behind the awaits of a promise, and no other fiber', async () => {
    const { tracer, span, idOf, run, leaf } = setUp();
    const work = (name: string, turns: number) =>
      Effect.tryPromise(async () => {
        for (let i = 0; i < turns; i++) {
          await turn();
        }
        using _scope = tracer.startActiveSpan(`${name} scope`);
        await turn();
        tracer.startSpan(`${name} promise`).finish();
      }).pipe(Effect.andThen(leaf(`${name} after`)), Effect.withSpan(name));
    await run(
      Effect.gen(function* () {
        const fibers = yield* Effect.all(
          [work('a', 3), work('b', 0), work('c', 1)].map((effect) => Effect.forkChild(effect)),
        );
        yield* Fiber.joinAll(fibers);
        yield* leaf('end');
      }),
    );
    for (const name of ['a', 'b', 'c']) {
      expect(span(`${name} promise`).parentId).toBe(idOf(`${name} scope`));
      expect(span(`${name} scope`).parentId).toBe(idOf(name));
      expect(span(`${name} after`).parentId).toBe(idOf(name));
      expect(span(name).parentId).toBeNull();
    }
    expect(span('end').parentId).toBeNull();
  });

  test('follow Effect.callback, timers and queues of microtasks', async () => {
    const { tracer, span, idOf, run } = setUp();
    const later = Effect.callback<void>((resume) => {
      setTimeout(() => {
        tracer.startSpan('in timer').finish();
        queueMicrotask(() => {
          tracer.startSpan('in microtask').finish();
          resume(Effect.void);
        });
      }, 1);
    });
    await run(later.pipe(Effect.withSpan('request')));
    expect(span('in timer').parentId).toBe(idOf('request'));
    expect(span('in microtask').parentId).toBe(idOf('request'));
  });

  test('give way to a parent that the program names, and to root', async () => {
    const { tracer, span, idOf, run, leaf } = setUp();
    const program = Effect.gen(function* () {
      const named = yield* Effect.makeSpan('named');
      yield* Effect.void.pipe(Effect.withSpan('child', { parent: named }));
      yield* leaf('plain').pipe(Effect.withSpan('root', { root: true }));
      yield* leaf('under named').pipe(Effect.withParentSpan(named));
      named.end(0n, Exit.void);
    });
    await run(program.pipe(withSpan(tracer, 'request')));
    expect(span('child').parentId).toBe(idOf('named'));
    expect(span('root').parentId).toBeNull();
    expect(span('plain').parentId).toBe(idOf('root'));
    expect(span('under named').parentId).toBe(idOf('named'));
    expect(span('named').parentId).toBe(idOf('request'));
  });

  test('may be an external span, which is known by its ids', async () => {
    const { tracer, span, idOf, run, leaf } = setUp();
    const traceId = '463ac35c9f6413ad48485a3953bb6124';
    const external = EffectTracer.externalSpan({ traceId, spanId: 'a2fb4a1d1a96d312' });
    await run(
      leaf('plain').pipe(
        Effect.andThen(leaf('in effect').pipe(Effect.withSpan('effect'))),
        Effect.andThen(leaf('in ours').pipe(withSpan(tracer, 'ours'))),
        Effect.withParentSpan(external),
        withSpan(tracer, 'around'),
      ),
    );
    for (const name of ['plain', 'effect', 'ours']) {
      expect(span(name).parentId).toBe('a2fb4a1d1a96d312');
      expect(span(name).context().toTraceId()).toBe(traceId);
    }
    expect(span('in effect').parentId).toBe(idOf('effect'));
    expect(span('in ours').parentId).toBe(idOf('ours'));
  });

  test('pass over the spans of a part that Effect does not trace', async () => {
    const { tracer, span, idOf, run, leaf } = setUp();
    await run(
      leaf('leaf').pipe(
        Effect.withSpan('untraced'),
        Effect.withTracerEnabled(false),
        Effect.withSpan('traced'),
      ),
    );
    expect(span('leaf').parentId).toBe(idOf('traced'));
    expect(tracer.finishedSpans()).toHaveLength(2);
  });

  test('are the finished span for a fiber that outlives it, by the context', async () => {
    const { tracer, span, idOf, run, leaf } = setUp();
    const gate = Deferred.makeUnsafe<void>();
    const late = Deferred.await(gate).pipe(
      Effect.andThen(leaf('late leaf')),
      Effect.andThen(Effect.void.pipe(Effect.withSpan('late effect'))),
    );
    const fiber = await run(Effect.forkDetach(late).pipe(Effect.withSpan('request')));
    expect(tracer.finishedSpans()).toHaveLength(1);
    Deferred.doneUnsafe(gate, Exit.void);
    await Effect.runPromise(Fiber.join(fiber));
    expect(span('late leaf').parentId).toBe(idOf('request'));
    expect(span('late effect').parentId).toBe(idOf('request'));
  });
});

describe('opentracingLayer', () => {
  test('is a layer among others, and covers spans of a scope', async () => {
    const { tracer, span, idOf } = setUp();
    const program = Effect.scoped(
      Effect.andThen(
        Effect.makeSpanScoped('scoped'),
        Effect.void.pipe(Effect.withSpan('work')),
      ).pipe(Effect.withSpan('program')),
    );
    const layers = Layer.mergeAll(Layer.empty, opentracingLayer(tracer));
    await Effect.runPromise(Effect.provide(program, layers));
    expect(span('work').parentId).toBe(idOf('program'));
    expect(span('scoped').parentId).toBe(idOf('program'));
  });

  test('works from CommonJS, and across the two copies of the package', async () => {
    type Module = typeof import('opentracing-ts/scope-managers/effect');
    const require = createRequire(import.meta.url);
    const commonjs: Module = require('opentracing-ts/scope-managers/effect');
    const esm: Module = { EffectScopeManager, opentracingLayer, withSpan };
    expect(commonjs.withSpan).not.toBe(withSpan);
    for (const [one, other] of [
      [commonjs, commonjs],
      [commonjs, esm],
      [esm, commonjs],
    ] as const) {
      const tracer = new MockTracer(new one.EffectScopeManager());
      const leaf = Effect.promise(async () => {
        await turn();
        tracer.startSpan('leaf').finish();
      });
      await Effect.runPromise(
        leaf.pipe(
          Effect.withSpan('effect'),
          other.withSpan(tracer, 'ours'),
          Effect.provide(other.opentracingLayer(tracer)),
        ),
      );
      const [last, effect, ours] = tracer.finishedSpans();
      expect(last?.parentId).toBe(effect?.context().toSpanId());
      expect(effect?.parentId).toBe(ours?.context().toSpanId());
      expect(ours?.operationName).toBe('ours');
    }
  });

  test('refuses a tracer with another scope manager, and names it', () => {
    expect(() => opentracingLayer(new MockTracer(new ThreadLocalScopeManager()))).toThrow(
      new TypeError(
        'opentracingLayer takes a tracer whose scope manager is an EffectScopeManager, ' +
          'not ThreadLocalScopeManager.',
      ),
    );
  });
});
