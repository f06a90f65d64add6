import { BasicTracer } from 'opentracing-ts/basictracer';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { afterEach, describe, expect, it, vi } from 'vitest';

const HOUR = 3_600_000;
const realNow = Date.now;

/** Moves the time of day, and leaves the monotonic clock as it is: what a laptop sees that slept. */
function setTimeOfDay(shift: number) {
  vi.spyOn(Date, 'now').mockImplementation(() => realNow() + shift);
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each([
  ['MockTracer', () => new MockTracer()],
  ['BasicTracer', () => new BasicTracer()],
])('%s takes a time that is none for now', (_name, create) => {
  it.each([
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    -1,
    '5',
    null,
    new Date(5),
  ])('%s', (given) => {
    const time = given as number;
    const before = Date.now();
    const span = create().startSpan('a', { startTime: time }).log({ event: 'b' }, time);
    span.finish(time);
    for (const recorded of [span.startTime, span.logs[0]?.timestamp, span.duration + before]) {
      expect(recorded).toBeGreaterThanOrEqual(before - 10);
      expect(recorded).toBeLessThan(before + 10_000);
    }
  });

  it('and takes 0 for the time that it is', () => {
    const span = create().startSpan('a', { startTime: 0 }).log({ event: 'b' }, 0);
    span.finish(0);
    expect([span.startTime, span.logs[0]?.timestamp, span.duration]).toEqual([0, 0, 0]);
  });
});

describe('the clock of a trace', () => {
  it.each([HOUR, -HOUR])('follows the time of day when that moves by %i ms', (shift) => {
    const tracer = new BasicTracer();
    tracer.startSpan('before').finish();
    setTimeOfDay(shift);
    expect(Math.abs(tracer.startSpan('after').startTime - Date.now())).toBeLessThan(50);
    vi.restoreAllMocks();
    expect(Math.abs(tracer.startSpan('back').startTime - Date.now())).toBeLessThan(50);
  });

  it.each([HOUR, -HOUR])('does not change inside a trace, when that moves by %i ms', (shift) => {
    const tracer = new BasicTracer();
    const root = tracer.startSpan('root');
    setTimeOfDay(shift);
    const child = tracer.startSpan('child', { childOf: root });
    child.log({ event: 'moved' });
    child.finish();
    root.finish();
    for (const time of [child.startTime, child.logs[0]?.timestamp ?? 0]) {
      expect(time).toBeGreaterThanOrEqual(root.startTime);
      expect(time).toBeLessThanOrEqual(root.startTime + root.duration);
    }
    expect(child.duration).toBeLessThan(1000);
  });

  it('is not put off by a thread that loses the processor between its two readings', () => {
    const tracer = new BasicTracer();
    const late = vi.spyOn(Date, 'now').mockImplementationOnce(() => realNow() + 500);
    const { startTime } = tracer.startSpan('work');
    expect(late).toHaveBeenCalled();
    expect(Math.abs(startTime - realNow())).toBeLessThan(50);
  });

  it('is read anew at the first span of a trace that began elsewhere', () => {
    const tracer = new BasicTracer({ propagation: ['b3'] });
    setTimeOfDay(HOUR);
    const childOf = tracer.extract('http_headers', { b3: 'a2fb4a1d1a96d312-1020304050607080-1' });
    const server = tracer.startSpan('server', { childOf });
    expect(Math.abs(server.startTime - Date.now())).toBeLessThan(50);
  });
});
