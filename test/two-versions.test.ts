import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { setImmediate as turn } from 'node:timers/promises';
import type * as core from 'opentracing-ts';
import type { ScopeManager, Span, Tracer } from 'opentracing-ts';
import type * as basictracer from 'opentracing-ts/basictracer';
import type * as harness from 'opentracing-ts/harness';
import type * as mocktracer from 'opentracing-ts/mocktracer';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Copy, installTwoVersions, type TwoVersions } from './support/two-versions.js';

type Core = typeof core;

const MANAGERS = {
  'thread-local': 'ThreadLocalScopeManager',
  'async-local-storage': 'AsyncLocalStorageScopeManager',
  generator: 'GeneratorScopeManager',
  zone: 'ZoneScopeManager',
  effect: 'EffectScopeManager',
};
const PAIRS = [
  ['newerModule', 'olderCommonJs'],
  ['olderCommonJs', 'newerModule'],
  ['newerCommonJs', 'olderModule'],
  ['newerModule', 'newerCommonJs'],
] as const;

let installed: TwoVersions;

beforeAll(async () => {
  loadZonesAlone();
  installed = await installTwoVersions();
}, 120_000);

afterEach(() => {
  Reflect.deleteProperty(globalThis, Symbol.for('opentracing-ts/v1'));
});

afterAll(() => rm(installed.folder, { recursive: true }));

