import jaeger, { type JaegerSpan } from 'jaeger-client';
import * as opentracing from 'opentracing';
import {
  BinaryCarrier,
  FORMAT_BINARY,
  FORMAT_HTTP_HEADERS,
  FORMAT_TEXT_MAP,
  followsFrom,
  InvalidCarrierError,
  type Span,
  SpanContext,
  withScopes,
} from 'opentracing-ts';
import { apiChecks } from 'opentracing-ts/harness';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { AsyncLocalStorageScopeManager } from 'opentracing-ts/scope-managers/async-local-storage';
import { ThreadLocalScopeManager } from 'opentracing-ts/scope-managers/thread-local';
import { describe, expect, test, vi } from 'vitest';
import { failures } from './failures.js';

function overJaeger() {
  const reporter = new jaeger.InMemoryReporter();
  const sampler = new jaeger.ConstSampler(true);
  const foreign = new jaeger.Tracer('test', reporter, sampler);
  const tracer = withScopes(foreign, new AsyncLocalStorageScopeManager());
  const span = (name: string) => {
    const found = reporter.spans.find((reported) => reported.operationName === name);
    expect(found, `a reported span '${name}'`).toBeDefined();
    return found as JaegerSpan;
  };
  const idOf = (name: string) => span(name).context().spanIdStr;
  const parentOf = (name: string) => span(name).context().parentIdStr;
  return { foreign, tracer, reporter, span, idOf, parentOf };
}

function overMock() {
  const foreign = new opentracing.MockTracer();
  return { foreign, tracer: withScopes(foreign, new ThreadLocalScopeManager()) };
}

test('withScopes takes a tracer whose spans have no prototype', () => {
  const finish = vi.fn();
  const span = Object.assign(Object.create(null), { context: () => ({}), finish });
  const tracer = withScopes({ startSpan: () => span }, new ThreadLocalScopeManager());
  tracer.withActiveSpan('any', (active) => expect(tracer.activeSpan).toBe(active));
  expect(finish).toHaveBeenCalledOnce();
});

