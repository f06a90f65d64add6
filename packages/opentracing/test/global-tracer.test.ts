import { createRequire } from 'node:module';
import * as esm from 'opentracing-ts';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { afterEach, describe, expect, test } from 'vitest';

const cjs: typeof esm = createRequire(import.meta.url)('opentracing-ts');
const slots = globalThis as Record<symbol, unknown>;

afterEach(() => {
  delete slots[Symbol.for('opentracing-ts/v1')];
});

describe('the global tracer', () => {
  test('does nothing before one is registered', () => {
    expect(esm.isGlobalTracerRegistered()).toBe(false);
    const tracer = esm.globalTracer();
    const scope = tracer.startActiveSpan('any');
    expect(tracer.startSpan('other')).toBe(scope.span);
    expect(tracer.activeSpan).toBeNull();
    expect(tracer.extract(esm.FORMAT_TEXT_MAP, {})).toBe(scope.span.context());
    expect(() => tracer.extract('mine', {})).toThrow(esm.UnsupportedFormatError);
  });

  test('is the registered one, and a later one takes its place', () => {
    const [first, second] = [new MockTracer(), new MockTracer()];
    esm.setGlobalTracer(first);
    expect(esm.isGlobalTracerRegistered()).toBe(true);
    expect(esm.globalTracer()).toBe(first);
    esm.initGlobalTracer(second);
    expect(esm.globalTracer()).toBe(second);
  });

  test('passes everything on when it was kept from before the registration', async () => {
    const kept = esm.globalTracer();
    const tracer = new MockTracer();
    esm.setGlobalTracer(tracer);
    expect(kept.scopeManager).toBe(tracer.scopeManager);
    const scope = kept.startActiveSpan('outer', { tags: { a: 1 } });
    expect(kept.activeSpan).toBe(scope.span);
    expect(scope.span.tracer()).toBe(tracer);
    kept.startSpan('inner').finish();
    scope.close();
    kept.withActiveSpan('run', { tags: { b: 2 } }, () => {});
    expect(tracer.finishedSpans().map((span) => [span.operationName, span.tags])).toEqual([
      ['inner', {}],
      ['outer', { a: 1 }],
      ['run', { b: 2 }],
    ]);
    expect(tracer.finishedSpans()[0]?.parentId).toBe(scope.span.context().toSpanId());
    const carrier = {};
    kept.inject(scope.span, esm.FORMAT_TEXT_MAP, carrier);
    const extracted = kept.extract(esm.FORMAT_TEXT_MAP, carrier);
    expect(extracted?.toSpanId()).toBe(scope.span.context().toSpanId());
    await kept.flush();
    await kept.close();
  });

  test('passes withActiveSpan on to a tracer that has its own', () => {
    const names: string[] = [];
    class Own extends MockTracer {
      override withActiveSpan<R>(name: string, ...rest: unknown[]): R {
        names.push(name);
        return (rest.at(-1) as (span: esm.Span) => R)(this.startSpan(name));
      }
    }
    const kept = esm.globalTracer();
    esm.setGlobalTracer(new Own());
    expect(kept.withActiveSpan('first', () => 1)).toBe(1);
    expect(kept.withActiveSpan('second', null, () => 2)).toBe(2);
    expect(names).toEqual(['first', 'second']);
  });

  test('cannot be what is not a tracer', () => {
    for (const wrong of [null, undefined, 42, {}, () => {}]) {
      expect(() => esm.setGlobalTracer(wrong as unknown as esm.Tracer)).toThrow(TypeError);
    }
    expect(() => esm.setGlobalTracer(null as unknown as esm.Tracer)).toThrow(
      'The global tracer cannot be null, which has no method startSpan; ' +
        'pass one, or new Tracer().',
    );
    expect(() => esm.setGlobalTracer({} as unknown as esm.Tracer)).toThrow(
      'The global tracer cannot be an object, which has no method startSpan;',
    );
    expect(esm.isGlobalTracerRegistered()).toBe(false);
  });

  test('cannot be a tracer without scope methods, and the error says what helps', () => {
    const old = { startSpan() {}, inject() {}, extract() {} };
    expect(() => esm.setGlobalTracer(old as unknown as esm.Tracer)).toThrow(/withScopes\(/);
  });

  test('does not call itself when it is registered', () => {
    esm.setGlobalTracer(esm.globalTracer());
    esm.setGlobalTracer(cjs.globalTracer());
    expect(esm.isGlobalTracerRegistered()).toBe(false);
    expect(esm.globalTracer().startSpan('any').context().toTraceId()).toBe('');
  });
});

describe('the ESM and the CommonJS build in one program', () => {
  test('are two copies', () => {
    expect(cjs.Tracer).not.toBe(esm.Tracer);
  });

  test('share the global tracer, whichever registers it', () => {
    const kept = cjs.globalTracer();
    const tracer = new MockTracer();
    esm.setGlobalTracer(tracer);
    expect(cjs.globalTracer()).toBe(tracer);
    expect(cjs.isGlobalTracerRegistered()).toBe(true);
    expect(kept.startSpan('any').tracer()).toBe(tracer);
    const other = new cjs.Tracer();
    cjs.setGlobalTracer(other);
    expect(esm.globalTracer()).toBe(other);
  });

  test('take the spans, contexts and references of each other', () => {
    const tracer = new MockTracer();
    const parent = tracer.startSpan('parent');
    const references = [cjs.childOf(null), cjs.followsFrom(parent)];
    const child = tracer.startSpan('child', { references });
    expect(child.parentId).toBe(parent.context().toSpanId());
    expect(cjs.childOf(parent).referencedContext()).toBe(parent.context());
    expect(tracer.startSpan('root', { childOf: new cjs.SpanContext() }).parentId).toBeNull();
    const carrier = new cjs.BinaryCarrier();
    tracer.inject(parent, cjs.FORMAT_BINARY, carrier);
    expect(tracer.extract(esm.FORMAT_BINARY, carrier)?.toSpanId()).toBe(
      parent.context().toSpanId(),
    );
  });
});
