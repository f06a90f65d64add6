import {
  childOf,
  FORMAT_TEXT_MAP,
  followsFrom,
  Reference,
  type SpanContext,
  type SpanOptions,
  Tags,
} from 'opentracing-ts';
import {
  type BasicSpan,
  BasicTracer,
  type BasicTracerOptions,
  ConstSampler,
  InMemoryRecorder,
  ProbabilitySampler,
  RateLimitingSampler,
} from 'opentracing-ts/basictracer';
import { describe, expect, it } from 'vitest';

function tracing(options: BasicTracerOptions = {}) {
  const recorder = new InMemoryRecorder();
  return { recorder, tracer: new BasicTracer({ recorder, ...options }) };
}

describe('a span of BasicTracer', () => {
  it('is recorded once, when it finishes, with all that was said of it', () => {
    const { recorder, tracer } = tracing();
    expect(tracer.recorder).toBe(recorder);
    expect(new BasicTracer().recorder).toBeNull();
    const span = tracer.startSpan('query', { tags: { 'db.type': 'sql' }, startTime: 1000.5 });
    span.setTag('rows', 3).addTags({ ok: true });
    span.log({ event: 'fetched' }, 1001);
    expect(recorder.spans).toEqual([]);

    span.finish(1003);
    span.finish(2000);

    expect(recorder.spans).toEqual([span]);
    expect(span.operationName).toBe('query');
    expect(span.startTime).toBe(1000.5);
    expect(span.duration).toBe(2.5);
    expect(span.tags).toEqual({ 'db.type': 'sql', rows: 3, ok: true });
    expect(span.logs).toEqual([{ timestamp: 1001, fields: { event: 'fetched' } }]);
  });

  it('does not change any more once it has finished', () => {
    const { tracer } = tracing();
    const span = tracer.startSpan('before').setTag('a', 1);
    span.finish();
    span.setOperationName('after').setTag('a', 2).setTag('b', 1).log({ event: 'late' });
    span.setBaggageItem('late', 'yes');

    expect(span.operationName).toBe('before');
    expect(span.tags).toEqual({ a: 1 });
    expect(span.logs).toEqual([]);
    expect(span.getBaggageItem('late')).toBeUndefined();
  });

  it('keeps the last value of a tag that is set twice', () => {
    const { tracer } = tracing();
    const span = tracer.startSpan('work', { tags: { status: 100 } }).setTag('status', 200);
    expect(span.tags).toEqual({ status: 200 });
  });

  it('has a duration of 0 when given a finish time before its start', () => {
    const { tracer } = tracing();
    const span = tracer.startSpan('work', { startTime: 1000 });
    span.finish(999);
    expect(span.duration).toBe(0);
  });

  it('lies, by the clock, between its parent’s start and finish', () => {
    const { tracer } = tracing();
    const parent = tracer.startSpan('parent');
    const child = tracer.startSpan('child', { childOf: parent });
    child.finish();
    parent.finish();
    expect(child.startTime).toBeGreaterThanOrEqual(parent.startTime);
    expect(child.startTime + child.duration).toBeLessThanOrEqual(
      parent.startTime + parent.duration,
    );
    expect(Math.abs(parent.startTime - Date.now())).toBeLessThan(5000);
  });
});