describe('withScopes over a tracer of jaeger-client', () => {
  test('gives contexts that the other tracer, which the program still holds, reads as its own', () => {
    const { foreign, tracer, idOf, parentOf } = overJaeger();
    const headers: Record<string, string> = {};
    const alike: Record<string, string> = {};
    tracer.withActiveSpan('request', (span) => {
      span.setBaggageItem('tenant', 'a');
      foreign.inject(span.context() as never, 'http_headers', headers);
      foreign.inject(span as never, 'http_headers', alike);
      foreign.startSpan('child of the span', { childOf: span as never }).finish();
      foreign.startSpan('child of the context', { childOf: span.context() as never }).finish();
    });
    const server = tracer.startSpan('server', {
      childOf: foreign.extract('http_headers', headers) as never,
    });
    server.finish();
    expect(parentOf('child of the span')).toBe(idOf('request'));
    expect(parentOf('child of the context')).toBe(idOf('request'));
    expect(parentOf('server')).toBe(idOf('request'));
    expect(server.getBaggageItem('tenant')).toBe('a');
    expect(alike).toEqual(headers);
  });

  test('nests spans through the active scope', () => {
    const { tracer, reporter, idOf, parentOf, span } = overJaeger();
    const outer = tracer.startActiveSpan('outer', { tags: { a: 1 } });
    tracer.withActiveSpan('middle', () => tracer.startSpan('inner').finish());
    tracer.startSpan('other', { ignoreActiveSpan: true }).finish();
    outer.close();
    expect(reporter.spans.map((s) => s.operationName)).toEqual([
      'inner',
      'middle',
      'other',
      'outer',
    ]);
    expect(parentOf('inner')).toBe(idOf('middle'));
    expect(parentOf('middle')).toBe(idOf('outer'));
    expect(parentOf('other')).toBeFalsy();
    expect(span('outer')._tags).toContainEqual({ key: 'a', value: 1 });
    expect(tracer.activeSpan).toBeNull();
  });

  test('keeps concurrent requests apart, and late work in the trace of the finished span', async () => {
    const { tracer, idOf, parentOf } = overJaeger();
    const late: Promise<unknown>[] = [];
    const request = (name: string) =>
      tracer.withActiveSpan(name, async () => {
        await null;
        tracer.startSpan(`${name} child`).finish();
        late.push(
          new Promise<void>((resolve) => {
            setTimeout(() => {
              tracer.startSpan(`${name} late`).finish();
              resolve();
            }, 1);
          }),
        );
      });
    await Promise.all([request('a'), request('b')]);
    await Promise.all(late);
    for (const name of ['a', 'b']) {
      expect(parentOf(`${name} child`)).toBe(idOf(name));
      expect(parentOf(`${name} late`)).toBe(idOf(name));
    }
  });

  test('takes spans, contexts and references as parents', () => {
    const { tracer, foreign, parentOf } = overJaeger();
    const parent = tracer.startSpan('parent');
    const id = parent.context().toSpanId();
    expect(id).toMatch(/^[0-9a-f]{1,16}$/);
    tracer.startSpan('by span', { childOf: parent }).finish();
    tracer.startSpan('by context', { childOf: parent.context() }).finish();
    tracer.startSpan('by reference', { references: [null, followsFrom(parent)] }).finish();
    const raw = foreign.startSpan('raw');
    tracer.startSpan('by a span of its own', { childOf: raw as unknown as Span }).finish();
    expect(parentOf('by span')).toBe(id);
    expect(parentOf('by context')).toBe(id);
    expect(parentOf('by reference')).toBe(id);
    expect(parentOf('by a span of its own')).toBe(raw.context().toSpanId());
  });

  test('begins a new trace under a context of nothing, and injects nothing of it', () => {
    const { tracer, parentOf } = overJaeger();
    tracer.startSpan('any', { childOf: new SpanContext() }).finish();
    expect(parentOf('any')).toBeFalsy();
    const carrier = {};
    tracer.inject(new SpanContext(), FORMAT_HTTP_HEADERS, carrier);
    expect(carrier).toEqual({});
  });

  test('injects and extracts ids and baggage by every carrier', () => {
    const { tracer } = overJaeger();
    const span = tracer.startSpan('any').setBaggageItem('tenant', 'a b');
    const plain: Record<string, string> = {};
    tracer.inject(span, FORMAT_HTTP_HEADERS, plain);
    expect(Object.keys(plain).sort()).toEqual(['uber-trace-id', 'uberctx-tenant']);
    for (const [format, carrier] of [
      [FORMAT_TEXT_MAP, {}],
      [FORMAT_TEXT_MAP, new Map()],
      [FORMAT_HTTP_HEADERS, {}],
      [FORMAT_HTTP_HEADERS, new Map()],
      [FORMAT_HTTP_HEADERS, new Headers()],
      [FORMAT_HTTP_HEADERS, ['Host', 'example.test']],
    ] as const) {
      tracer.inject(span, format, carrier);
      const context = tracer.extract(format, carrier);
      expect(context?.toTraceId()).toBe(span.context().toTraceId());
      expect(context?.toSpanId()).toBe(span.context().toSpanId());
      expect({ ...context?.baggage }).toEqual({ tenant: 'a b' });
    }
    // Jaeger's binary format is empty.
    const binary = new BinaryCarrier();
    tracer.inject(span, FORMAT_BINARY, binary);
    expect(tracer.extract(FORMAT_BINARY, binary)).toBeNull();
    expect(() => tracer.inject(span, FORMAT_HTTP_HEADERS, null)).toThrow(InvalidCarrierError);
  });

  test('continues the trace that it extracts', () => {
    const { tracer, parentOf } = overJaeger();
    const client = tracer.startSpan('client');
    const headers = new Headers();
    tracer.inject(client, FORMAT_HTTP_HEADERS, headers);
    const server = tracer.startSpan('server', {
      childOf: tracer.extract(FORMAT_HTTP_HEADERS, headers),
    });
    server.finish();
    expect(parentOf('server')).toBe(client.context().toSpanId());
  });

  test('extracts null where there is nothing, so that the active span is the parent', () => {
    const { tracer } = overJaeger();
    expect(tracer.extract(FORMAT_HTTP_HEADERS, { host: 'example.test' })).toBeNull();
    expect(tracer.extract(FORMAT_TEXT_MAP, new Map())).toBeNull();
  });

  test('keeps what Jaeger reads beside ids: baggage and the debug id of a request', () => {
    const { tracer, span } = overJaeger();
    const debug = tracer.extract(FORMAT_HTTP_HEADERS, { 'jaeger-debug-id': 'ticket 7' });
    tracer.startSpan('debugged', { childOf: debug }).finish();
    expect(span('debugged')._tags).toContainEqual({ key: 'jaeger-debug-id', value: 'ticket 7' });
    const baggage = tracer.extract(FORMAT_HTTP_HEADERS, { 'jaeger-baggage': 'tenant=a' });
    expect(tracer.startSpan('any', { childOf: baggage }).getBaggageItem('tenant')).toBe('a');
  });

  test('logs errors', async () => {
    const { tracer, span } = overJaeger();
    const error = new TypeError('expected');
    await expect(tracer.withActiveSpan('any', () => Promise.reject(error))).rejects.toBe(error);
    expect(span('any')._tags).toContainEqual({ key: 'error', value: true });
    expect(span('any')._logs.at(-1)?.fields).toContainEqual({ key: 'message', value: 'expected' });
  });

  test('finishes a span once, and changes it no more', () => {
    const { tracer, reporter, span } = overJaeger();
    const scope = tracer.startActiveSpan('any');
    scope.close();
    scope.close();
    scope.span.finish();
    scope.span.setOperationName('late').setTag('late', 1).log({ late: 1 });
    scope.span.setBaggageItem('late', '1');
    expect(reporter.spans).toHaveLength(1);
    expect(span('any')._tags.map(({ key }) => key)).not.toContain('late');
    expect(scope.span.getBaggageItem('late')).toBeUndefined();
  });

  test('keeps an earlier context as it was when baggage is set', () => {
    const { tracer } = overJaeger();
    const span = tracer.startSpan('any').setBaggageItem('first', '1');
    const context = span.context();
    span.setBaggageItem('second', '2');
    expect({ ...context.baggage }).toEqual({ first: '1' });
    expect({ ...span.context().baggage }).toEqual({ first: '1', second: '2' });
  });

  test('flushes and closes by the callbacks of Jaeger', async () => {
    const { tracer } = overJaeger();
    await tracer.flush();
    await tracer.close();
    await tracer.close();
  });

  test('keeps the rules of the harness but for what is up to Jaeger', async () => {
    const checks = apiChecks(() => overJaeger().tracer, { async: true });
    expect((await failures(checks)).sort()).toEqual(UP_TO_JAEGER.sort());
  });
});

