import {
  childOf,
  followsFrom,
  REFERENCE_CHILD_OF,
  REFERENCE_FOLLOWS_FROM,
  Reference,
  SpanContext,
  setGlobalTracer,
  startChildSpan,
  Tracer,
} from 'opentracing-ts';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { describe, expect, test } from 'vitest';

describe('a reference', () => {
  const span = new MockTracer().startSpan('any');

  test('has a type and the context of the span or context that it was given', () => {
    expect(childOf(span).type()).toBe(REFERENCE_CHILD_OF);
    expect(childOf(span).referencedContext()).toBe(span.context());
    expect(followsFrom(span.context()).type()).toBe(REFERENCE_FOLLOWS_FROM);
    expect(followsFrom(span.context()).referencedContext()).toBe(span.context());
  });

  test('to nothing is made without an error', () => {
    expect(childOf(null).referencedContext()).toBeNull();
    expect(followsFrom(undefined).referencedContext()).toBeUndefined();
  });

  test('may be of any type', () => {
    const reference = new Reference('sibling_of', span);
    expect(reference.type()).toBe('sibling_of');
    const child = new MockTracer().startSpan('child', { references: [reference] });
    expect(child.parentId).toBe(span.context().toSpanId());
  });

  test('takes the span of another library, told by its context method', () => {
    const context = new SpanContext();
    const foreign = { context: () => context } as unknown as typeof span;
    expect(childOf(foreign).referencedContext()).toBe(context);
  });
});

describe('startChildSpan', () => {
  test('takes the tracer of the parent and keeps the other options', () => {
    const tracer = new MockTracer();
    const parent = tracer.startSpan('parent');
    const options = Object.freeze({ tags: { a: 1 }, childOf: tracer.startSpan('other') });
    startChildSpan(parent, 'child', options).finish();
    const [child] = tracer.finishedSpans();
    expect(child?.parentId).toBe(parent.context().toSpanId());
    expect(child?.tags).toEqual({ a: 1 });
  });

  test('takes the global tracer for a context, and for no parent', () => {
    const tracer = new MockTracer();
    setGlobalTracer(tracer);
    try {
      const parent = tracer.startSpan('parent');
      const id = parent.context().toSpanId();
      startChildSpan(parent.context(), 'of a context').finish();
      startChildSpan(tracer.activeSpan, 'of nothing').finish();
      tracer.withActiveSpan('active', () => startChildSpan(undefined, 'of the active').finish());
      expect(tracer.getSpan('of a context').parentId).toBe(id);
      expect(tracer.getSpan('of nothing').parentId).toBeNull();
      expect(tracer.getSpan('of the active').parentId).toBe(
        tracer.getSpan('active').context().toSpanId(),
      );
    } finally {
      setGlobalTracer(new Tracer());
    }
  });
});