describe('the place of a span in its trace', () => {
  it('is the root of a new trace when nothing is active', () => {
    const { tracer } = tracing();
    const one = tracer.startSpan('one');
    const two = tracer.startSpan('two');
    expect(one.parentId).toBeNull();
    expect(one.references).toEqual([]);
    expect(one.context().toTraceId()).toMatch(/^[0-9a-f]{16}$/);
    expect(one.context().toSpanId()).toMatch(/^[0-9a-f]{16}$/);
    expect(two.context().toTraceId()).not.toBe(one.context().toTraceId());
  });

  it('has trace ids of 128 bits where that is asked for', () => {
    const { tracer } = tracing({ traceId128: true });
    const root = tracer.startSpan('root');
    const child = tracer.startSpan('child', { childOf: root });
    expect(root.context().toTraceId()).toMatch(/^[0-9a-f]{32}$/);
    expect(child.context().toTraceId()).toBe(root.context().toTraceId());
  });

  it('is under childOf, which may be a span or a context', () => {
    const { tracer } = tracing();
    const parent = tracer.startSpan('parent');
    for (const childOf of [parent, parent.context()]) {
      const child = tracer.startSpan('child', { childOf });
      expect(child.parentId).toBe(parent.context().toSpanId());
      expect(child.context().toTraceId()).toBe(parent.context().toTraceId());
      expect(child.references.map((reference) => reference.type())).toEqual(['child_of']);
      expect(child.references[0]?.referencedContext()?.toSpanId()).toBe(
        parent.context().toSpanId(),
      );
    }
  });

  it('is under the first child_of of several references, and keeps the others', () => {
    const { tracer } = tracing();
    const cause = tracer.startSpan('cause');
    const parent = tracer.startSpan('parent');
    const other = tracer.startSpan('other');
    const references = [followsFrom(cause), childOf(parent), childOf(other)];
    const span = tracer.startSpan('span', { references });
    expect(span.parentId).toBe(parent.context().toSpanId());
    expect(span.references).toEqual(references);
  });

  it('is under what it follows from when that is all there is', () => {
    const { tracer } = tracing();
    const cause = tracer.startSpan('cause');
    const span = tracer.startSpan('span', { references: [followsFrom(cause)] });
    expect(span.parentId).toBe(cause.context().toSpanId());
  });

  it('is not changed by null parents, null references and references of null', () => {
    const { tracer } = tracing();
    const options = Object.freeze({
      childOf: null,
      references: Object.freeze([null, new Reference('child_of', null)]),
    });
    expect(tracer.startSpan('root', options).parentId).toBeNull();
    const scope = tracer.startActiveSpan('active');
    expect(tracer.startSpan('child', options).parentId).toBe(scope.span.context().toSpanId());
    expect(tracer.startSpan('root', { ...options, ignoreActiveSpan: true }).parentId).toBeNull();
    scope.close();
  });

  it.each([{}, 'text', 1, true, { context: () => null }, { references: 1 }, { references: [{}] }])(
    'ignores %j, which is no parent',
    (hostile) => {
      const { tracer } = tracing();
      const options = (
        typeof hostile === 'object' && 'references' in hostile ? hostile : { childOf: hostile }
      ) as SpanOptions;
      expect(tracer.startSpan('root', options).parentId).toBeNull();
    },
  );

  it.each([null, undefined, {}, 'text'])(
    'injects nothing for %j, which is no context',
    (context) => {
      const { tracer } = tracing();
      const carrier = {};
      tracer.inject(context as unknown as SpanContext, FORMAT_TEXT_MAP, carrier);
      expect(carrier).toEqual({});
    },
  );

  it('is under a span of another library, by its ids', () => {
    const { tracer } = tracing();
    const foreign = {
      toTraceId: () => '463ac35c9f6413ad48485a3953bb6124',
      toSpanId: () => 'a2fb4a1d1a96d312',
      baggage: { user: 'ada' },
    };
    const span = tracer.startSpan('span', { childOf: foreign });
    expect(span.context().toTraceId()).toBe('463ac35c9f6413ad48485a3953bb6124');
    expect(span.parentId).toBe('a2fb4a1d1a96d312');
    expect(span.getBaggageItem('user')).toBe('ada');
  });
});