/** The binary format of jaeger-client, its errors, and its baggage. */
const UP_TO_JAEGER = [
  'a baggage item that was set can be read from the span and from its context',
  'a carrier that does not go with the format is an InvalidCarrierError',
  'a format that the tracer does not know is an UnsupportedFormatError',
  'a span without baggage is extracted without baggage',
  'baggage holds the keys of prototypes like any other and no others',
  'baggage may be set and read without an error, hostile keys too',
  'baggage with hostile keys and values fits into HTTP headers and comes back',
  'baggage without end breaks nothing',
  'extract does not change its carrier',
  'under a context of nothing but baggage a new trace begins that has the baggage',
  'extract gives the ids and the baggage that were injected, in every format and carrier',
  'what one tracer injects another one of its kind extracts',
];

describe('withScopes over the MockTracer of opentracing 0.14.7', () => {
  test('nests spans through the active scope', () => {
    const { tracer, foreign } = overMock();
    const started = vi.spyOn(foreign, 'startSpan');
    tracer.withActiveSpan('outer', () => tracer.startActiveSpan('inner').close());
    const { spans } = foreign.report();
    expect(spans.map((span) => span.operationName())).toEqual(['outer', 'inner']);
    expect(spans.map((span) => span.durationMs() >= 0)).toEqual([true, true]);
    const [outer, inner] = started.mock.calls.map(([, options]) => options?.references ?? []);
    expect(outer).toEqual([]);
    expect(inner?.map((reference) => reference.type())).toEqual([opentracing.REFERENCE_CHILD_OF]);
    const context = inner?.[0]?.referencedContext() as unknown as { span(): unknown };
    expect(context.span()).toBe(spans[0]);
  });

  test('sets tags, those of an error too, and leaves the options as they are', () => {
    const { tracer, foreign } = overMock();
    const started = vi.spyOn(foreign, 'startSpan');
    const tags = Object.freeze({ a: 1 });
    const options = Object.freeze({ tags, childOf: null, references: null, startTime: 5 });
    expect(() =>
      tracer.withActiveSpan('any', options, (span) => {
        span.setTag('b', 2);
        throw new Error('expected');
      }),
    ).toThrow('expected');
    expect(started.mock.calls).toEqual([['any', { tags: { a: 1 }, startTime: 5 }]]);
    expect(foreign.report().spans[0]?.tags()).toEqual({ b: 2, error: true });
  });

  test('may share a scope manager with a tracer of this package', () => {
    const { tracer, foreign } = overMock();
    const started = vi.spyOn(foreign, 'startSpan');
    const own = new MockTracer(tracer.scopeManager);
    own.withActiveSpan('own', () => tracer.startSpan('foreign').finish());
    tracer.withActiveSpan('foreign', () => own.startSpan('own').finish());
    expect(started.mock.calls).toEqual([
      ['foreign', {}],
      ['foreign', {}],
    ]);
    expect(own.finishedSpans().map((span) => span.parentId)).toEqual([null, null]);
  });
});

