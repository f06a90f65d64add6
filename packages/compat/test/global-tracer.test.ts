import { createRequire } from 'node:module';
import jaeger from 'jaeger-client';
import * as library from 'opentracing-ts';
import { BasicTracer, InMemoryRecorder } from 'opentracing-ts/basictracer';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { AsyncLocalStorageScopeManager } from 'opentracing-ts/scope-managers/async-local-storage';
import opentracing from 'opentracing-ts-compat';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const { globalTracer, initGlobalTracer } = opentracing;
const require = createRequire(import.meta.url);
const inSameModules: typeof import('opentracing-ts/mocktracer') = require('opentracing-ts/mocktracer');

beforeEach(() => initGlobalTracer(null));
afterEach(() => initGlobalTracer(null));

describe('the global tracer of both packages', () => {
  test('is one: a tracer of opentracing-ts that is set there is used here', () => {
    const tracer = new MockTracer(new AsyncLocalStorageScopeManager());
    library.setGlobalTracer(tracer);
    const global = globalTracer();
    const scope = global.startActiveSpan('outer');
    expect(global.activeSpan).toBe(scope.span);
    expect(global.scopeManager).toBe(tracer.scopeManager);
    global.withActiveSpan('middle', (span) => {
      expect(global.activeSpan).toBe(span);
      library.globalTracer().startSpan('inner').finish();
    });
    scope.close();
    const [inner, middle, outer] = tracer.finishedSpans();
    expect([inner?.operationName, inner?.parentId]).toEqual([
      'inner',
      middle?.context().toSpanId(),
    ]);
    expect(middle?.parentId).toBe(outer?.context().toSpanId());
  });

  test('is one: a tracer for 0.14.7 that is set here is used there', () => {
    const names: string[] = [];
    class Own extends opentracing.Tracer {
      protected override _startSpan(name: string, fields: opentracing.SpanOptions) {
        names.push(`${name} under ${fields.references?.length ?? 'nothing'}`);
        return new opentracing.Span();
      }
    }
    const own = new Own();
    initGlobalTracer(own);
    expect(library.globalTracer()).toBe(own);
    library.globalTracer().withActiveSpan('outer', () => globalTracer().startSpan('inner'));
    expect(names).toEqual(['outer under nothing', 'inner under 1']);
  });

  test('is one in both module systems', () => {
    const other: typeof library = require('opentracing-ts');
    expect(other).not.toBe(library);
    const tracer = new MockTracer();
    initGlobalTracer(tracer);
    expect([library.globalTracer(), other.globalTracer()]).toEqual([tracer, tracer]);
    expect([library.isGlobalTracerRegistered(), other.isGlobalTracerRegistered()]).toEqual([
      true,
      true,
    ]);
    initGlobalTracer(null);
    expect(library.isGlobalTracerRegistered()).toBe(false);
  });

  test('is used by those who asked for it before it was there, and by the last that was set', () => {
    const [early, theirs] = [globalTracer(), library.globalTracer()];
    early.startSpan('lost').finish();
    const [first, second] = [new MockTracer(), new MockTracer()];
    initGlobalTracer(first);
    early.startSpan('a').finish();
    theirs.startSpan('b').finish();
    library.setGlobalTracer(second);
    early.startActiveSpan('c').close();
    theirs.withActiveSpan('d', () => {});
    expect(first.finishedSpans().map((span) => span.operationName)).toEqual(['a', 'b']);
    expect(second.finishedSpans().map((span) => span.operationName)).toEqual(['c', 'd']);
  });

  test('never becomes one that calls itself', () => {
    const theirs = library.globalTracer();
    initGlobalTracer(globalTracer());
    initGlobalTracer(theirs);
    library.setGlobalTracer(globalTracer());
    expect(library.isGlobalTracerRegistered()).toBe(false);
    expect(globalTracer().startSpan('any').setTag('a', 1).finish()).toBeUndefined();
  });

  test('has spans with the method that opentracing-ts left out', () => {
    const tracer = new MockTracer();
    initGlobalTracer(tracer);
    const global = globalTracer();
    expect(global.startSpan('a').logEvent('event', 1)).toBeUndefined();
    global.startActiveSpan('b').span.logEvent('event', 2);
    global.withActiveSpan('c', (span) => span.logEvent('event', 3));
    global.startSpan('d', { childOf: global.startSpan('e') }).finish();
    expect(tracer.finishedSpans().map(({ logs }) => logs.map(({ fields }) => fields))).toEqual([
      [{ event: 'event', payload: 3 }],
      [],
    ]);
    for (const name in global.startSpan('any')) {
      expect(name).not.toBe('logEvent');
    }
  });

  test('injects, extracts, flushes and closes by the tracer that is set', async () => {
    const recorder = new InMemoryRecorder();
    initGlobalTracer(new BasicTracer({ recorder }));
    const global = globalTracer();
    const headers = {};
    global.inject(global.startSpan('client'), opentracing.FORMAT_HTTP_HEADERS, headers);
    const context = global.extract(opentracing.FORMAT_HTTP_HEADERS, headers);
    global.startSpan('server', { childOf: context }).finish();
    expect(recorder.spans[0]?.parentId).toBe(context?.toSpanId());
    await global.flush();
    await new Promise<void>((resolve) => global.close(resolve));
  });

  test('can be given any options, and changes none', () => {
    const tracer = new MockTracer();
    initGlobalTracer(tracer);
    const global = globalTracer();
    const parent = global.startSpan('parent');
    for (const options of [
      null,
      undefined,
      {},
      { childOf: null },
      { childOf: parent, references: [opentracing.followsFrom(parent)], tags: { a: 1 } },
      { references: [opentracing.childOf(null)] },
    ]) {
      global.startSpan('any', options && Object.freeze(options)).finish();
    }
    expect(tracer.finishedSpans()).toHaveLength(6);
  });
});

