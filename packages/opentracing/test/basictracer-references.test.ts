import {
  childOf,
  FORMAT_HTTP_HEADERS,
  followsFrom,
  Reference,
  type SpanContext,
} from 'opentracing-ts';
import { BasicTracer, InMemoryRecorder } from 'opentracing-ts/basictracer';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { describe, expect, it } from 'vitest';

const ID = '463ac35c9f6413ad';

function tracing() {
  const recorder = new InMemoryRecorder();
  return { recorder, tracer: new BasicTracer({ recorder, propagation: ['b3'], firstId: 1 }) };
}

/** What an exporter sees of them. */
function seen({ references }: { references: readonly Reference[] }) {
  return references.map((reference) => [
    reference.type(),
    reference.referencedContext()?.toTraceId(),
    reference.referencedContext()?.toSpanId(),
  ]);
}

function idsOf(span: { context(): SpanContext }) {
  return [span.context().toTraceId(), span.context().toSpanId()];
}

describe('several references of a span', () => {
  it('are kept in their order, childOf before them; the first child_of is the parent', () => {
    const { tracer, recorder } = tracing();
    const [a, b, c] = ['a', 'b', 'c'].map((name) => tracer.startSpan(name));
    if (!(a && b && c)) {
      throw new Error('there are three');
    }
    const span = tracer.startSpan('join', {
      childOf: c,
      references: [followsFrom(a), childOf(b), new Reference('sibling_of', a)],
    });
    span.finish();
    expect(seen(recorder.spans[0] as typeof span)).toEqual([
      ['child_of', ...idsOf(c)],
      ['follows_from', ...idsOf(a)],
      ['child_of', ...idsOf(b)],
      ['sibling_of', ...idsOf(a)],
    ]);
    expect(span.parentId).toBe(c.context().toSpanId());
    expect(span.context().toTraceId()).toBe(c.context().toTraceId());
  });

  it('name the first of any kind the parent where none is child_of', () => {
    const { tracer } = tracing();
    const [a, b] = [tracer.startSpan('a'), tracer.startSpan('b')];
    const span = tracer.startSpan('join', { references: [followsFrom(b), followsFrom(a)] });
    expect(span.parentId).toBe(b.context().toSpanId());
    expect(seen(span)).toEqual([
      ['follows_from', ...idsOf(b)],
      ['follows_from', ...idsOf(a)],
    ]);
  });

  it('are kept without those that are null, of null, or no references', () => {
    const { tracer } = tracing();
    const a = tracer.startSpan('a');
    const hostile = {
      type: () => 'child_of',
      referencedContext() {
        throw new Error('expected');
      },
    } as unknown as Reference;
    const references = Object.freeze([
      null,
      childOf(null),
      followsFrom(undefined),
      {} as Reference,
      hostile,
      childOf({} as SpanContext),
      childOf(a),
    ]);
    const span = tracer.startSpan('join', { childOf: null, references });
    expect(seen(span)).toEqual([['child_of', ...idsOf(a)]]);
    expect(span.parentId).toBe(a.context().toSpanId());
  });

  it('of nothing leave the active span the parent', () => {
    const { tracer } = tracing();
    tracer.withActiveSpan('active', (active) => {
      for (const references of [[], [null], [childOf(null)]]) {
        const span = tracer.startSpan('child', { references });
        expect(seen(span)).toEqual([['child_of', ...idsOf(active)]]);
        expect(
          tracer.startSpan('root', { references, ignoreActiveSpan: true }).parentId,
        ).toBeNull();
      }
    });
  });

  it('may be to contexts of other libraries, by their ids', () => {
    const { tracer } = tracing();
    const foreign = {
      toTraceId: () => '463ac35c9f6413ad48485a3953bb6124',
      toSpanId: () => 'a2fb4a1d1a96d312',
    } as SpanContext;
    const mock = new MockTracer({ firstId: 0x20 }).startSpan('mock');
    const span = tracer.startSpan('join', { references: [childOf(foreign), followsFrom(mock)] });
    expect(span.context().toTraceId()).toBe('463ac35c9f6413ad48485a3953bb6124');
    expect(span.parentId).toBe('a2fb4a1d1a96d312');
    expect(seen(span)).toEqual([
      ['child_of', '463ac35c9f6413ad48485a3953bb6124', 'a2fb4a1d1a96d312'],
      ['follows_from', ...idsOf(mock)],
    ]);
  });

  it('go by the decision, the baggage and the clock of the parent alone', () => {
    const { tracer } = tracing();
    const refused = tracer.extract(FORMAT_HTTP_HEADERS, { b3: `${ID}-${ID}-0` });
    const parent = tracer.startSpan('parent').setBaggageItem('user', 'ada');
    const other = tracer.startSpan('other').setBaggageItem('user', 'bob');
    const references = [followsFrom(refused), childOf(parent), childOf(other)];
    const span = tracer.startSpan('join', { references });
    expect(span.context().sampled).toBe(true);
    expect(span.getBaggageItem('user')).toBe('ada');
  });

  it('do not change with the list that they were given in', () => {
    const { tracer } = tracing();
    const a = tracer.startSpan('a');
    const references = [childOf(a)];
    const span = tracer.startSpan('join', { references });
    references.length = 0;
    expect(seen(span)).toEqual([['child_of', ...idsOf(a)]]);
  });
});
