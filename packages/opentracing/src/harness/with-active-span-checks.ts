import type { Span } from '../span.js';
import { assert, assertSame, errorOf } from './check.js';
import { type ApiCheck, countFinishes } from './subject.js';

/** @internal The rules of `withActiveSpan`. */
export const WITH_ACTIVE_SPAN_CHECKS: ApiCheck[] = [
  {
    name: 'withActiveSpan calls its function once with the span and returns the result',
    async run(subject) {
      const tracer = subject.tracer();
      let calls = 0;
      const fn = (span: unknown) => {
        calls++;
        assert(span !== undefined, 'The function should get the span.');
        return calls;
      };
      assertSame(tracer.withActiveSpan('Fry', fn), 1, 'the result');
      assertSame(tracer.withActiveSpan('Fry', null, fn), 2, 'the result with null options');
      assertSame(
        tracer.withActiveSpan('Fry', { tags: { a: 1 } }, fn),
        3,
        'the result with options',
      );
      assertSame(await tracer.withActiveSpan('Fry', async (span) => fn(span)), 4, 'the result');
      assertSame(tracer.activeSpan, null, 'activeSpan afterwards');
    },
  },
  {
    name: 'withActiveSpan throws on what its function throws, unchanged',
    async run(subject) {
      const tracer = subject.tracer();
      for (const error of [new Error('expected'), 'text', undefined, null]) {
        const fail = () => {
          throw error;
        };
        assertSame(await errorOf(() => tracer.withActiveSpan('Fry', fail)), error, 'the error');
        const reject = () => Promise.reject(error);
        assertSame(await errorOf(() => tracer.withActiveSpan('Fry', reject)), error, 'the error');
      }
      assertSame(tracer.activeSpan, null, 'activeSpan afterwards');
    },
  },
  {
    name: 'withActiveSpan has its span active while its function runs',
    needs: ['scopes'],
    run(subject) {
      const tracer = subject.tracer();
      tracer.withActiveSpan('Fry', (outer) => {
        assertSame(tracer.activeSpan, outer, 'activeSpan');
        tracer.withActiveSpan('Leela', (inner) => {
          assertSame(tracer.activeSpan, inner, 'activeSpan inside');
        });
        assertSame(tracer.activeSpan, outer, 'activeSpan after the inner one');
      });
      assertSame(tracer.activeSpan, null, 'activeSpan afterwards');
    },
  },
  {
    name: 'the span of withActiveSpan is the child of the active one unless its options say otherwise',
    needs: ['scopes', 'ids'],
    run(subject) {
      const tracer = subject.tracer();
      const given = tracer.startSpan('given');
      tracer.withActiveSpan('Fry', (outer) => {
        tracer.withActiveSpan('Leela', (inner) => subject.assertParent(outer, inner));
        tracer.withActiveSpan('Amy', { childOf: given }, (inner) => {
          subject.assertParent(given, inner);
        });
        tracer.withActiveSpan('Kif', { ignoreActiveSpan: true }, (inner) => {
          subject.assertRoot(inner, outer);
        });
      });
    },
  },
  {
    name: 'withActiveSpan finishes its span, once, when its function returns',
    needs: ['ids'],
    run(subject) {
      const finishes = subject.tracer().withActiveSpan('Fry', (span) => {
        const counted = countFinishes(span);
        assertSame(counted.count, 0, 'the number of finishes while it runs');
        return counted;
      });
      assertSame(finishes.count, 1, 'the number of finishes');
    },
  },
  {
    name: 'withActiveSpan logs an error and finishes its span when its function throws',
    needs: ['ids'],
    async run(subject) {
      const error = new Error('expected');
      for (const fail of [
        () => {
          throw error;
        },
        () => Promise.reject(error),
      ]) {
        let finishes = { count: 0 };
        const logged: unknown[] = [];
        await errorOf(() =>
          subject.tracer().withActiveSpan('Fry', (span) => {
            finishes = countFinishes(span);
            const logError = span.logError;
            span.logError = function counted(cause) {
              assertSame(finishes.count, 0, 'the number of finishes before the error is logged');
              logged.push(cause);
              return logError.call(this, cause);
            };
            return fail();
          }),
        );
        assertSame(finishes.count, 1, 'the number of finishes');
        assertSame(logged.length, 1, 'the number of logged errors');
        assertSame(logged[0], error, 'the logged error');
      }
    },
  },
  {
    name: 'withActiveSpan finishes its span when its promise or other thenable settles',
    needs: ['ids'],
    async run(subject) {
      const tracer = subject.tracer();
      let finishes = { count: 0 };
      let resolve: (value: string) => void = () => {};
      const running = tracer.withActiveSpan('Fry', (span) => {
        finishes = countFinishes(span);
        return new Promise<string>((settle) => (resolve = settle));
      });
      await Promise.resolve();
      assertSame(finishes.count, 0, 'the number of finishes before the promise settles');
      resolve('done');
      assertSame(await running, 'done', 'the result');
      assertSame(finishes.count, 1, 'the number of finishes');
      const result = await tracer.withActiveSpan('Leela', (span): PromiseLike<string> => {
        finishes = countFinishes(span);
        // biome-ignore lint/suspicious/noThenProperty: a thenable is what is checked
        return { then: (settled) => Promise.resolve('thenable').then(settled) };
      });
      assertSame(result, 'thenable', 'the result');
      assertSame(finishes.count, 1, 'the number of finishes');
    },
  },
  {
    name: 'withActiveSpan records the error of its function',
    needs: ['recorded'],
    async run(subject) {
      const error = new RangeError('expected');
      const tracer = subject.tracer();
      const spans: Span[] = [];
      await errorOf(() =>
        tracer.withActiveSpan('Fry', async (span) => {
          spans.push(span);
          throw error;
        }),
      );
      const { tags, logs } = subject.recorded(spans[0] as Span);
      assertSame(tags.error, true, 'the error tag');
      assertSame(logs[0]?.fields['error.object'], error, 'the logged error');
    },
  },
  {
    name: 'spans behind an await of withActiveSpan are its children',
    needs: ['ids', 'async'],
    async run(subject) {
      const tracer = subject.tracer();
      const work = (name: string) =>
        tracer.withActiveSpan(name, async (span) => {
          await new Promise<void>((resolve) => setTimeout(resolve, 1));
          subject.assertParent(span, tracer.startSpan('child'));
          return span;
        });
      await tracer.withActiveSpan('parent', async (parent) => {
        for (const span of await Promise.all([work('a'), work('b'), work('c')])) {
          subject.assertParent(parent, span);
        }
        assertSame(tracer.activeSpan, parent, 'activeSpan behind an await');
      });
      assertSame(tracer.activeSpan, null, 'activeSpan afterwards');
    },
  },
];