describe.each(PAIRS)('a program with two copies, %s and %s,', (first, second) => {
  const load = async () => {
    const [a, b] = [installed[first], installed[second]];
    return { a, b, coreA: await a.load<Core>(''), coreB: await b.load<Core>('') };
  };

  test('has two sets of classes', async () => {
    const { coreA, coreB } = await load();
    expect(coreA.Tracer).not.toBe(coreB.Tracer);
    expect(new coreB.Tracer()).not.toBeInstanceOf(coreA.Tracer);
  });

  test('has one global tracer, whichever copy registers it and whichever kept it before', async () => {
    const { a, coreA, coreB } = await load();
    const { MockTracer } = await a.load<typeof mocktracer>('/mocktracer');
    const kept = [coreA.globalTracer(), coreB.globalTracer()];
    coreA.setGlobalTracer(coreB.globalTracer());
    expect(coreB.isGlobalTracerRegistered()).toBe(false);
    expect(coreB.globalTracer().startSpan('nothing').context().toTraceId()).toBe('');

    const tracer = new MockTracer();
    coreB.setGlobalTracer(tracer);
    expect(coreA.isGlobalTracerRegistered()).toBe(true);
    expect(coreA.globalTracer()).toBe(tracer);
    expect(coreB.globalTracer()).toBe(tracer);
    for (const early of kept) {
      coreB.setGlobalTracer(early);
      early.withActiveSpan('late', () => expect(early.activeSpan).not.toBeNull());
    }
    expect(coreA.globalTracer()).toBe(tracer);
    expect(tracer.finishedSpans()).toHaveLength(2);
  });

  describe.each(Object.entries(MANAGERS))('with scopes by %s,', (subpath, className) => {
    const setUp = async () => {
      const copies = await load();
      const { MockTracer } = await copies.b.load<typeof mocktracer>('/mocktracer');
      const manager = await managerOf(copies.a, subpath, className);
      const tracer = new MockTracer(manager);
      copies.coreA.setGlobalTracer(tracer);
      const parents = () => {
        const spans = tracer.finishedSpans();
        const names = new Map(spans.map((s) => [s.context().toSpanId(), s.operationName]));
        return Object.fromEntries(
          spans.map((s) => [s.operationName, s.parentId && names.get(s.parentId)]),
        );
      };
      const traces = () => new Set(tracer.finishedSpans().map((s) => s.context().toTraceId()));
      return { ...copies, tracer, manager, parents, traces };
    };

    test('has one active span and one trace through both', async () => {
      const { coreA, coreB, manager, parents, traces } = await setUp();
      const [a, b] = [coreA.globalTracer(), coreB.globalTracer()];
      a.withActiveSpan('request', (request) => {
        expect(b.activeSpan).toBe(request);
        b.withActiveSpan('handler', (handler) => {
          expect(a.activeSpan).toBe(handler);
          const scope = a.startActiveSpan('query');
          expect(b.scopeManager.active?.span).toBe(scope.span);
          b.startSpan('row').setTag('row', 1).finish();
          scope.close();
          expect(manager.active?.span).toBe(handler);
        });
        expect(b.activeSpan).toBe(request);
      });
      expect(b.activeSpan).toBeNull();
      expect(parents()).toEqual({
        row: 'query',
        query: 'handler',
        handler: 'request',
        request: null,
      });
      expect(traces().size).toBe(1);
    });

    test('links spans by what the other copy has', async () => {
      const { coreA, coreB, parents, traces } = await setUp();
      const [a, b] = [coreA.globalTracer(), coreB.globalTracer()];
      const root = a.startSpan('root');
      b.startSpan('by span', { childOf: root }).finish();
      a.startSpan('by context', { childOf: root.context() }).finish();
      for (const { childOf, followsFrom, Reference, REFERENCE_CHILD_OF } of [coreA, coreB]) {
        const references = [
          null,
          childOf(null),
          followsFrom(root),
          new Reference(REFERENCE_CHILD_OF, root),
        ];
        b.startSpan('by references', { references }).finish();
        a.startSpan('by one reference', { references: [followsFrom(root.context())] }).finish();
      }
      coreA.startChildSpan(root, 'child').finish();
      coreB.startChildSpan(root, 'child').finish();
      const headers = {};
      b.inject(root, coreA.FORMAT_HTTP_HEADERS, headers);
      a.startSpan('remote', { childOf: b.extract(coreB.FORMAT_HTTP_HEADERS, headers) }).finish();
      const carrier = new coreA.BinaryCarrier();
      b.inject(root.context(), coreB.FORMAT_BINARY, carrier);
      b.startSpan('binary', { childOf: a.extract(coreA.FORMAT_BINARY, carrier) }).finish();
      root.finish();
      const { root: top, ...others } = parents();
      expect(top).toBeNull();
      expect(new Set(Object.values(others))).toEqual(new Set(['root']));
      expect(Object.keys(others)).toHaveLength(7);
      expect(traces().size).toBe(1);
    });

    test('activates, lends and binds the spans of the other copy', async () => {
      const { a, b, coreA, coreB, manager } = await setUp();
      const { BasicTracer } = await a.load<typeof basictracer>('/basictracer');
      const { MockTracer } = await b.load<typeof mocktracer>('/mocktracer');
      const tracers: Tracer[] = [
        new coreA.Tracer(manager),
        new coreB.Tracer(manager),
        new BasicTracer({ scopeManager: manager }),
        new MockTracer(manager),
      ];
      for (const tracer of tracers) {
        const span = tracer.startSpan('any');
        const scope = manager.activate(span, true);
        expect(scope.span).toBe(span);
        for (const other of tracers) expect(other.activeSpan).toBe(span);
        const seen: (Span | null)[] = [];
        const bound = manager.bind(() => void seen.push(tracer.activeSpan));
        bound();
        scope[Symbol.dispose]();
        expect(tracer.activeSpan).toBeNull();
        manager.withActive(span, () => seen.push(tracer.activeSpan));
        expect(seen).toEqual([span, span]);
      }
    });

    test('records the error that the other copy throws', async () => {
      const { coreA, coreB, tracer } = await setUp();
      const fail = () => coreA.globalTracer().extract('unheard of', {});
      expect(() => coreB.globalTracer().withActiveSpan('failing', fail)).toThrow(
        coreA.UnsupportedFormatError,
      );
      const [span] = tracer.finishedSpans();
      expect(span?.tags).toEqual({ error: true });
      expect(span?.logs[0]?.fields['error.kind']).toBe('UnsupportedFormatError');
    });
  });

  test('keeps concurrent requests apart over the awaits of both copies', async () => {
    const { a, b, coreA, coreB } = await load();
    const { MockTracer } = await a.load<typeof mocktracer>('/mocktracer');
    const manager = await managerOf(b, 'async-local-storage', MANAGERS['async-local-storage']);
    const tracer = new MockTracer(manager);
    coreB.setGlobalTracer(tracer);
    const request = (name: string) =>
      coreA.globalTracer().withActiveSpan(name, async () => {
        await turn();
        await coreB.globalTracer().withActiveSpan(`${name} query`, () => turn());
        coreA.globalTracer().startSpan(`${name} end`).finish();
      });
    await Promise.all([request('x'), request('y')]);
    const spans = tracer.finishedSpans();
    for (const name of ['x', 'y']) {
      const trace = spans.filter((span) => span.operationName.startsWith(name));
      const root = trace.find((span) => span.operationName === name);
      expect(trace).toHaveLength(3);
      expect(new Set(trace.map((span) => span.parentId))).toEqual(
        new Set([null, root?.context().toSpanId()]),
      );
    }
  });

  test('goes on with a trace of one tracer in a tracer of the other copy', async () => {
    const { a, b } = await load();
    const tracersA = await a.load<typeof basictracer>('/basictracer');
    const tracersB = await b.load<typeof basictracer>('/basictracer');
    const recorder = new tracersA.InMemoryRecorder();
    const tracerA = new tracersA.BasicTracer({ recorder });
    const tracerB = new tracersB.BasicTracer({ recorder, propagation: ['b3', 'tracecontext'] });
    const root = tracerA.startSpan('root').setBaggageItem('tenant', 'x');
    const child = tracerB.startSpan('child', { childOf: root });
    const grandchild = tracerA.startSpan('grandchild', { childOf: child.context() });
    for (const span of [grandchild, child, root]) span.finish();
    expect(recorder.spans.map((span) => span.operationName)).toEqual([
      'grandchild',
      'child',
      'root',
    ]);
    expect(child.parentId).toBe(root.context().toSpanId());
    expect(grandchild.parentId).toBe(child.context().toSpanId());
    expect(grandchild.context().toTraceId()).toBe(root.context().toTraceId());
    expect(grandchild.getBaggageItem('tenant')).toBe('x');
    const headers: Record<string, string> = {};
    tracerB.inject(grandchild, 'http_headers', headers);
    expect(headers.b3).toContain(grandchild.context().toSpanId());
  });

  test('does not record what the tracer of the other copy decided not to', async () => {
    const { a, b } = await load();
    const tracersA = await a.load<typeof basictracer>('/basictracer');
    const tracersB = await b.load<typeof basictracer>('/basictracer');
    const recorder = new tracersB.InMemoryRecorder();
    const sampler = new tracersA.ConstSampler(false);
    const root = new tracersA.BasicTracer({ sampler }).startSpan('root');
    new tracersB.BasicTracer({ recorder }).startSpan('child', { childOf: root }).finish();
    expect(recorder.spans).toEqual([]);
  });

  test('has typed errors that instanceof knows in both', async () => {
    const { coreA, coreB } = await load();
    for (const [thrower, catcher] of [
      [coreA, coreB],
      [coreB, coreA],
    ] as const) {
      const errors = {
        UnsupportedFormatError: new thrower.UnsupportedFormatError('x'),
        InvalidCarrierError: new thrower.InvalidCarrierError('x', null, 'y'),
        SpanContextCorruptedError: new thrower.SpanContextCorruptedError('x'),
      };
      for (const [name, error] of Object.entries(errors)) {
        for (const type of Object.keys(errors) as (keyof typeof errors)[]) {
          expect(error instanceof catcher[type], `${name} instanceof ${type}`).toBe(name === type);
        }
      }
    }
  });

  test('links the spans of a tracer of 0.14 that both copies have given scopes', async () => {
    const { a, b, coreA, coreB } = await load();
    const { foreign, links } = foreignTracer();
    const scoped = async (copy: Copy, { withScopes }: Core) =>
      withScopes(foreign, await managerOf(copy, 'thread-local', MANAGERS['thread-local']));
    const [tracerA, tracerB] = [await scoped(a, coreA), await scoped(b, coreB)];
    const root = tracerA.startSpan('root');
    tracerB.startSpan('by span', { childOf: root });
    tracerB.startSpan('by reference', { references: [coreA.followsFrom(root.context())] });
    const carrier: Record<string, string> = {};
    tracerB.inject(root, coreB.FORMAT_TEXT_MAP, carrier);
    tracerA.startSpan('remote', { childOf: tracerB.extract(coreB.FORMAT_TEXT_MAP, carrier) });
    expect(links).toEqual({
      root: [],
      'by span': ['root'],
      'by reference': ['root'],
      remote: ['root'],
    });
  });

  test('hands a tracer of 0.14 no context that it cannot read', async () => {
    const { a, b, coreA, coreB } = await load();
    const { foreign, links } = foreignTracer();
    const { MockTracer } = await a.load<typeof mocktracer>('/mocktracer');
    const tracer = coreB.withScopes(
      foreign,
      await managerOf(b, 'thread-local', 'ThreadLocalScopeManager'),
    );
    const mock = new MockTracer().startSpan('mock');
    tracer.startSpan('none', { childOf: new coreA.SpanContext() });
    tracer.startSpan('other', { references: [coreA.childOf(mock)] });
    const carrier = {};
    tracer.inject(mock, coreB.FORMAT_TEXT_MAP, carrier);
    expect(carrier).toEqual({});
    expect(links).toEqual({ none: [], other: [] });
  });

  test('passes the harness of the other copy with its mock tracer', async () => {
    const { a, b } = await load();
    const { MockTracer } = await a.load<typeof mocktracer>('/mocktracer');
    const { apiChecks, scopeChecks } = await b.load<typeof harness>('/harness');
    const manager = () => managerOf(b, 'async-local-storage', MANAGERS['async-local-storage']);
    const managers = await Promise.all(Array.from({ length: 200 }, manager));
    const next = () => managers.pop() as ScopeManager;
    const checks = [
      ...apiChecks(() => new MockTracer(next()), { async: true }),
      ...scopeChecks(next, { async: true }),
    ];
    expect(checks.length).toBeGreaterThan(33);
    for (const check of checks) {
      await check.run();
    }
  });
});

