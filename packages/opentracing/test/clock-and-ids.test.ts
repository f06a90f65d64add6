import { FORMAT_HTTP_HEADERS, type Tracer } from 'opentracing-ts';
import {
  BasicTracer,
  type BasicTracerOptions,
  type IdGenerator,
  InMemoryRecorder,
} from 'opentracing-ts/basictracer';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { describe, expect, it } from 'vitest';

const ID = '463ac35c9f6413ad';

function tracing(options: BasicTracerOptions) {
  const recorder = new InMemoryRecorder();
  const errors: Error[] = [];
  const onError = (error: Error) => errors.push(error);
  return { recorder, errors, tracer: new BasicTracer({ recorder, onError, ...options }) };
}

function idsOf(span: { context(): { toTraceId(): string; toSpanId(): string } }) {
  return [span.context().toTraceId(), span.context().toSpanId()];
}

describe('the clock of a program', () => {
  it('is asked at the start, at a log and at the end of every span', () => {
    let now = 1_000;
    const { tracer } = tracing({ now: () => now, propagation: ['b3'] });
    const root = tracer.startSpan('root');
    now += 5;
    const child = tracer.startSpan('child', { childOf: root }).log({ event: 'any' });
    const childOf = tracer.extract(FORMAT_HTTP_HEADERS, { b3: `${ID}-${ID}` });
    const server = tracer.startSpan('server', { childOf });
    now += 2.5;
    for (const span of [child, root, server]) {
      span.finish();
    }
    expect([root, child, server].map((span) => [span.startTime, span.duration])).toEqual([
      [1_000, 7.5],
      [1_005, 2.5],
      [1_005, 2.5],
    ]);
    expect(child.logs).toEqual([{ timestamp: 1_005, fields: { event: 'any' } }]);
  });

  it('is not asked for times that are given', () => {
    const { tracer, errors } = tracing({
      now: () => {
        throw new Error('not expected');
      },
      propagation: ['b3'],
    });
    const root = tracer.startSpan('root', { startTime: 10 });
    const child = tracer.startSpan('child', { childOf: root, startTime: 11 }).log({ a: 1 }, 12);
    child.finish(13);
    root.finish(14);
    expect(errors).toEqual([]);
  });

  it('that goes back makes no negative duration', () => {
    let now = 1_000;
    const { tracer } = tracing({ now: () => now });
    const span = tracer.startSpan('work');
    now = 0;
    span.finish();
    expect(span.duration).toBe(0);
  });

  it.each([
    [() => Number.NaN, 'The clock given as now makes no time, so the time of day is taken.'],
    [() => new Date() as unknown as number, 'The clock given as now makes no time'],
    [
      () => {
        throw new Error('expected');
      },
      'expected',
    ],
  ])('that fails is told of once, and the time of day is taken: %#', (now, message) => {
    const { tracer, errors } = tracing({ now });
    const before = Date.now();
    const span = tracer.startSpan('work');
    span.finish();
    expect(span.startTime).toBeGreaterThanOrEqual(before - 1_000);
    expect(span.duration).toBeGreaterThanOrEqual(0);
    expect(errors).toHaveLength(1);
    expect(errors[0]?.message).toContain(message);
  });

  it('that is none is told of when the tracer is made', () => {
    const now = 5 as unknown as () => number;
    expect(() => new BasicTracer({ now })).toThrow(
      new TypeError('The now is 5; give a function, such as Date.now.'),
    );
  });

  it.each([
    ['BasicTracer', (now: () => number): Tracer => new BasicTracer({ now })],
    ['MockTracer', (now: () => number): Tracer => new MockTracer({ now })],
  ])('of %s says when a scope was closed that waits for those inside it', (_name, create) => {
    let now = 1_000;
    const tracer = create(() => now);
    const outer = tracer.startActiveSpan('outer');
    const inner = tracer.startActiveSpan('inner');
    now += 5;
    outer.close();
    now += 5;
    inner.close();
    const { startTime } = outer.span as unknown as { startTime: number };
    const { duration } = outer.span as unknown as { duration: number };
    expect([startTime, duration]).toEqual([1_000, 5]);
  });
});

describe('a clock that does not tell the time of day', () => {
  const REMEDY =
    'so all spans are of 1970; it has to give milliseconds since the Unix epoch, as Date.now does.';

  it.each([
    ['since the process started', () => performance.now() + 1e-7],
    ['in seconds', () => Date.now() / 1_000],
    ['in seconds', () => Math.floor(Date.now() / 1_000)],
  ])('is told of once: %s', (what, now) => {
    const { tracer, errors } = tracing({ now });
    tracer.startSpan('first').finish();
    tracer.startSpan('second').finish();
    expect(errors.map(({ message }) => message)).toEqual([
      `The clock given as now tells the time ${what}, ${REMEDY}`,
    ]);
  });

  it('may be that of a test, which begins whenever it likes', () => {
    for (const now of [() => 0, () => 1_000, () => Math.floor(performance.now()), Date.now]) {
      const { tracer, errors } = tracing({ now });
      tracer.startSpan('work').finish();
      expect(errors).toEqual([]);
    }
  });
});