describe('a global tracer of jaeger-client, which knows nothing of scopes', () => {
  function register() {
    const reporter = new jaeger.InMemoryReporter();
    const tracer = new jaeger.Tracer('any', reporter, new jaeger.ConstSampler(true));
    initGlobalTracer(tracer as never);
    const span = (name: string) => reporter.spans.find((found) => found.operationName === name);
    const isChild = (child: string, parent: string) =>
      span(child)?.context().parentIdStr === span(parent)?.context().spanIdStr;
    return { reporter, tracer, span, isChild };
  }

  test('gets the active span as the parent, in both packages', async () => {
    const { isChild, span } = register();
    const global = globalTracer();
    await global.withActiveSpan('outer', async () => {
      await null;
      global.startSpan('here').finish();
      library.globalTracer().startSpan('there').finish();
      global.startSpan('root', { ignoreActiveSpan: true }).finish();
      global.startActiveSpan('middle', { tags: { a: 1 } }).close();
    });
    expect(['here', 'there', 'middle'].map((name) => isChild(name, 'outer'))).toEqual([
      true,
      true,
      true,
    ]);
    expect(span('root')?.context().parentIdStr).toBeFalsy();
    expect(span('middle')?._tags).toContainEqual({ key: 'a', value: 1 });
    expect(global.activeSpan).toBeNull();
  });

  test('still starts spans of its own, which it can inject itself', () => {
    const { tracer, isChild } = register();
    const global = globalTracer();
    const parent = global.startSpan('parent');
    expect(parent).toBeInstanceOf(tracer.startSpan('any').constructor);
    const headers: Record<string, string> = {};
    tracer.inject(parent.context() as never, opentracing.FORMAT_HTTP_HEADERS, headers);
    const context = global.extract(opentracing.FORMAT_HTTP_HEADERS, headers);
    expect(context).toBeInstanceOf(parent.context().constructor);
    global.startSpan('child', { childOf: context }).finish();
    global.startSpan('sibling', { childOf: parent }).finish();
    global.startSpan('follower', { references: [opentracing.followsFrom(parent)] }).finish();
    parent.finish();
    for (const name of ['child', 'sibling', 'follower']) {
      expect(isChild(name, 'parent'), name).toBe(true);
    }
  });

  test('takes an active span wherever it takes one of its own', () => {
    const { isChild } = register();
    const global = globalTracer();
    const scope = global.startActiveSpan('outer');
    scope.close();
    global.startSpan('by span', { childOf: scope.span }).finish();
    global.startSpan('by context', { childOf: scope.span.context() }).finish();
    global.startSpan('by reference', { references: [opentracing.childOf(scope.span)] }).finish();
    for (const name of ['by span', 'by context', 'by reference']) {
      expect(isChild(name, 'outer'), name).toBe(true);
    }
    const headers: Record<string, string> = {};
    global.inject(scope.span, opentracing.FORMAT_HTTP_HEADERS, headers);
    expect(headers['uber-trace-id']).toContain(scope.span.context().toSpanId());
  });

  test.each([
    ['this package', globalTracer],
    ['opentracing-ts', library.globalTracer as unknown as typeof globalTracer],
  ])('reads an active span of %s itself, wherever a program kept it', (_name, theirs) => {
    const { tracer, isChild } = register();
    theirs().withActiveSpan('outer', (span) => {
      const active = theirs().activeSpan;
      expect(active).toBe(span);
      tracer.startSpan('by span', { childOf: active as never }).finish();
      tracer.startSpan('by context', { childOf: active?.context() as never }).finish();
      const reference = opentracing.followsFrom(span);
      tracer.startSpan('by reference', { references: [reference as never] }).finish();
      for (const given of [span, span.context()]) {
        const headers: Record<string, string> = {};
        tracer.inject(given as never, opentracing.FORMAT_HTTP_HEADERS, headers);
        expect(headers['uber-trace-id']).toContain(`:${span.context().toSpanId()}:`);
      }
    });
    for (const name of ['by span', 'by context', 'by reference']) {
      expect(isChild(name, 'outer'), name).toBe(true);
    }
  });

  test.each([
    ['this package', globalTracer],
    ['opentracing-ts', library.globalTracer as unknown as typeof globalTracer],
  ])('starts spans that are parents and active for the global tracer of %s', (_name, theirs) => {
    const { tracer, isChild } = register();
    const own = tracer.startSpan('own') as never as opentracing.Span;
    theirs().startSpan('by span', { childOf: own }).finish();
    theirs().startSpan('by context', { childOf: own.context() }).finish();
    theirs().withActiveSpan('active child', { childOf: own }, () => {});
    theirs().scopeManager.withActive(own, () => theirs().startSpan('by scope').finish());
    const headers: Record<string, string> = {};
    tracer.inject(own as never, opentracing.FORMAT_HTTP_HEADERS, headers);
    const extracted = theirs().extract(opentracing.FORMAT_HTTP_HEADERS, headers);
    theirs().startSpan('by headers', { childOf: extracted }).finish();
    own.finish();
    for (const name of ['by span', 'by context', 'active child', 'by scope', 'by headers']) {
      expect(isChild(name, 'own'), name).toBe(true);
    }
  });

  test('never sees the active span when it is called itself without a parent', () => {
    const { tracer, span } = register();
    globalTracer().withActiveSpan('outer', () => tracer.startSpan('alone').finish());
    expect(span('alone')?.context().parentIdStr).toBeFalsy();
  });

  test('gets what is no span as it was given', () => {
    const { tracer } = register();
    const message = (fn: () => void) => {
      try {
        fn();
        return 'none';
      } catch (error) {
        return String(error);
      }
    };
    for (const nothing of [null, undefined] as never[]) {
      expect(message(() => globalTracer().inject(nothing, 'http_headers', {}))).toBe(
        message(() => tracer.inject(nothing, 'http_headers', {})),
      );
    }
  });

  test.each([
    ['CommonJS', inSameModules.MockTracer],
    ['ES modules', MockTracer],
  ])('is left alone with parents that it cannot read, of %s', (_name, TheirTracer) => {
    const { span } = register();
    const foreign = new TheirTracer().startSpan('any');
    const global = globalTracer();
    global.startSpan('root', { childOf: foreign }).finish();
    global.startSpan('other', { references: [opentracing.childOf(foreign)] }).finish();
    expect([span('root'), span('other')].map((s) => s?.context().parentIdStr)).toEqual([
      undefined,
      undefined,
    ]);
    const headers = {};
    global.inject(foreign, opentracing.FORMAT_HTTP_HEADERS, headers);
    expect(headers).toEqual({});
  });

  test('keeps what is active when it is registered again', () => {
    const { tracer, isChild } = register();
    globalTracer().withActiveSpan('outer', () => {
      initGlobalTracer(tracer as never);
      globalTracer().startSpan('inner').finish();
    });
    expect(isChild('inner', 'outer')).toBe(true);
  });

  test('is closed by the global tracer', async () => {
    register();
    await globalTracer().flush();
    await globalTracer().close();
  });
});
