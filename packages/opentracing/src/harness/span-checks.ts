import { childOf, followsFrom, Reference } from '../reference.js';
import { SpanContext } from '../span-context.js';
import { startChildSpan } from '../start-child-span.js';
import type { SpanOptions } from '../tracer.js';
import { CHAINED_CALLS } from './chained-calls.js';
import { assert, assertSame } from './check.js';
import { type ApiCheck, countFinishes } from './subject.js';

/** @internal The rules of `startSpan` and of `Span`. */
export const SPAN_CHECKS: ApiCheck[] = [
  {
    name: 'startSpan returns a span that knows its tracer and its context',
    run(subject) {
      const tracer = subject.tracer();
      const span = tracer.startSpan('Fry');
      assertSame(span.tracer(), tracer, 'the tracer of the span');
      assert(typeof span.context().toTraceId() === 'string', 'A context should have a trace id.');
      assert(typeof span.context().toSpanId() === 'string', 'A context should have a span id.');
      span.finish();
    },
  },
  {
    name: 'startSpan takes options that are absent, null, empty or filled with null',
    run(subject) {
      const tracer = subject.tracer();
      const filled: SpanOptions = { childOf: null, references: null, startTime: undefined };
      for (const options of [undefined, null, {}, filled]) {
        tracer.startSpan('Fry', options).finish();
      }
    },
  },
  {
    name: 'startSpan takes frozen options and changes none',
    run(subject) {
      const tracer = subject.tracer();
      const parent = tracer.startSpan('parent');
      const references = [childOf(parent), null, followsFrom(parent)];
      const tags = { birthday: 'August 14 1974' };
      const options = { childOf: parent, references, tags, startTime: 5, ignoreActiveSpan: true };
      const before = { ...options };
      tracer.startSpan('open', options).setTag('other', 1).finish();
      for (const key of Object.keys(before) as (keyof typeof before)[]) {
        assertSame(options[key], before[key], `the option ${key}`);
      }
      assertSame(references.length, 3, 'the number of references');
      assertSame(Object.keys(tags).join(), 'birthday', 'the keys of the tags');
      Object.freeze(references);
      Object.freeze(tags);
      tracer.startSpan('frozen', Object.freeze(options)).setTag('other', 1).finish();
    },
  },
  {
    name: 'spans have ids in lower-case hex digits, each span its own',
    needs: ['ids'],
    run(subject) {
      const tracer = subject.tracer();
      const seen = new Set<string>();
      for (let i = 0; i < 100; i++) {
        const context = tracer.startSpan('Fry').context();
        assertHex(context.toTraceId(), 'trace id');
        assertHex(context.toSpanId(), 'span id');
        seen.add(context.toSpanId());
      }
      assertSame(seen.size, 100, 'the number of different span ids of 100 spans');
    },
  },
  {
    name: 'a span that is started with neither parent nor active span is a root',
    needs: ['ids'],
    run(subject) {
      const tracer = subject.tracer();
      subject.assertRoot(tracer.startSpan('Fry'), tracer.startSpan('Leela'));
    },
  },
  {
    name: 'childOf takes a span or a context',
    needs: ['ids'],
    run(subject) {
      const tracer = subject.tracer();
      const parent = tracer.startSpan('parent');
      subject.assertParent(parent, tracer.startSpan('Leela', { childOf: parent }));
      subject.assertParent(parent, tracer.startSpan('Leela', { childOf: parent.context() }));
    },
  },
  {
    name: 'a span that has finished can be a parent',
    needs: ['ids'],
    run(subject) {
      const tracer = subject.tracer();
      const parent = tracer.startSpan('parent');
      parent.finish();
      subject.assertParent(parent, tracer.startSpan('Leela', { childOf: parent }));
    },
  },
  {
    name: 'childOf null is like no parent',
    needs: ['ids'],
    run(subject) {
      const tracer = subject.tracer();
      subject.assertRoot(tracer.startSpan('Fry', { childOf: null }), tracer.startSpan('Leela'));
    },
  },
  {
    name: 'references of both kinds put a span into the trace they refer to',
    needs: ['ids'],
    run(subject) {
      const tracer = subject.tracer();
      const parent = tracer.startSpan('parent');
      for (const refer of [childOf, followsFrom]) {
        subject.assertParent(parent, tracer.startSpan('Leela', { references: [refer(parent)] }));
        subject.assertParent(
          parent,
          tracer.startSpan('Leela', { references: [refer(parent.context())] }),
        );
      }
    },
  },
  {
    name: 'the first childOf is the parent among several references',
    needs: ['ids'],
    run(subject) {
      const tracer = subject.tracer();
      const [first, second, third] = ['a', 'b', 'c'].map((name) => tracer.startSpan(name));
      assert(first && second && third, 'startSpan should return a span.');
      subject.assertParent(
        second,
        tracer.startSpan('Leela', {
          references: [followsFrom(first), childOf(second), childOf(third)],
        }),
      );
      subject.assertParent(
        third,
        tracer.startSpan('Leela', { childOf: third, references: [childOf(first)] }),
      );
    },
  },
  {
    name: 'references that are null or refer to nothing are ignored',
    needs: ['ids'],
    run(subject) {
      const tracer = subject.tracer();
      const parent = tracer.startSpan('parent');
      const nothing = [null, childOf(null), followsFrom(undefined), new Reference('other', null)];
      subject.assertRoot(tracer.startSpan('Fry', { references: nothing }), parent);
      subject.assertParent(
        parent,
        tracer.startSpan('Leela', { references: [...nothing, childOf(parent)] }),
      );
    },
  },
  {
    name: 'a context of nothing as the parent begins a new trace',
    needs: ['ids'],
    run(subject) {
      const tracer = subject.tracer();
      const span = tracer.startSpan('Fry', { childOf: new SpanContext() });
      subject.assertRoot(span, tracer.startSpan('Leela'));
    },
  },
  {
    name: 'startChildSpan starts a child with the tracer of the parent',
    run(subject) {
      const tracer = subject.tracer();
      const parent = tracer.startSpan('parent');
      const child = startChildSpan(parent, 'Leela', { tags: { birthplace: 'sewers' } });
      assertSame(child.tracer(), tracer, 'the tracer of the child');
      assertSame(
        child.context().toTraceId(),
        parent.context().toTraceId(),
        'the trace id of the child',
      );
      startChildSpan(parent, 'Leela', null).finish();
      child.finish();
      parent.finish();
    },
  },
  {
    name: 'every method that changes a span returns the span',
    run(subject) {
      const span = subject.tracer().startSpan('Farnsworth');
      for (const [method, call] of CHAINED_CALLS) {
        assertSame(call(span), span, `the result of ${method}`);
      }
      span.finish();
    },
  },
  {
    name: 'tags and logs take values of every type and keys of any characters',
    run(subject) {
      const span = subject.tracer().startSpan('ManyTypes');
      const values = ['text', '', 9, 0.5, Number.NaN, true, null, undefined, { a: 1 }, [1], 10n];
      for (const value of [...values, Symbol('s'), () => 1]) {
        span.setTag('key', value).setTag('unicode \u200b \ud800', value).log({ key: value });
      }
      span.finish();
    },
  },
  {
    name: 'Symbol.dispose finishes a span',
    run(subject) {
      const span = subject.tracer().startSpan('antiquing');
      const finishes = countFinishes(span);
      span[Symbol.dispose]();
      assertSame(finishes.count, 1, 'the number of finishes');
    },
  },
  {
    name: 'a finished span still answers, and takes every call without an error',
    run(subject) {
      const span = subject.tracer().startSpan('Fry');
      const id = span.context().toSpanId();
      span.finish();
      span.finish(1);
      span.setOperationName('late').setTag('late', 1).addTags({ late: 2 }).log({ late: 3 });
      span.logError(new Error('expected')).setBaggageItem('late', '4').finish();
      assertSame(span.context().toSpanId(), id, 'the span id');
    },
  },
  {
    name: 'flush and close resolve, close again too, and a closed tracer breaks nothing',
    async run(subject) {
      const tracer = subject.tracer();
      const open = tracer.startSpan('open');
      tracer.startSpan('Fry').finish();
      await tracer.flush();
      await tracer.close();
      await tracer.close();
      await tracer.flush();
      open.setTag('late', 1).finish();
      tracer.startSpan('late').finish();
    },
  },
];

function assertHex(id: string, what: string): void {
  assert(/^[0-9a-f]+$/.test(id), `The ${what} '${id}' should be lower-case hex digits.`);
}
