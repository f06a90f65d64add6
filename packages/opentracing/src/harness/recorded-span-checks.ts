import { assert, assertSame } from './check.js';
import type { ApiCheck } from './subject.js';

/** @internal The rules of what is recorded of a span. */
export const RECORDED_SPAN_CHECKS: ApiCheck[] = [
  {
    name: 'the name, the tags and the logs of a span are recorded',
    needs: ['recorded'],
    run(subject) {
      const span = subject.tracer().startSpan('before', { tags: { given: 1, replaced: 1 } });
      span.setOperationName('after').setTag('replaced', 2).addTags({ added: true });
      span.log({ event: 'frozen', year: 1999 }, 1_000_000).finish();
      const { operationName, tags, logs } = subject.recorded(span);
      assertSame(operationName, 'after', 'the operation name');
      assertSame(JSON.stringify(sorted(tags)), '{"added":true,"given":1,"replaced":2}', 'the tags');
      assertSame(logs.length, 1, 'the number of logs');
      assertSame(logs[0]?.timestamp, 1_000_000, 'the time of the log');
      assertSame(logs[0]?.fields.event, 'frozen', 'the event of the log');
      assertSame(logs[0]?.fields.year, 1999, 'the year of the log');
    },
  },
  {
    name: 'the start and finish times that were given are recorded',
    needs: ['recorded'],
    run(subject) {
      const span = subject.tracer().startSpan('Fry', { startTime: 1_000_000.25 });
      span.finish(1_000_250.75);
      const { startTime, duration } = subject.recorded(span);
      assert(Math.abs(startTime - 1_000_000.25) < 0.01, `The start time is ${startTime}.`);
      assert(Math.abs(duration - 250.5) < 0.01, `The duration is ${duration}.`);
    },
  },
  {
    name: 'times that are not given are read from a clock, and no span takes less than no time',
    needs: ['recorded'],
    run(subject) {
      const tracer = subject.tracer();
      const before = Date.now();
      const span = tracer.startSpan('Fry');
      const child = tracer.startSpan('Leela', { childOf: span });
      child.finish();
      span.finish();
      const after = Date.now();
      for (const { startTime, duration } of [subject.recorded(span), subject.recorded(child)]) {
        assert(
          startTime > before - 10 && startTime < after + 10,
          `The start time should be about ${before}, but is ${startTime}.`,
        );
        assert(duration >= 0 && duration < after - before + 10, `The duration is ${duration}.`);
      }
      assert(
        subject.recorded(child).startTime >= subject.recorded(span).startTime,
        'A child should not start before its parent.',
      );
      const backwards = tracer.startSpan('Zoidberg', { startTime: 1_000_000 });
      backwards.finish(999_000);
      assert(
        subject.recorded(backwards).duration >= 0,
        `A duration is ${subject.recorded(backwards).duration}.`,
      );
    },
  },
  {
    name: 'a finished span does not change any more',
    needs: ['recorded'],
    run(subject) {
      const span = subject.tracer().startSpan('Fry', { startTime: 1_000 });
      span.finish(2_000);
      span.setOperationName('late').setTag('late', 1).addTags({ late: 2 }).log({ late: 3 });
      span.logError(new Error('expected')).finish(9_000);
      const { operationName, duration, tags, logs } = subject.recorded(span);
      assertSame(operationName, 'Fry', 'the operation name');
      assertSame(duration, 1_000, 'the duration');
      assertSame(Object.keys(tags).length, 0, 'the number of tags');
      assertSame(logs.length, 0, 'the number of logs');
    },
  },
  {
    name: 'logError records the error tag and the standard fields',
    needs: ['recorded'],
    run(subject) {
      const error = new TypeError('expected');
      const span = subject.tracer().startSpan('Fry').logError(error);
      const { tags, logs } = subject.recorded(span);
      assertSame(tags.error, true, 'the error tag');
      assertSame(logs[0]?.fields.event, 'error', 'the event');
      assertSame(logs[0]?.fields.message, 'expected', 'the message');
      assertSame(logs[0]?.fields['error.object'], error, 'error.object');
      assertSame(logs[0]?.fields['error.kind'], 'TypeError', 'error.kind');
      assertSame(logs[0]?.fields.stack, error.stack, 'the stack');
      span.finish();
    },
  },
];

function sorted(tags: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(tags).sort());
}
