import { context, trace } from '@opentelemetry/api';
import {
  OpenTelemetryTracer,
  OpenTracingContextManager,
  OpenTracingTracerProvider,
} from 'opentracing-ts/opentelemetry';
import { afterEach, describe, expect, it, test, vi } from 'vitest';
import { runScenario, SCENARIOS, WORLDS, whyNot } from './mixed-programs.js';
import { setUpSdk, takeDownSdk } from './opentelemetry-helpers.js';

for (const world of WORLDS) {
  describe(`OpenTracing code and OpenTelemetry instrumentation into ${world.into} over ${world.over} make one trace:`, () => {
    for (const scenario of SCENARIOS.filter((one) => whyNot(world, one) === undefined)) {
      test(scenario.name, async () => {
        expect(await runScenario(world, scenario)).toEqual([]);
      });
    }
  });
}

describe('both bridges over each other', () => {
  afterEach(takeDownSdk);

  it('stop where the provider of one reports to the tracer of the other, and say so once', () => {
    takeDownSdk();
    const onError = vi.fn();
    const tracer = new OpenTelemetryTracer({ onError });
    trace.setGlobalTracerProvider(new OpenTracingTracerProvider({ tracer }));
    for (const name of ['a', 'b']) {
      tracer.startSpan(name).setTag('x', 1).finish();
      trace.getTracer('other').startSpan(name).end();
    }
    expect(onError).toHaveBeenCalledTimes(1);
    expect(onError.mock.calls[0]?.[0].message).toContain('leave one of the two bridges out');
  });

  it('stop where the contexts of one are the scopes of the other, and say so once', async () => {
    const onError = vi.fn();
    const { provider } = setUpSdk({ contextManager: null });
    const tracer = new OpenTelemetryTracer({ tracerProvider: provider, onError });
    context.setGlobalContextManager(new OpenTracingContextManager({ tracer }));
    const scope = tracer.startActiveSpan('a');
    expect([tracer.activeSpan, trace.getActiveSpan()]).toEqual([null, undefined]);
    scope.close();
    const result = await tracer.withActiveSpan('b', () =>
      context.with(trace.setSpan(context.active(), provider.getTracer('x').startSpan('c')), () =>
        tracer.scopeManager.bind(async () => 'done')(),
      ),
    );
    expect(result).toBe('done');
    expect(onError).toHaveBeenCalledTimes(1);
    expect(onError.mock.calls[0]?.[0].message).toContain('leave one of the two bridges out');
  });

  it('work where each has a program of its own behind it: instrumentation by way of OpenTracing', () => {
    takeDownSdk();
    const { provider, spans } = setUpSdk();
    const tracer = new OpenTelemetryTracer({ tracerProvider: provider });
    const instrumentation = new OpenTracingTracerProvider({ tracer }).getTracer('instrumentation');
    tracer.withActiveSpan('request', () => instrumentation.startSpan('query').end());
    const [query, request] = spans();
    expect([query?.name, query?.parentSpanContext?.spanId]).toEqual([
      'query',
      request?.spanContext().spanId,
    ]);
  });
});
