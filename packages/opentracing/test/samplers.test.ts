import { FORMAT_HTTP_HEADERS } from 'opentracing-ts';
import {
  type BasicSpanContext,
  BasicTracer,
  type BasicTracerOptions,
  ConstSampler,
  InMemoryRecorder,
  ParentBasedSampler,
  type ParentBasedSamplerOptions,
  ProbabilitySampler,
  RateLimitingSampler,
  RuleSampler,
  type Sampler,
  type SamplingRule,
} from 'opentracing-ts/basictracer';
import { describe, expect, it } from 'vitest';

const ALL = new ConstSampler(true);
const NONE = new ConstSampler(false);
const ID = '463ac35c9f6413ad';

function tracing(options: BasicTracerOptions) {
  const recorder = new InMemoryRecorder();
  const tracer = new BasicTracer({ recorder, propagation: ['b3'], ...options });
  const names = () => recorder.spans.map((span) => span.operationName);
  return { recorder, tracer, names };
}

/** A sampler that notes what it is asked. */
function asked(decision: boolean, more: Partial<Sampler> = {}) {
  const calls: Parameters<Sampler['isSampled']>[] = [];
  const sampler: Sampler = {
    ...more,
    isSampled(...args) {
      calls.push(args);
      return decision;
    },
  };
  return { calls, sampler };
}

describe('a sampler', () => {
  it('is given the tags of the first span, and null for the parent where the trace begins', () => {
    const { calls, sampler } = asked(true);
    const { tracer } = tracing({ sampler });
    const tags = { component: 'cron' };
    tracer.startSpan('with tags', { tags });
    tracer.startSpan('without');
    tracer.withActiveSpan('active', () => tracer.startSpan('child', { tags }));
    expect(calls.map(([name, , given, parent]) => [name, given, parent])).toEqual([
      ['with tags', tags, null],
      ['without', undefined, null],
      ['active', undefined, null],
    ]);
  });

  it('is given the context of a trace that came in without a decision', () => {
    const { calls, sampler } = asked(true);
    const { tracer } = tracing({ sampler });
    const childOf = tracer.extract(FORMAT_HTTP_HEADERS, { b3: `${ID}-${ID}` });
    tracer.startSpan('server', { childOf, tags: { 'span.kind': 'server' } });
    const [, low, tags, parent] = calls[0] ?? [];
    expect(low).toBe(0x9f6413ad);
    expect(tags).toEqual({ 'span.kind': 'server' });
    expect(parent).toBe(childOf);
  });

  it('is not asked where the caller has decided', () => {
    const { calls, sampler } = asked(true);
    const { tracer, names } = tracing({ sampler });
    for (const b3 of ['0', '1', 'd', `${ID}-${ID}-0`, `${ID}-${ID}-1`, `${ID}-${ID}-d`]) {
      tracer.startSpan(b3, { childOf: tracer.extract(FORMAT_HTTP_HEADERS, { b3 }) }).finish();
    }
    expect(calls).toEqual([]);
    expect(names()).toEqual(['1', 'd', `${ID}-${ID}-1`, `${ID}-${ID}-d`]);
  });

  it('that overrules callers is asked with their decision, and its own travels on', () => {
    const seen: unknown[] = [];
    const sampler: Sampler = {
      overrulesCallers: true,
      isSampled: (_name, _low, _tags, parent) => {
        seen.push(parent?.sampled);
        return parent?.sampled === false;
      },
    };
    const { tracer, names } = tracing({ sampler });
    const headers: unknown[] = [];
    for (const b3 of [`${ID}-${ID}-0`, `${ID}-${ID}-1`, `${ID}-${ID}-d`, '1']) {
      const childOf = tracer.extract(FORMAT_HTTP_HEADERS, { b3 });
      const span = tracer.startSpan(b3, { childOf });
      const child = tracer.startSpan('child', { childOf: span });
      const carrier: { b3?: string } = {};
      tracer.inject(child, FORMAT_HTTP_HEADERS, carrier);
      headers.push(carrier.b3?.split('-')[2]);
      child.finish();
      span.finish();
    }
    expect(seen).toEqual([false, true, true, true]);
    expect(names()).toEqual(['child', `${ID}-${ID}-0`]);
    expect(headers).toEqual(['1', '0', '0', '0']);
  });

  it('that answers something else than true decides against the trace', () => {
    const sampler = { isSampled: () => undefined } as unknown as Sampler;
    const { tracer } = tracing({ sampler });
    expect(tracer.startSpan('root').context().sampled).toBe(false);
  });
});

