import { EventEmitter } from 'node:events';
import {
  type ContextManager,
  context,
  createContextKey,
  propagation,
  ROOT_CONTEXT,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { StackContextManager } from '@opentelemetry/sdk-trace';
import { withoutActiveSpan } from 'opentracing-ts';
import { BasicTracer, InMemoryRecorder } from 'opentracing-ts/basictracer';
import { scopeChecks } from 'opentracing-ts/harness';
import {
  OpenTelemetryScopeManager,
  type OpenTelemetrySpan,
  OpenTelemetryTracer,
} from 'opentracing-ts/opentelemetry';
import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest';
import { setUpSdk, takeDownSdk } from './opentelemetry-helpers.js';

const KEY = createContextKey('a value of another library');

let sdk: ReturnType<typeof setUpSdk>;
let tracer: OpenTelemetryTracer;

beforeEach(() => {
  sdk = setUpSdk();
  tracer = new OpenTelemetryTracer();
});
afterEach(takeDownSdk);

const otel = () => trace.getTracer('other code');

describe('a span that OpenTracing code makes active', () => {
  it('is the active one of OpenTelemetry in a scope, and the one before it when that is closed', () => {
    const outer = tracer.startActiveSpan('outer');
    const inner = tracer.startActiveSpan('inner');
    expect(trace.getActiveSpan()).toBe((inner.span as OpenTelemetrySpan).unwrap());
    inner.close();
    expect(trace.getActiveSpan()).toBe((outer.span as OpenTelemetrySpan).unwrap());
    outer.close();
    expect(trace.getActiveSpan()).toBeUndefined();
    expect(context.active().getValue(KEY)).toBeUndefined();
  });

  it('is the parent of what OpenTelemetry code starts, behind awaits too', async () => {
    await tracer.withActiveSpan('request', async () => {
      await new Promise((done) => setTimeout(done, 1));
      await otel().startActiveSpan('query', async (query) => {
        await null;
        tracer.startSpan('parse').finish();
        query.end();
      });
      tracer.startSpan('render').finish();
    });
    expect(treeOf(sdk)).toEqual([
      ['parse', 'query'],
      ['query', 'request'],
      ['render', 'request'],
      ['request', null],
    ]);
    expect(new Set(sdk.spans().map((span) => span.spanContext().traceId)).size).toBe(1);
  });

  it('keeps apart what runs at the same time', async () => {
    await Promise.all(
      ['a', 'b', 'c'].map((name) =>
        tracer.withActiveSpan(name, async () => {
          await null;
          otel().startActiveSpan(`${name}-otel`, (span) => span.end());
          await null;
          tracer.startSpan(`${name}-child`).finish();
        }),
      ),
    );
    expect(treeOf(sdk).filter(([, parent]) => parent !== null)).toEqual(
      ['a', 'b', 'c'].flatMap((name) => [
        [`${name}-child`, name],
        [`${name}-otel`, name],
      ]),
    );
  });

  it('leaves the other values of the context as they are', () => {
    context.with(ROOT_CONTEXT.setValue(KEY, 'kept'), () => {
      const scope = tracer.startActiveSpan('a');
      expect(context.active().getValue(KEY)).toBe('kept');
      tracer.withActiveSpan('b', () => expect(context.active().getValue(KEY)).toBe('kept'));
      const bound = tracer.scopeManager.bind(() => [
        context.active().getValue(KEY),
        tracer.activeSpan,
      ]);
      const { span } = scope;
      scope.close();
      expect(context.active().getValue(KEY)).toBe('kept');
      expect(bound()).toEqual(['kept', null]);
      expect(span).not.toBe(tracer.activeSpan);
    });
  });

  it('closed before one inside, stays until that is closed', () => {
    const outer = tracer.startActiveSpan('outer');
    const inner = tracer.startActiveSpan('inner');
    outer.close();
    expect(trace.getActiveSpan()).toBe((inner.span as OpenTelemetrySpan).unwrap());
    inner.close();
    expect(trace.getActiveSpan()).toBeUndefined();
    expect(tracer.activeSpan).toBeNull();
    expect(sdk.spans().map(({ name }) => name)).toEqual(['inner', 'outer']);
  });

  it('is passed over here where its scope has closed, and shown to OpenTelemetry as it was', async () => {
    const scope = tracer.startActiveSpan('closed');
    const later = new Promise<void>((done) =>
      setTimeout(() => {
        expect(tracer.activeSpan).toBeNull();
        expect(trace.getActiveSpan()?.spanContext().spanId).toBe(scope.span.context().toSpanId());
        tracer.startSpan('root').finish();
        done();
      }, 1),
    );
    scope.close();
    await later;
    expect(sdk.spanNamed('root').parentSpanContext).toBeUndefined();
  });

  it('is not active without it', () => {
    tracer.withActiveSpan('request', () => {
      withoutActiveSpan(tracer, () => {
        expect(trace.getActiveSpan()).toBeUndefined();
        otel().startSpan('cleaning up').end();
      });
      expect(trace.getActiveSpan()).toBeDefined();
    });
    expect(sdk.spanNamed('cleaning up').parentSpanContext).toBeUndefined();
  });
});

describe('a span that OpenTelemetry code makes active', () => {
  it('is the active one here: the same whenever it is asked for, and takes tags and a finish', () => {
    otel().startActiveSpan('query', () => {
      const active = tracer.activeSpan as OpenTelemetrySpan;
      expect(tracer.activeSpan).toBe(active);
      expect(tracer.scopeManager.active?.span).toBe(active);
      expect(tracer.scopeManager.active).toBe(tracer.scopeManager.active);
      expect(active.tracer()).toBe(tracer);
      expect(active.context().toSpanId()).toBe(trace.getActiveSpan()?.spanContext().spanId);
      active.setTag('rows', 3).setOperationName('select').finish();
    });
    expect(sdk.spanNamed('select').attributes).toEqual({ rows: 3 });
    expect(tracer.activeSpan).toBeNull();
  });

  it('is the parent of what is started here, with and without its name', () => {
    otel().startActiveSpan('query', (query) => {
      tracer.startSpan('implicit').finish();
      tracer.startSpan('explicit', { childOf: tracer.activeSpan }).finish();
      tracer.withActiveSpan('active', () => otel().startSpan('deep').end());
      query.end();
    });
    expect(treeOf(sdk)).toEqual([
      ['active', 'query'],
      ['deep', 'active'],
      ['explicit', 'query'],
      ['implicit', 'query'],
      ['query', null],
    ]);
  });

  it('may come from elsewhere, or be taken away', () => {
    const remote = {
      traceId: '1'.repeat(32),
      spanId: '2'.repeat(16),
      traceFlags: 1,
      isRemote: true,
    };
    context.with(trace.setSpanContext(ROOT_CONTEXT, remote), () => {
      expect(tracer.activeSpan?.context().toSpanId()).toBe(remote.spanId);
      tracer.withActiveSpan('server', () => {
        context.with(trace.deleteSpan(context.active()), () => {
          expect(tracer.activeSpan).toBeNull();
          tracer.startSpan('root').finish();
        });
      });
    });
    expect(sdk.spanNamed('server').parentSpanContext).toMatchObject(remote);
    expect(sdk.spanNamed('root').parentSpanContext).toBeUndefined();
  });

  it('is passed on by bind, and by an emitter that is bound by OpenTelemetry', () => {
    const emitter = new EventEmitter();
    otel().startActiveSpan('query', () => {
      emitter.on(
        'a',
        tracer.scopeManager.bind(() => tracer.startSpan('a').finish()),
      );
    });
    tracer
      .withActiveSpan('request', () => context.bind(context.active(), emitter))
      .on('b', () => {
        tracer.startSpan('b').finish();
      });
    emitter.emit('a');
    emitter.emit('b');
    expect(sdk.spanNamed('a').parentSpanContext).toBeDefined();
    expect(sdk.spanNamed('b').parentSpanContext?.spanId).toBe(
      sdk.spanNamed('request').spanContext().spanId,
    );
  });

  it('may have its scope closed here, which leaves the one around it active in both', () => {
    tracer.withActiveSpan('request', (request) => {
      otel().startActiveSpan('query', (query) => {
        tracer.scopeManager.active?.close();
        expect(tracer.activeSpan).toBe(request);
        expect(trace.getActiveSpan()).toBe((request as OpenTelemetrySpan).unwrap());
        query.end();
      });
      expect(tracer.activeSpan).toBe(request);
    });
  });
});

/** The context managers of OpenTelemetry, and what they let scopes do. */
const MANAGERS: {
  name: string;
  create(): ContextManager;
  async: boolean;
}[] = [
  {
    name: 'AsyncLocalStorageContextManager',
    create: () => new AsyncLocalStorageContextManager(),
    async: true,
  },
  {
    name: 'AsyncLocalStorageContextManager before it could attach',
    create: () => Object.assign(new AsyncLocalStorageContextManager(), { attach: undefined }),
    async: true,
  },
  { name: 'StackContextManager', create: () => new StackContextManager().enable(), async: false },
];

for (const { name, create, async } of MANAGERS) {
  describe(`OpenTelemetryScopeManager over ${name} keeps the rules:`, () => {
    const checks = scopeChecks(
      () => {
        setUpSdk({ contextManager: create() });
        return new OpenTelemetryScopeManager();
      },
      { async },
    );
    for (const check of checks) {
      test(check.name, () => check.run());
    }
  });
}

describe('where the context manager can have a span active for a function only', () => {
  /** As that for zone.js does: it has `with`, and nothing else. */
  const functionsOnly = (): ContextManager => {
    const inner = new AsyncLocalStorageContextManager();
    return {
      active: () => inner.active(),
      with: (...args) => inner.with(...args),
      bind: (...args) => inner.bind(...args),
      enable: () => inner.enable(),
      disable: () => inner.disable(),
    };
  };

  it('withActiveSpan works, and a scope makes nothing active, which is told once', () => {
    sdk = setUpSdk({ contextManager: functionsOnly() });
    const onError = vi.fn();
    tracer = new OpenTelemetryTracer({ onError });
    tracer.withActiveSpan('request', (request) => {
      for (const name of ['a', 'b']) {
        const scope = tracer.startActiveSpan(name);
        expect(tracer.activeSpan).toBe(request);
        scope.close();
      }
    });
    expect(treeOf(sdk)).toEqual([
      ['a', 'request'],
      ['b', 'request'],
      ['request', null],
    ]);
    expect(onError).toHaveBeenCalledTimes(1);
    expect(onError.mock.calls[0]?.[0].message).toContain('use withActiveSpan and withActive');
  });

  it('without any, spans are started and finished, and none is active', () => {
    sdk = setUpSdk({ contextManager: null });
    tracer = new OpenTelemetryTracer({ onError() {} });
    tracer.withActiveSpan('request', () => expect(tracer.activeSpan).toBeNull());
    tracer.startActiveSpan('a').close();
    expect(sdk.spans().map(({ name }) => name)).toEqual(['request', 'a']);
  });
});

it('two tracers of one SDK see the same active span', () => {
  const other = new OpenTelemetryTracer({ tracer: otel() });
  tracer.withActiveSpan('a', (span) => {
    expect(other.activeSpan).toBe(span);
    other.startSpan('b').finish();
  });
  expect(treeOf(sdk)).toEqual([
    ['a', null],
    ['b', 'a'],
  ]);
});

it('a tracer that reports elsewhere may follow the context of OpenTelemetry', () => {
  const recorder = new InMemoryRecorder();
  const basic = new BasicTracer({
    recorder,
    scopeManager: new OpenTelemetryScopeManager(),
    traceId128: true,
  });
  otel().startActiveSpan('query', (query) => {
    basic.withActiveSpan('a', (span) => {
      expect(trace.getActiveSpan()?.spanContext().spanId).toBe(span.context().toSpanId());
      otel().startSpan('b').end();
    });
    expect(recorder.spans[0]?.parentId).toBe(query.spanContext().spanId);
    query.end();
  });
  expect(sdk.spanNamed('b').parentSpanContext?.spanId).toBe(
    recorder.spans[0]?.context().toSpanId(),
  );
});

describe('baggage', () => {
  const setActive = (key: string, value: string) =>
    propagation.setBaggage(
      context.active(),
      (propagation.getActiveBaggage() ?? propagation.createBaggage()).setEntry(key, { value }),
    );

  it('of OpenTracing is that of OpenTelemetry where the span is active, what is set later too', () => {
    tracer.withActiveSpan('a', (span) => {
      span.setBaggageItem('user', 'ada');
      expect(propagation.getActiveBaggage()?.getEntry('user')?.value).toBe('ada');
      span.setBaggageItem('user', 'eve').setBaggageItem('shop', '1');
      expect(propagation.getActiveBaggage()?.getAllEntries()).toEqual(
        expect.arrayContaining([
          ['user', { value: 'eve' }],
          ['shop', { value: '1' }],
        ]),
      );
      const headers: Record<string, string> = {};
      propagation.inject(context.active(), headers);
      expect(headers.baggage?.split(',').sort()).toEqual(['shop=1', 'user=eve']);
    });
    expect(propagation.getActiveBaggage()).toBeUndefined();
  });

  it('of OpenTelemetry is read here, from spans of both, and passed on', () => {
    context.with(setActive('tenant', '7'), () => {
      tracer.withActiveSpan('a', (a) => {
        expect(a.getBaggageItem('tenant')).toBe('7');
        context.with(setActive('late', '1'), () => {
          expect(a.getBaggageItem('late')).toBe('1');
          expect({ ...a.context().baggage }).toEqual({ tenant: '7', late: '1' });
          expect(tracer.startSpan('b').getBaggageItem('late')).toBe('1');
          expect(tracer.startSpan('c', { childOf: a }).getBaggageItem('late')).toBe('1');
        });
        expect(a.getBaggageItem('late')).toBeUndefined();
      });
      otel().startActiveSpan('query', () => {
        expect(tracer.activeSpan?.getBaggageItem('tenant')).toBe('7');
      });
      expect(tracer.startSpan('root', { ignoreActiveSpan: true }).getBaggageItem('tenant')).toBe(
        undefined,
      );
    });
  });

  it('that is set here in a context of OpenTelemetry with its own joins that', () => {
    otel().startActiveSpan('query', () => {
      context.with(setActive('tenant', '7'), () => {
        tracer.activeSpan?.setBaggageItem('user', 'ada');
        expect({ ...tracer.activeSpan?.context().baggage }).toEqual({ tenant: '7', user: 'ada' });
        expect(propagation.getActiveBaggage()?.getEntry('tenant')?.value).toBe('7');
        expect(propagation.getActiveBaggage()?.getEntry('user')?.value).toBe('ada');
      });
    });
  });

  it('keeps the metadata that came with it', () => {
    const carrier = { baggage: 'user=ada;ttl=5,shop=1' };
    const span = tracer.startSpan('a', { childOf: tracer.extract('http_headers', carrier) });
    span.setBaggageItem('shop', '2');
    const headers: Record<string, string> = {};
    tracer.inject(span, 'http_headers', headers);
    expect(headers.baggage?.split(',').sort()).toEqual(['shop=2', 'user=ada;ttl=5']);
  });

  it('is what OpenTelemetry code makes of it', () => {
    tracer.withActiveSpan('a', (a) => {
      a.setBaggageItem('x', '1').setBaggageItem('y', '2').setBaggageItem('z', '3');
      const here = () => propagation.getActiveBaggage() ?? propagation.createBaggage();
      const inside = (baggage: ReturnType<typeof here>) =>
        context.with(propagation.setBaggage(context.active(), baggage), () =>
          Object.keys(a.context().baggage).sort().join(),
        );
      expect(inside(here().removeEntry('x'))).toBe('y,z');
      expect(inside(here().removeEntries('x', 'z'))).toBe('y');
      expect(inside(here().clear())).toBe('');
      expect(inside(here().setEntry('w', { value: '0' }))).toBe('w,x,y,z');
      expect(here().getEntry('x')?.value).toBe('1');
    });
  });
});

/** The finished spans by name, each with the name of its parent. */
function treeOf({ spans }: ReturnType<typeof setUpSdk>): [string, string | null][] {
  const names = new Map(spans().map((span) => [span.spanContext().spanId, span.name]));
  return spans()
    .map((span): [string, string | null] => {
      const parent = span.parentSpanContext;
      return [span.name, parent === undefined ? null : (names.get(parent.spanId) ?? 'lost')];
    })
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
