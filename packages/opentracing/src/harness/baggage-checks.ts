import { SpanContext } from '../span-context.js';
import { assert, assertSame } from './check.js';
import type { ApiCheck } from './subject.js';

// Six times the 8192 bytes that this package bounds baggage to: an escape takes three characters.
const MAX_HEADERS_SIZE = 50_000;

/** @internal The rules of baggage inside a process. */
export const BAGGAGE_CHECKS: ApiCheck[] = [
  {
    name: 'a new trace has no baggage',
    run(subject) {
      const span = subject.tracer().startSpan('Fry');
      assertSame(Object.keys(span.context().baggage).length, 0, 'the number of baggage items');
      assertSame(span.getBaggageItem('Kiff-loves'), undefined, 'an item that was never set');
    },
  },
  {
    name: 'baggage may be set and read without an error, hostile keys too',
    run(subject) {
      const span = subject.tracer().startSpan('Fry');
      for (const key of ['Kiff-loves', '', '__proto__', 'constructor', 'a b\r\nc', '\ud800']) {
        span.setBaggageItem(key, 'Amy');
        span.getBaggageItem(key);
      }
      assertSame(Object.getPrototypeOf({}), Object.prototype, 'the prototype of objects');
    },
  },
  {
    name: 'a baggage item that was set can be read from the span and from its context',
    needs: ['baggage'],
    run(subject) {
      const span = subject.tracer().startSpan('Fry');
      span.setBaggageItem('Kiff-loves', 'Leela').setBaggageItem('Kiff-loves', 'Amy');
      span.setBaggageItem('other', '\u00e9 \u200b');
      assertSame(
        span.getBaggageItem('Kiff-loves'),
        'Amy',
        'the item by getBaggageItem of the span',
      );
      assertSame(span.context().baggage['Kiff-loves'], 'Amy', 'the item in baggage of context()');
      assertSame(
        span.context().baggage.other,
        '\u00e9 \u200b',
        'the other item in baggage of context()',
      );
      assertSame(
        Object.keys(span.context().baggage).length,
        2,
        'the number of items in baggage of context()',
      );
    },
  },
  {
    name: 'a context never changes: baggage that is set later is in a new one',
    needs: ['baggage'],
    run(subject) {
      const span = subject.tracer().startSpan('Fry').setBaggageItem('first', '1');
      const context = span.context();
      span.setBaggageItem('second', '2').setBaggageItem('first', '3');
      assertSame(context.baggage.first, '1', 'the item in baggage of the earlier context');
      assertSame(
        context.baggage.second,
        undefined,
        'the later item in baggage of the earlier context',
      );
      assertSame(span.context().toSpanId(), context.toSpanId(), 'the span id');
      assertSame(span.context().toTraceId(), context.toTraceId(), 'the trace id');
    },
  },
  {
    name: 'the baggage object of a context cannot be changed',
    needs: ['baggage'],
    run(subject) {
      const span = subject.tracer().startSpan('Fry').setBaggageItem('Kiff-loves', 'Amy');
      const baggage = span.context().baggage as Record<string, string>;
      for (const change of [
        () => (baggage['Kiff-loves'] = 'Leela'),
        () => (baggage.added = '1'),
        () => delete baggage['Kiff-loves'],
      ]) {
        try {
          change();
        } catch {
          // Frozen objects throw in strict code.
        }
      }
      assertSame(span.getBaggageItem('Kiff-loves'), 'Amy', 'the item');
      assertSame(span.getBaggageItem('added'), undefined, 'the item that was put in from outside');
    },
  },
  {
    name: 'children get the baggage of their parent, and parents none of their children',
    needs: ['baggage'],
    run(subject) {
      const tracer = subject.tracer();
      const parent = tracer.startSpan('Fry').setBaggageItem('Kiff-loves', 'Amy');
      const child = tracer.startSpan('Leela', { childOf: parent });
      assertSame(child.getBaggageItem('Kiff-loves'), 'Amy', 'the item of the child');
      child.setBaggageItem('Kiff-loves', 'Fry').setBaggageItem('own', '1');
      parent.setBaggageItem('late', '1');
      assertSame(parent.getBaggageItem('Kiff-loves'), 'Amy', 'the item of the parent');
      assertSame(parent.getBaggageItem('own'), undefined, 'the item of the child in the parent');
      assertSame(child.getBaggageItem('late'), undefined, 'the later item in the child');
    },
  },
  {
    name: 'baggage holds the keys of prototypes like any other and no others',
    needs: ['baggage'],
    run(subject) {
      const tracer = subject.tracer();
      const span = tracer.startSpan('Fry');
      for (const key of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
        assertSame(span.getBaggageItem(key), undefined, `the item ${key}, never set,`);
        span.setBaggageItem(key, 'Amy');
        assertSame(span.getBaggageItem(key), 'Amy', `the item ${key}`);
        const child = tracer.startSpan('Leela', { childOf: span });
        assertSame(child.getBaggageItem(key), 'Amy', `the item ${key} of the child`);
      }
    },
  },
  {
    name: 'under a context of nothing but baggage a new trace begins that has the baggage',
    needs: ['baggage', 'ids'],
    run(subject) {
      const tracer = subject.tracer();
      const baggage = Object.freeze({ 'kiff-loves': 'Amy' });
      const childOf = Object.create(new SpanContext(), { baggage: { value: baggage } });
      const span = tracer.startSpan('Fry', { childOf });
      subject.assertRoot(span, tracer.startSpan('Leela'));
      assertSame(span.getBaggageItem('kiff-loves'), 'Amy', 'the item');
    },
  },
  {
    name: 'baggage that is set on a finished span is ignored',
    needs: ['baggage'],
    run(subject) {
      const span = subject.tracer().startSpan('Fry').setBaggageItem('Kiff-loves', 'Amy');
      span.finish();
      span.setBaggageItem('Kiff-loves', 'Leela');
      assertSame(span.getBaggageItem('Kiff-loves'), 'Amy', 'the item');
    },
  },
  {
    name: 'baggage without end breaks nothing',
    run(subject) {
      const tracer = subject.tracer();
      const span = tracer.startSpan('Fry');
      for (let i = 0; i < 1_000; i++) {
        span.setBaggageItem(`key-${i}`, 'x'.repeat(100));
      }
      const carrier: Record<string, string> = {};
      tracer.inject(span, 'http_headers', carrier);
      tracer.extract('http_headers', carrier);
      const size = JSON.stringify(carrier).length;
      assert(
        size < MAX_HEADERS_SIZE,
        `The headers should have less than ${MAX_HEADERS_SIZE} characters, but have ${size}.`,
      );
    },
  },
];