describe('sampling', () => {
  it('records nothing, and says so, where the sampler fails', () => {
    const errors: Error[] = [];
    const error = new Error('expected');
    const sampler = {
      isSampled() {
        throw error;
      },
    };
    const { recorder, tracer } = tracing({ sampler, onError: (told) => errors.push(told) });
    tracer.withActiveSpan('root', () => tracer.startSpan('child').finish());
    tracer.startSpan('another', { tags: { a: 1 } }).finish();
    expect(recorder.spans).toEqual([]);
    expect(errors).toEqual([error]);
  });

  it('takes null for its options', () => {
    const tracer = new BasicTracer(null);
    expect(tracer.startSpan('any').context().sampled).toBe(true);
  });

  it('records nothing of a trace that the sampler does not want, in any of its spans', () => {
    const { recorder, tracer } = tracing({ sampler: new ConstSampler(false) });
    const root = tracer.startSpan('root', { tags: { a: 1 } });
    const child = tracer.startSpan('child', { childOf: root }).setTag('a', 1).log({ event: 'x' });
    child.finish();
    root.finish();
    expect(recorder.spans).toEqual([]);
    expect(child.context().sampled).toBe(false);
    expect(child.context().toTraceId()).toBe(root.context().toTraceId());
  });

  it('asks once for a trace, with the operation name and the low bits of the trace id', () => {
    const asked: [string, number][] = [];
    const sampler = {
      isSampled(name: string, low: number) {
        asked.push([name, low]);
        return true;
      },
    };
    const { tracer } = tracing({ sampler });
    const root = tracer.startSpan('root');
    tracer.startSpan('child', { childOf: root });
    const low = Number.parseInt(root.context().toTraceId().slice(-8), 16);
    expect(asked).toEqual([['root', low]]);
  });

  it('follows the tag sampling.priority from the span that has it on', () => {
    const { recorder, tracer } = tracing({ sampler: new ConstSampler(false) });
    const root = tracer.startSpan('root');
    const kept = tracer.startSpan('kept', {
      childOf: root,
      tags: { [Tags.SAMPLING_PRIORITY]: 1, a: 1 },
    });
    const below = tracer.startSpan('below', { childOf: kept });
    const ended = tracer.startSpan('ended', { childOf: kept }).setTag(Tags.SAMPLING_PRIORITY, 0);
    for (const span of [ended, below, kept, root]) {
      span.finish();
    }
    expect(recorder.spans.map((span) => span.operationName)).toEqual(['below', 'kept']);
  });

  it('chooses the same traces in all services that use the same rate', () => {
    const ids = Array.from({ length: 1000 }, (_, i) => (i * 4_294_967) >>> 0);
    const chosen = (rate: number) =>
      ids.filter((id) => new ProbabilitySampler(rate).isSampled('', id));
    expect(chosen(0)).toEqual([]);
    expect(chosen(1)).toEqual(ids);
    expect(chosen(0.25)).toHaveLength(251);
    expect(chosen(0.5)).toEqual(expect.arrayContaining(chosen(0.25)));
  });

  it('lets no more traces through than the limit allows at once', () => {
    const sampler = new RateLimitingSampler(3);
    const decisions = Array.from({ length: 10 }, () => sampler.isSampled());
    expect(decisions.filter(Boolean)).toHaveLength(3);
    expect(new RateLimitingSampler(0).isSampled()).toBe(false);
    expect(new RateLimitingSampler(0.1).isSampled()).toBe(true);
  });

  it.each([-0.1, 1.1, Number.NaN])('refuses the rate %s with a sentence', (rate) => {
    expect(() => new ProbabilitySampler(rate)).toThrow(RangeError);
    expect(() => new ProbabilitySampler(rate)).toThrow(
      `${rate}; it has to be a number from 0 to 1`,
    );
  });
});

describe('baggage', () => {
  it('goes to the spans that are started after it was set', () => {
    const { tracer } = tracing();
    const root = tracer.startSpan('root');
    const before = tracer.startSpan('before', { childOf: root });
    const contextBefore = root.context();
    root.setBaggageItem('user', 'ada');
    const after = tracer.startSpan('after', { childOf: root });

    expect(after.getBaggageItem('user')).toBe('ada');
    expect(after.context().baggage).toEqual({ user: 'ada' });
    expect(before.getBaggageItem('user')).toBeUndefined();
    expect(contextBefore.baggage).toEqual({});
  });

  it('is bounded, and safe against names that mean something to JavaScript', () => {
    const { tracer } = tracing();
    const span = tracer.startSpan('work');
    span.setBaggageItem('__proto__', 'polluted').setBaggageItem('constructor', 'x');
    expect(span.getBaggageItem('__proto__')).toBe('polluted');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    for (let i = 0; i < 200; i++) {
      span.setBaggageItem(`key${i}`, 'value');
    }
    expect(Object.keys(span.context().baggage)).toHaveLength(64);
    span.setBaggageItem('long', 'x'.repeat(10_000));
    expect(span.getBaggageItem('long')).toBeUndefined();
  });
});