describe('ids that are counted', () => {
  it('begin where they are told to: one for each trace, one for each span', () => {
    const { tracer } = tracing({ firstId: 9 });
    const root = tracer.startSpan('root');
    const child = tracer.startSpan('child', { childOf: root });
    const other = tracer.startSpan('other');
    expect(idsOf(root)).toEqual(['0000000000000009', '000000000000000a']);
    expect(idsOf(child)).toEqual(['0000000000000009', '000000000000000b']);
    expect(idsOf(other)).toEqual(['000000000000000c', '000000000000000d']);
    expect(child.parentId).toBe('000000000000000a');
    expect(root.parentId).toBeNull();
  });

  it('are those of the tracer alone', () => {
    const roots = [1, 2].map(() => tracing({ firstId: 1 }).tracer.startSpan('root'));
    expect(roots.map(idsOf)).toEqual([
      ['0000000000000001', '0000000000000002'],
      ['0000000000000001', '0000000000000002'],
    ]);
  });

  it('fill 128 bits where trace ids have so many', () => {
    const { tracer } = tracing({ firstId: 0xff, traceId128: true });
    const [traceId] = idsOf(tracer.startSpan('root'));
    expect(traceId).toBe('00000000000000ff00000000000000ff');
  });

  it('go on below a trace from elsewhere, whether it brings ids or not', () => {
    const { tracer } = tracing({ firstId: 1, propagation: ['b3'] });
    const ids = [`${ID}-${ID}-1`, '1'].map((b3) =>
      idsOf(tracer.startSpan('work', { childOf: tracer.extract(FORMAT_HTTP_HEADERS, { b3 }) })),
    );
    expect(ids).toEqual([
      [ID, '0000000000000001'],
      ['0000000000000002', '0000000000000003'],
    ]);
  });

  it('leave the id of a span that is joined with the client’s', () => {
    const { tracer } = tracing({ firstId: 1, propagation: ['b3'], joinSpans: true });
    const childOf = tracer.extract(FORMAT_HTTP_HEADERS, { b3: `${ID}-${ID}-1` });
    const tags = { 'span.kind': 'server' };
    expect(idsOf(tracer.startSpan('server', { childOf, tags }))).toEqual([ID, ID]);
  });

  it.each([0, -1, 1.5, Number.NaN, 2 ** 53])('do not begin with %s', (firstId) => {
    expect(() => new BasicTracer({ firstId })).toThrow(RangeError);
    expect(() => new BasicTracer({ firstId })).toThrow('give a whole number of 1 or more');
  });
});

describe('a generator of ids', () => {
  function generator(traceIds: unknown[], spanIds: unknown[]) {
    return {
      generateTraceId: () => traceIds.shift(),
      generateSpanId: () => spanIds.shift(),
    } as IdGenerator;
  }

  it('makes those of traces, of 64 or of 128 bits, and of spans', () => {
    const wide = '5759e988bd862e3fe1be46a994272793';
    const idGenerator = generator([wide, ID], [ID, 'ffffffffffffffff', '53995c3f42cd8ad8']);
    const { tracer, errors } = tracing({ idGenerator });
    const root = tracer.startSpan('root');
    const child = tracer.startSpan('child', { childOf: root });
    expect([root, child, tracer.startSpan('other')].map(idsOf)).toEqual([
      [wide, ID],
      [wide, 'ffffffffffffffff'],
      [ID, '53995c3f42cd8ad8'],
    ]);
    expect(child.parentId).toBe(ID);
    expect(errors).toEqual([]);
  });

  it('gives samplers the low bits of its trace ids', () => {
    const asked: number[] = [];
    const sampler = { isSampled: (_name: string, low: number) => asked.push(low) > 0 };
    const idGenerator = generator([ID], [ID]);
    tracing({ idGenerator, sampler }).tracer.startSpan('root');
    expect(asked).toEqual([0x9f6413ad]);
  });

  it.each([
    [undefined, ID],
    ['', ID],
    [7, ID],
    [`${ID}0`, ID],
    [ID.toUpperCase(), ID],
    ['0'.repeat(32), ID],
    ['0'.repeat(16), ID],
    [ID, undefined],
    [ID, '0'.repeat(16)],
    [ID, ID + ID],
    [ID, 'g'.repeat(16)],
  ])('that makes %j and %j is told of once, and others are taken', (traceId, spanId) => {
    const { tracer, errors } = tracing({
      idGenerator: generator([traceId, traceId], [spanId, spanId]),
    });
    const ids = [tracer.startSpan('one'), tracer.startSpan('two')].map(idsOf);
    for (const [trace, span] of ids) {
      expect(trace).toMatch(/^(?!0+$)[0-9a-f]{16}$/);
      expect(span).toMatch(/^(?!0+$)[0-9a-f]{16}$/);
    }
    expect(errors.map(({ name }) => name)).toEqual(['InvalidIdError']);
    expect(errors[0]?.message).toMatch(
      /^The idGenerator made .+, so a random id is taken; it has to make 16.* lower-case hex digits, not all 0\.$/,
    );
  });

  it('that throws is told of', () => {
    const fail = () => {
      throw new Error('expected');
    };
    const { tracer, errors } = tracing({
      idGenerator: { generateTraceId: fail, generateSpanId: fail },
    });
    expect(idsOf(tracer.startSpan('root')).join()).toMatch(/^[0-9a-f]{16},[0-9a-f]{16}$/);
    expect(errors.map(({ message }) => message)).toEqual(['expected']);
  });

  it('that is none is told of when the tracer is made', () => {
    const idGenerator = { generateTraceId: () => ID } as unknown as IdGenerator;
    expect(() => new BasicTracer({ idGenerator })).toThrow(
      'The idGenerator is an object, which has no method generateSpanId',
    );
  });
});
