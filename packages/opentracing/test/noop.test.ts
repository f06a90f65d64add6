import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  BinaryCarrier,
  FORMAT_BINARY,
  FORMAT_HTTP_HEADERS,
  FORMAT_TEXT_MAP,
  Scope,
  ScopeManager,
  Span,
  SpanContext,
  Tracer,
  UnsupportedFormatError,
} from 'opentracing-ts';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { describe, expect, test, vi } from 'vitest';

describe('the no-op tracer', () => {
  const tracer = new Tracer();

  test('has one span, one context and one scope, so that no call makes an object', () => {
    const span = tracer.startSpan('first');
    expect(tracer.startSpan('second', { tags: { a: 1 } })).toBe(span);
    expect(tracer.startSpan('third', { childOf: span })).toBe(span);
    expect(new Tracer().startSpan('elsewhere').context()).toBe(span.context());
    expect(tracer.extract(FORMAT_HTTP_HEADERS, {})).toBe(span.context());
    expect(span.context().baggage).toBe(new SpanContext().baggage);
    const scope = tracer.startActiveSpan('fourth');
    expect(scope.span).toBe(span);
    expect(tracer.startActiveSpan('fifth', { finishOnClose: false })).toBe(scope);
    expect(tracer.withActiveSpan('sixth', (active) => active)).toBe(span);
  });

  test('allocates nothing for a child span with tags', async () => {
    const fixture = fileURLToPath(new URL('fixtures/noop-memory.mjs', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', fixture]);
    const { span, object } = JSON.parse(stdout);
    // The smallest object has 16 bytes; what is around the loop comes to a byte or two for each turn.
    expect(span).toBeLessThan(8);
    expect(object).toBeGreaterThan(16);
  });

  test('records nothing of what its span is given', () => {
    const span = tracer.startSpan('any').setTag('a', 1).log({ b: 2 }).setBaggageItem('c', '3');
    expect(span.getBaggageItem('c')).toBeUndefined();
    expect(span.context().baggage).toEqual({});
    expect(span.context().toTraceId()).toBe('');
    expect(span.context().toSpanId()).toBe('');
  });

  test('does not look at an error that it has nowhere to record', () => {
    const look = vi.fn();
    tracer.startSpan('any').logError(new Proxy(new Error('any'), { get: look }));
    expect(look).not.toHaveBeenCalled();
  });

  test('writes nothing into a carrier', () => {
    const carriers = [
      [FORMAT_TEXT_MAP, {}],
      [FORMAT_HTTP_HEADERS, {}],
      [FORMAT_BINARY, new BinaryCarrier()],
    ] as const;
    for (const [format, carrier] of carriers) {
      const before = structuredClone(carrier);
      tracer.inject(tracer.startSpan('any'), format, carrier);
      expect({ ...carrier }).toEqual({ ...before });
    }
  });

  test('knows the three formats and no other', () => {
    expect(() => tracer.inject(new SpanContext(), 'mine', {})).toThrow(UnsupportedFormatError);
    expect(() => tracer.extract('mine', {})).toThrow(
      "The format 'mine' is not supported; use FORMAT_TEXT_MAP, " +
        'FORMAT_HTTP_HEADERS or FORMAT_BINARY, or register a propagator.',
    );
  });

  test('never has an active span', () => {
    const scope = tracer.startActiveSpan('any');
    expect(tracer.activeSpan).toBeNull();
    expect(tracer.scopeManager.active).toBeNull();
    scope.close();
    tracer.withActiveSpan('any', () => expect(tracer.activeSpan).toBeNull());
  });

  test('passes on what the function of withActiveSpan returns, the very promise included', () => {
    const promise = Promise.resolve(1);
    expect(tracer.withActiveSpan('any', () => promise)).toBe(promise);
  });
});

describe('the no-op scope manager under a tracer that records', () => {
  const tracer = new MockTracer(new ScopeManager());

  test('makes nothing active but finishes spans all the same', async () => {
    tracer.startActiveSpan('closed').close();
    tracer.withActiveSpan('returned', () => expect(tracer.activeSpan).toBeNull());
    await tracer.withActiveSpan('resolved', async () => {});
    tracer.startActiveSpan('left open', { finishOnClose: false }).close();
    const names = tracer.finishedSpans().map((span) => span.operationName);
    expect(names).toEqual(['closed', 'returned', 'resolved']);
  });

  test('binds a function to nothing', () => {
    const fn = () => 1;
    expect(tracer.scopeManager.bind(fn)).toBe(fn);
  });
});

describe('the base classes', () => {
  test('can be made by hand', () => {
    const tracer = new Tracer();
    const span = new Span(tracer);
    const scope = new Scope(tracer.scopeManager, span, true);
    expect(scope.span).toBe(span);
    expect(scope.manager).toBe(tracer.scopeManager);
    expect(span.tracer()).toBe(tracer);
    scope.close();
  });

  test('addTags sets own entries only', () => {
    const tags: [string, unknown][] = [];
    class Noting extends Span {
      override setTag(key: string, value: unknown): this {
        tags.push([key, value]);
        return this;
      }
    }
    const inherited = Object.assign(Object.create({ inherited: 1 }), { own: 2 });
    new Noting(new Tracer()).addTags(inherited);
    expect(tags).toEqual([['own', 2]]);
  });
});