async function managerOf(copy: Copy, subpath: string, className: string): Promise<ScopeManager> {
  const classes = await copy.load<Record<string, new () => ScopeManager>>(
    `/scope-managers/${subpath}`,
  );
  const Manager = classes[className];
  if (Manager === undefined) throw new Error(`There is no ${className}.`);
  return new Manager();
}

/** A tracer as written for 0.14, which fails for contexts that are not its own, as jaeger-client does. */
function foreignTracer() {
  class ForeignContext {
    operation: string;
    constructor(operation: string) {
      this.operation = operation;
    }
  }
  const read = (context: unknown): string => {
    if (!(context instanceof ForeignContext)) throw new Error('This context is none of mine.');
    return context.operation;
  };
  const links: Record<string, string[]> = {};
  const foreign = {
    startSpan(
      name: string,
      {
        childOf,
        references,
      }: { childOf?: unknown; references?: { referencedContext(): unknown }[] },
    ) {
      const others = references?.map((reference) => reference.referencedContext()) ?? [];
      links[name] = [...(childOf === undefined ? [] : [childOf]), ...others].map(read);
      return { context: () => new ForeignContext(name) };
    },
    inject(context: unknown, _format: string, carrier: Record<string, string>) {
      carrier.operation = read(context);
    },
    extract: (_format: string, carrier: Record<string, string>) =>
      new ForeignContext(String(carrier.operation)),
  };
  return { foreign, links };
}

/** zone.js without its patches, which would take their contexts from the other managers. */
function loadZonesAlone(): void {
  const patches = 'ZoneAwarePromise toString EventEmitter fs node_util node_timers nextTick';
  const others = 'handleUnhandledPromiseRejection crypto console queueMicrotask';
  for (const patch of `${patches} ${others}`.split(' ')) {
    Object.assign(globalThis, { [`__Zone_disable_${patch}`]: true });
  }
  createRequire(import.meta.url)('zone.js/node');
}