/** As zipkin-javascript-opentracing has it: of a parent, the `id` of a span is read. */
function overTracerOfSpans() {
  type Id = { own: number; parent: number | null };
  type HasId = { id: Id };
  const finished: (Id & { name: string })[] = [];
  let ids = 0;
  const spanOf = (id: Id, name = '') => ({
    id,
    context: () => ({ toSpanId: () => `${id.own}`, toTraceId: () => 'any' }),
    setTag: () => {},
    log: () => {},
    finish: () => finished.push({ ...id, name }),
  });
  const foreign = {
    startSpan: (name: string, { childOf }: { childOf?: HasId }) =>
      spanOf({ own: ++ids, parent: childOf ? childOf.id.own : null }, name),
    inject: ({ id }: HasId, _format: string, carrier: Record<string, string>) => {
      carrier.id = `${id.own}`;
    },
    extract: (_format: string, carrier: Record<string, string>) =>
      carrier.id ? spanOf({ own: Number(carrier.id), parent: null }) : null,
  };
  return { tracer: withScopes(foreign, new AsyncLocalStorageScopeManager()), finished };
}

describe('withScopes over a tracer that takes spans for contexts', () => {
  test('nests spans through the active scope, behind the end of a span too', async () => {
    const { tracer, finished } = overTracerOfSpans();
    await tracer.withActiveSpan('outer', () => {
      tracer.withActiveSpan('inner', () => {});
      return { late: Promise.resolve().then(() => tracer.startSpan('late').finish()) };
    }).late;
    expect(finished.map(({ name, parent }) => [name, parent])).toEqual([
      ['inner', 1],
      ['outer', null],
      ['late', 1],
    ]);
  });

  test('injects and extracts, and leaves alone what such a span cannot do', () => {
    const { tracer, finished } = overTracerOfSpans();
    const span = tracer.startSpan('any').setOperationName('other').setBaggageItem('a', '1');
    expect(span.getBaggageItem('a')).toBeUndefined();
    const headers = new Headers();
    tracer.inject(span, FORMAT_HTTP_HEADERS, headers);
    const childOf = tracer.extract(FORMAT_HTTP_HEADERS, headers);
    expect(childOf?.toSpanId()).toBe(span.context().toSpanId());
    tracer.startSpan('continued', { childOf }).finish();
    expect(finished).toEqual([{ name: 'continued', own: 2, parent: 1 }]);
  });
});

describe('withScopes', () => {
  test('takes nothing but a tracer', () => {
    for (const wrong of [null, undefined, {}, 42]) {
      expect(() => withScopes(wrong as unknown as object, new ThreadLocalScopeManager())).toThrow(
        TypeError,
      );
    }
  });

  test('never rejects when the tracer fails to close', async () => {
    const failing = Object.assign(new opentracing.Tracer(), {
      close: () => Promise.reject(new Error('expected')),
      flush: () => {
        throw new Error('expected');
      },
    });
    const tracer = withScopes(failing, new ThreadLocalScopeManager());
    await tracer.flush();
    await tracer.close();
  });
});