describe('a sampler that answers neither true nor false', () => {
  const SENTENCE =
    ', so the trace is not recorded; isSampled has to return true or false, at once.';

  it.each([
    ['a promise', async () => true],
    ['undefined', () => undefined],
    ['1', () => 1],
  ])('is told of once: %s', (shown, isSampled) => {
    const messages: string[] = [];
    const { tracer } = tracing({
      sampler: { isSampled } as unknown as Sampler,
      onError: ({ message }) => messages.push(message),
    });
    tracer.startSpan('first');
    tracer.startSpan('second');
    expect(messages).toEqual([`The sampler answers ${shown}${SENTENCE}`]);
  });

  it('does not end the program when that is a promise which rejects', async () => {
    const messages: string[] = [];
    const isSampled = async () => {
      throw new RangeError('no rules yet');
    };
    const { tracer } = tracing({
      sampler: { isSampled } as unknown as Sampler,
      onError: ({ message }) => messages.push(message),
    });
    tracer.startSpan('first');
    await Promise.resolve();
    expect(messages).toEqual([`The sampler answers a promise${SENTENCE}`, 'no rules yet']);
  });
});

describe('ParentBasedSampler', () => {
  const headers = {
    nothing: undefined,
    undecided: `${ID}-${ID}`,
    sampled: `${ID}-${ID}-1`,
    'not sampled': `${ID}-${ID}-0`,
    'a decision to sample alone': '1',
    'a decision against it alone': '0',
    debug: `${ID}-${ID}-d`,
  };

  function recorded(options?: ParentBasedSamplerOptions | null) {
    const { tracer, names } = tracing({ sampler: new ParentBasedSampler(options) });
    for (const [name, b3] of Object.entries(headers)) {
      const childOf = tracer.extract(FORMAT_HTTP_HEADERS, { b3 });
      tracer.startSpan(name, { childOf }).finish();
    }
    return names();
  }

  it('goes by the caller, and records where nobody has decided, by default', () => {
    const expected = ['nothing', 'undecided', 'sampled', 'a decision to sample alone', 'debug'];
    expect(recorded()).toEqual(expected);
    expect(recorded(null)).toEqual(expected);
  });

  it('asks its root where nobody has decided, an undecided caller included', () => {
    expect(recorded({ root: NONE })).toEqual(['sampled', 'a decision to sample alone', 'debug']);
  });

  it('can refuse what callers want recorded, Zipkin’s debug flag included', () => {
    expect(recorded({ remoteParentSampled: NONE })).toEqual(['nothing', 'undecided']);
  });

  it('can record what callers do not', () => {
    expect(
      recorded({ root: NONE, remoteParentSampled: NONE, remoteParentNotSampled: ALL }),
    ).toEqual(['not sampled', 'a decision against it alone']);
  });

  it('lets spans below another of the same process go by that one', () => {
    const { calls, sampler } = asked(false);
    const { tracer } = tracing({
      sampler: new ParentBasedSampler({ remoteParentSampled: sampler }),
    });
    const childOf = tracer.extract(FORMAT_HTTP_HEADERS, { b3: `${ID}-${ID}-1` });
    const server = tracer.startSpan('server', { childOf });
    const child = tracer.startSpan('child', { childOf: server });
    const sibling = tracer.startSpan('sibling', { childOf });
    expect(calls).toHaveLength(1);
    expect([server, child, sibling].map((span) => span.context().sampled)).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('hands on everything that it is asked', () => {
    const root = asked(true);
    const parent = { sampled: undefined } as BasicSpanContext;
    new ParentBasedSampler({ root: root.sampler }).isSampled('work', 17, { a: 1 }, parent);
    expect(root.calls).toEqual([['work', 17, { a: 1 }, parent]]);
  });

  it.each([
    [{ root: 0.5 }, 'The root is 0.5, which has no method isSampled'],
    [{ remoteParentSampled: {} }, 'The remoteParentSampled is an object'],
    [{ remoteParentNotSampled: ConstSampler }, 'The remoteParentNotSampled is a function'],
    [ALL, 'ParentBasedSampler takes an object with options, not a sampler; pass it as { root }'],
  ])('tells of wrong options: %#', (options, message) => {
    expect(() => new ParentBasedSampler(options as ParentBasedSamplerOptions)).toThrow(TypeError);
    expect(() => new ParentBasedSampler(options as ParentBasedSamplerOptions)).toThrow(message);
  });
});

describe('RuleSampler', () => {
  it('asks the sampler of the first rule that matches, and the other one where none does', () => {
    const sampler = new RuleSampler(
      [
        { operation: 'GET /health', sampler: NONE },
        { operation: /^GET \/health/, sampler: ALL },
        { operation: /^get/i, sampler: NONE },
        { operation: (name, tags) => name === 'work' && tags.component === 'cron', sampler: NONE },
      ],
      ALL,
    );
    const { tracer, names } = tracing({ sampler });
    for (const name of ['GET /health', 'GET /healthy', 'get /', 'work', 'POST /health']) {
      tracer.startSpan(name).finish();
    }
    tracer.startSpan('work', { tags: { component: 'cron' } }).finish();
    expect(names()).toEqual(['GET /healthy', 'work', 'POST /health']);
  });

  it('records what no rule matches by default', () => {
    expect(new RuleSampler([]).isSampled('any', 0)).toBe(true);
  });

  it('finds the same at every call, whatever the flags of an expression', () => {
    const operation = /health/gy;
    const sampler = new RuleSampler([{ operation, sampler: NONE }]);
    expect([1, 2, 3].map(() => sampler.isSampled('health', 0))).toEqual([false, false, false]);
    expect(operation.lastIndex).toBe(0);
  });

  it('overrules a caller within a ParentBasedSampler only', () => {
    const rules = new RuleSampler([{ operation: 'health', sampler: NONE }]);
    for (const [sampler, expected] of [
      [rules, ['health', 'orders']],
      [new ParentBasedSampler({ remoteParentSampled: rules }), ['orders']],
    ] as const) {
      const { tracer, names } = tracing({ sampler });
      for (const name of ['health', 'orders']) {
        const childOf = tracer.extract(FORMAT_HTTP_HEADERS, { b3: `${ID}-${ID}-1` });
        tracer.startSpan(name, { childOf }).finish();
      }
      expect(names()).toEqual(expected);
    }
  });

  it('decides against a trace whose rule fails, and the tracer tells of it', () => {
    const errors: Error[] = [];
    const sampler = new RuleSampler([
      { operation: (_name, tags) => (tags.missing as string).length > 0, sampler: ALL },
    ]);
    const { tracer, names } = tracing({ sampler, onError: (error) => errors.push(error) });
    tracer.startSpan('work').finish();
    expect(names()).toEqual([]);
    expect(errors).toHaveLength(1);
  });

  it.each([
    [undefined, 'The rules are undefined; give a list of { operation, sampler }'],
    [{ operation: 'work', sampler: ALL }, 'The rules are an object'],
    [[null], 'The operation of a rule is undefined; give a name, a regular expression or a func'],
    [[{ sampler: ALL }], 'The operation of a rule is undefined'],
    [[{ operation: 'work' }], 'The sampler of a rule is undefined, which has no method isSampled'],
    [[{ operation: 'work', sampler: 0.1 }], 'The sampler of a rule is 0.1'],
  ])('tells of wrong rules: %#', (rules, message) => {
    expect(() => new RuleSampler(rules as SamplingRule[])).toThrow(TypeError);
    expect(() => new RuleSampler(rules as SamplingRule[])).toThrow(message);
  });

  it('tells of another sampler that is none', () => {
    expect(() => new RuleSampler([], 0.1 as unknown as Sampler)).toThrow(
      'The sampler otherwise is 0.1, which has no method isSampled',
    );
  });
});

describe('ProbabilitySampler', () => {
  it('decides alike where a service knows the lower half of a trace id only', () => {
    const sampler = new ProbabilitySampler(0.3);
    const wide = tracing({ traceId128: true, sampler });
    const decisions = Array.from({ length: 200 }, () => {
      const context = wide.tracer.startSpan('root').context();
      const narrow = context.toTraceId().slice(16);
      const { tracer } = tracing({ sampler });
      const childOf = tracer.extract(FORMAT_HTTP_HEADERS, { b3: `${narrow}-${ID}` });
      return [context.sampled, tracer.startSpan('server', { childOf }).context().sampled];
    });
    for (const [here, there] of decisions) {
      expect(there).toBe(here);
    }
    expect(new Set(decisions.map(String)).size).toBe(2);
  });

  it('draws its line at the share of the 32 lowest bits', () => {
    const half = new ProbabilitySampler(0.5);
    expect(half.isSampled('', 2 ** 31 - 1)).toBe(true);
    expect(half.isSampled('', 2 ** 31)).toBe(false);
    expect(new ProbabilitySampler(1).isSampled('', 2 ** 32 - 1)).toBe(true);
    expect(new ProbabilitySampler(0).isSampled('', 0)).toBe(false);
  });
});

describe('RateLimitingSampler', () => {
  it('earns traces as time goes by, and saves them for one second', () => {
    let now = 5_000;
    const sampler = new RateLimitingSampler(2, { now: () => now });
    const burst = () => Array.from({ length: 5 }, () => sampler.isSampled()).filter(Boolean).length;
    expect(burst()).toBe(2);
    now += 499;
    expect(burst()).toBe(0);
    now += 1;
    expect(burst()).toBe(1);
    now += 60_000;
    expect(burst()).toBe(2);
  });

  it('saves for a whole trace where the limit is less than one a second', () => {
    let now = 0;
    const sampler = new RateLimitingSampler(0.5, { now: () => now });
    expect([sampler.isSampled(), sampler.isSampled()]).toEqual([true, false]);
    now += 1_999;
    expect(sampler.isSampled()).toBe(false);
    now += 1;
    expect(sampler.isSampled()).toBe(true);
  });

  it('takes nothing away where its clock goes back', () => {
    let now = 10_000;
    const sampler = new RateLimitingSampler(1, { now: () => now });
    now = 0;
    expect(sampler.isSampled()).toBe(true);
  });

  it.each([-1, Number.NaN])('refuses the limit %s with a sentence', (limit) => {
    expect(() => new RateLimitingSampler(limit)).toThrow(RangeError);
    expect(() => new RateLimitingSampler(limit)).toThrow('it has to be a number from 0 upwards');
  });
});

describe('the tag sampling.priority', () => {
  const KEY = 'sampling.priority';

  it.each([
    [1, true],
    [2, true],
    [0.5, true],
    ['1', true],
    [' 2 ', true],
    [true, true],
    [0, false],
    [-1, false],
    ['0', false],
    [false, false],
  ])('of %j decides: %s', (value, expected) => {
    for (const sampler of [ALL, NONE]) {
      const { tracer, names } = tracing({ sampler });
      tracer.startSpan('at start', { tags: { [KEY]: value } }).finish();
      tracer.startSpan('later').setTag(KEY, value).finish();
      tracer
        .startSpan('among others')
        .addTags({ a: 1, [KEY]: value, b: 2 })
        .finish();
      expect(names()).toEqual(expected ? ['at start', 'later', 'among others'] : []);
    }
  });

  it.each(['high', '', '  ', Number.NaN, null, undefined, {}, [1], Symbol('1')])(
    'of %s, which is no number, decides nothing',
    (value) => {
      for (const [sampler, expected] of [
        [ALL, 1],
        [NONE, 0],
      ] as const) {
        const { tracer, names } = tracing({ sampler });
        tracer
          .startSpan('work', { tags: { [KEY]: value } })
          .setTag(KEY, value)
          .finish();
        expect(names()).toHaveLength(expected);
      }
    },
  );

  it('at the start counts for all tags, wherever it stands among them', () => {
    const { tracer, recorder } = tracing({ sampler: NONE });
    tracer.startSpan('work', { tags: { a: 1, [KEY]: 1, b: 2 } }).finish();
    expect(recorder.spans[0]?.tags).toEqual({ a: 1, [KEY]: 1, b: 2 });
  });

  it('on a span of a trace that is not recorded records what is said from then on', () => {
    const { tracer, recorder } = tracing({ sampler: NONE });
    const span = tracer.startSpan('work', { tags: { early: 1 }, startTime: 1_000 });
    span.log({ event: 'early' }).setBaggageItem('user', 'ada');
    span.setTag(KEY, 1).setTag('late', 1).log({ event: 'late' }, 1_005).finish(1_010);
    expect(recorder.spans).toEqual([span]);
    expect(span.startTime).toBe(1_000);
    expect(span.duration).toBe(10);
    expect(span.tags).toEqual({ [KEY]: 1, late: 1 });
    expect(span.logs).toEqual([{ timestamp: 1_005, fields: { event: 'late' } }]);
    expect(span.getBaggageItem('user')).toBe('ada');
  });

  it('holds for what is started below the span afterwards, here and elsewhere', () => {
    const { tracer, names } = tracing({ sampler: NONE });
    const root = tracer.startSpan('root');
    const before = tracer.startSpan('before', { childOf: root });
    root.setTag(KEY, 1);
    const after = tracer.startSpan('after', { childOf: root });
    const carrier: { b3?: string } = {};
    tracer.inject(after, FORMAT_HTTP_HEADERS, carrier);
    expect(carrier.b3).toMatch(/-1-/);
    expect(after.context().toTraceId()).toBe(root.context().toTraceId());
    for (const span of [before, after, root]) {
      span.finish();
    }
    expect(names()).toEqual(['after', 'root']);
  });

  it('of 0 on a child leaves its parent and its siblings recorded', () => {
    const { tracer, names } = tracing({ sampler: ALL });
    const root = tracer.startSpan('root');
    const noisy = tracer.startSpan('noisy', { childOf: root, tags: { [KEY]: 0 } });
    tracer.startSpan('below', { childOf: noisy }).finish();
    noisy.finish();
    tracer.startSpan('sibling', { childOf: root }).finish();
    root.finish();
    expect(names()).toEqual(['sibling', 'root']);
  });

  it('of 0 takes the debug flag from what is sent on', () => {
    const { tracer, names } = tracing({ sampler: ALL });
    const childOf = tracer.extract(FORMAT_HTTP_HEADERS, { b3: `${ID}-${ID}-d` });
    const span = tracer.startSpan('work', { childOf }).setTag(KEY, 0);
    const carrier: { b3?: string } = {};
    tracer.inject(span, FORMAT_HTTP_HEADERS, carrier);
    expect(carrier.b3).toMatch(/-0-/);
    span.finish();
    expect(names()).toEqual([]);
  });

  it('changes nothing on a span that has finished', () => {
    const { tracer, names } = tracing({ sampler: NONE });
    const span = tracer.startSpan('work');
    span.finish();
    span
      .setTag(KEY, 1)
      .addTags({ [KEY]: 1 })
      .finish();
    expect(span.context().sampled).toBe(false);
    expect(names()).toEqual([]);
  });

  it('that throws when it is read is left alone', () => {
    const { tracer, names } = tracing({ sampler: NONE });
    const tags = {
      get [KEY](): number {
        throw new Error('expected');
      },
    };
    tracer.startSpan('work', { tags }).finish();
    expect(names()).toEqual([]);
  });
});
