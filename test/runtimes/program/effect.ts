// For the fibers of Effect: in a runtime with AsyncLocalStorage more of their code sees the span.
import { Effect } from 'effect';
import { scopeChecks } from 'opentracing-ts/harness';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { AsyncLocalStorageScopeManager } from 'opentracing-ts/scope-managers/async-local-storage';
import { EffectScopeManager, opentracingLayer } from 'opentracing-ts/scope-managers/effect';
import { type Area, ensure } from './report.js';
import { named, tracerChecks } from './tracers.js';

const effect: Area = () => {
  const options = { async: AsyncLocalStorageScopeManager.isSupported() };
  const manager = new EffectScopeManager();
  const tracer = new MockTracer(manager);
  const layer = opentracingLayer(tracer);
  const inFiber = scopeChecks(() => manager, {
    ...options,
    runIn: (check) =>
      Effect.runPromise(Effect.promise(async () => check()).pipe(Effect.provide(layer))),
  });
  return [
    ...named('in a fiber', inFiber),
    ...tracerChecks(() => new EffectScopeManager(), options),
    {
      name: "Effect's own spans are spans of the tracer, active in their fibers and nested",
      async run() {
        const active = Effect.sync(() => tracer.activeSpan);
        const inner = Effect.sleep(1).pipe(Effect.andThen(active), Effect.withSpan('inner'));
        const seen = await Effect.runPromise(
          inner.pipe(Effect.withSpan('outer'), Effect.provide(layer)),
        );
        const [first, second] = tracer.finishedSpans();
        ensure(first?.operationName === 'inner', 'The inner span is not finished.');
        ensure(seen === first, 'The inner span was not active.');
        ensure(first.parentId === second?.context().toSpanId(), 'They are not nested.');
      },
    },
  ];
};

export const areas = { effect };