describe('a tracer that is closed', () => {
  it.each([
    ['flush', ['flush']],
    ['close', ['close']],
    ['flush and close', ['close']],
  ])(
    'closes its recorder, or flushes one that has nothing to close: %s',
    async (methods, expected) => {
      const called: string[] = [];
      const call = (name: string) => async () => {
        called.push(name);
      };
      const all = { flush: call('flush'), close: call('close') };
      const has = Object.entries(all).filter(([name]) => methods.includes(name));
      const recorder = { recordSpan: () => {}, ...Object.fromEntries(has) };
      const tracer = new BasicTracer({ recorder });
      await tracer.close();
      await tracer.close();
      expect(called).toEqual(expected);
    },
  );
});

describe('a recorder that fails', () => {
  it('breaks nothing, and is reported through onError once', async () => {
    const errors: Error[] = [];
    const fail = () => {
      throw new Error('full');
    };
    const tracer = new BasicTracer({
      recorder: { recordSpan: fail, flush: async () => fail(), close: async () => fail() },
      onError: (error) => errors.push(error),
    });
    tracer.startSpan('one').finish();
    tracer.startSpan('two').finish();
    await tracer.flush();
    await tracer.close();
    await tracer.close();
    expect(errors.map((error) => error.message)).toEqual(['full']);
  });
});

describe('failures of one kind', () => {
  it('are told of once for each thing that fails', async () => {
    const errors: string[] = [];
    const failing = (what: string) => () => {
      throw new TypeError(what);
    };
    const tracer = new BasicTracer({
      now: failing('clock'),
      idGenerator: { generateTraceId: failing('ids'), generateSpanId: failing('ids') },
      recorder: { recordSpan: failing('recorder') },
      limits: { maxTags: 1, maxLogs: 1 },
      onError: (error) => errors.push(error.message.replace(/ .*/, '')),
    });
    for (let i = 0; i < 2; i++) {
      const span = tracer.startSpan('work', { tags: { a: 1, b: 2 } });
      span.log({ a: 1 }).log({ b: 2 }).finish();
    }
    const unsure = new BasicTracer({
      sampler: { isSampled: failing('sampler') },
      recorder: { recordSpan: () => {}, flush: async () => failing('flush')() },
      onError: (error) => errors.push(error.message),
    });
    unsure.startSpan('work').finish();
    await unsure.flush();
    expect(errors.sort()).toEqual(['The', 'The', 'clock', 'flush', 'ids', 'recorder', 'sampler']);
  });
});

describe('a wrong option', () => {
  it.each([
    ['sampler', 7, 'The sampler is 7, which has no method isSampled'],
    ['recorder', {}, 'The recorder is an object, which has no method recordSpan'],
    ['scopeManager', 'als', "The scopeManager is 'als', which has no method activate"],
    ['propagation', 'b3', "The propagation is 'b3'; give a list of names"],
  ])('is told when the tracer is made: %s', (option, value, message) => {
    const options = { [option]: value } as BasicTracerOptions;
    expect(() => new BasicTracer(options)).toThrow(TypeError);
    expect(() => new BasicTracer(options)).toThrow(message);
  });
});

describe('withActiveSpan', () => {
  it('records an error with its tag and log, and throws it on unchanged', () => {
    const { recorder, tracer } = tracing();
    const error = new TypeError('no');
    expect(() =>
      tracer.withActiveSpan('work', () => {
        throw error;
      }),
    ).toThrow(error);
    const [span] = recorder.spans as [BasicSpan];
    expect(span.tags).toEqual({ error: true });
    expect(span.logs[0]?.fields).toEqual({
      event: 'error',
      message: 'no',
      'error.object': error,
      'error.kind': 'TypeError',
      stack: error.stack,
    });
  });
});
