import { childOf } from '../reference.js';
import { withoutActiveSpan } from '../without-active-span.js';
import { assertSame } from './check.js';
import { type ApiCheck, countFinishes } from './subject.js';

/** @internal The rules of `startActiveSpan` and of the active span as the parent. */
export const ACTIVE_SPAN_CHECKS: ApiCheck[] = [
  {
    name: 'startActiveSpan returns a scope with a span, which may be closed and disposed of',
    run(subject) {
      const tracer = subject.tracer();
      for (const options of [undefined, null, {}, { finishOnClose: false }, { childOf: null }]) {
        const scope = tracer.startActiveSpan('Fry', options);
        assertSame(scope.span.tracer(), tracer, 'the tracer of the span');
        scope.close();
        scope[Symbol.dispose]();
      }
    },
  },
  {
    name: 'no span is active to begin with',
    run(subject) {
      const tracer = subject.tracer();
      assertSame(tracer.activeSpan, null, 'activeSpan');
      assertSame(tracer.scopeManager.active, null, 'active');
    },
  },
  {
    name: 'activeSpan is the span that was activated, until its scope is closed',
    needs: ['scopes'],
    run(subject) {
      const tracer = subject.tracer();
      const span = tracer.startSpan('Fry');
      const scope = tracer.scopeManager.activate(span, true);
      assertSame(tracer.activeSpan, span, 'activeSpan');
      assertSame(tracer.scopeManager.active?.span, span, 'the span of the active scope');
      scope.close();
      assertSame(tracer.activeSpan, null, 'activeSpan after close');
    },
  },
  {
    name: 'startSpan does not make its span active',
    needs: ['scopes'],
    run(subject) {
      const tracer = subject.tracer();
      const span = tracer.startSpan('Fry');
      assertSame(tracer.scopeManager.active, null, 'active');
      span.finish();
    },
  },
  {
    name: 'startActiveSpan makes its span active',
    needs: ['scopes'],
    run(subject) {
      const tracer = subject.tracer();
      const scope = tracer.startActiveSpan('Fry');
      assertSame(tracer.scopeManager.active, scope, 'active');
      assertSame(tracer.activeSpan, scope.span, 'activeSpan');
      scope.close();
    },
  },
  {
    name: 'startActiveSpan starts a root where no span is active',
    needs: ['scopes', 'ids'],
    run(subject) {
      const tracer = subject.tracer();
      const first = tracer.startActiveSpan('Fry');
      first.close();
      const second = tracer.startActiveSpan('Leela');
      second.close();
      subject.assertRoot(second.span, first.span);
    },
  },
  {
    name: 'the active span is the parent of the next one',
    needs: ['scopes', 'ids'],
    run(subject) {
      const tracer = subject.tracer();
      const parent = tracer.startActiveSpan('Fry');
      const child = tracer.startActiveSpan('Farnsworth');
      subject.assertParent(parent.span, child.span);
      subject.assertParent(child.span, tracer.startSpan('Bender'));
      child.close();
      subject.assertParent(parent.span, tracer.startSpan('Leela'));
      parent.close();
    },
  },
  {
    name: 'ignoreActiveSpan starts a root though a span is active',
    needs: ['scopes', 'ids'],
    run(subject) {
      const tracer = subject.tracer();
      const parent = tracer.startActiveSpan('Fry');
      const child = tracer.startActiveSpan('Farnsworth', { ignoreActiveSpan: true });
      subject.assertRoot(child.span, parent.span);
      subject.assertRoot(tracer.startSpan('Leela', { ignoreActiveSpan: true }), parent.span);
      child.close();
      parent.close();
    },
  },
  {
    name: 'a span that is started in withoutActiveSpan is a root though a span is active outside',
    needs: ['scopes', 'ids'],
    run(subject) {
      const tracer = subject.tracer();
      const parent = tracer.startActiveSpan('Fry');
      withoutActiveSpan(tracer, () => {
        subject.assertRoot(tracer.startSpan('Leela'), parent.span);
      });
      subject.assertParent(parent.span, tracer.startSpan('Farnsworth'));
      parent.close();
    },
  },
  {
    name: 'a parent that is given goes before the active span',
    needs: ['scopes', 'ids'],
    run(subject) {
      const tracer = subject.tracer();
      const given = tracer.startSpan('given');
      const active = tracer.startActiveSpan('active');
      subject.assertParent(given, tracer.startSpan('Leela', { childOf: given }));
      subject.assertParent(given, tracer.startSpan('Leela', { references: [childOf(given)] }));
      active.close();
    },
  },
  {
    name: 'the active span is the parent where the parent that is given is null',
    needs: ['scopes', 'ids'],
    run(subject) {
      const tracer = subject.tracer();
      const { span } = tracer.startActiveSpan('Fry');
      subject.assertParent(span, tracer.startSpan('Leela', { childOf: null }));
      subject.assertParent(span, tracer.startSpan('Leela', { references: [null, childOf(null)] }));
      subject.assertParent(span, tracer.startSpan('Leela', { references: null }));
      tracer.scopeManager.active?.close();
    },
  },
  {
    name: 'closing the scope of startActiveSpan finishes the span, once',
    needs: ['scopes'],
    run(subject) {
      const tracer = subject.tracer();
      for (const options of [undefined, null, {}, { finishOnClose: true }]) {
        const scope = tracer.startActiveSpan('Fry', options);
        const finishes = countFinishes(scope.span);
        scope.close();
        scope.close();
        scope[Symbol.dispose]();
        assertSame(finishes.count, 1, 'the number of finishes');
      }
    },
  },
  {
    name: 'closing the scope leaves the span open with finishOnClose false',
    run(subject) {
      const scope = subject.tracer().startActiveSpan('Fry', { finishOnClose: false });
      const finishes = countFinishes(scope.span);
      scope.close();
      assertSame(finishes.count, 0, 'the number of finishes');
    },
  },
  {
    name: 'Symbol.dispose closes the scope of startActiveSpan',
    needs: ['scopes'],
    run(subject) {
      const tracer = subject.tracer();
      const scope = tracer.startActiveSpan('Fry');
      const finishes = countFinishes(scope.span);
      scope[Symbol.dispose]();
      assertSame(finishes.count, 1, 'the number of finishes');
      assertSame(tracer.activeSpan, null, 'activeSpan');
    },
  },
  {
    name: 'closing a nested scope makes the outer one active again',
    needs: ['scopes'],
    run(subject) {
      const tracer = subject.tracer();
      const parent = tracer.startActiveSpan('Fry');
      tracer.startActiveSpan('Farnsworth').close();
      assertSame(tracer.scopeManager.active, parent, 'active after the inner close');
      parent.close();
      assertSame(tracer.scopeManager.active, null, 'active after both');
    },
  },
  {
    name: 'finishOnClose is that of each scope, however they are nested',
    needs: ['scopes'],
    run(subject) {
      const tracer = subject.tracer();
      const parent = tracer.startActiveSpan('Fry', { finishOnClose: false });
      const child = tracer.startActiveSpan('Farnsworth');
      const finishes = [countFinishes(parent.span), countFinishes(child.span)];
      child.close();
      parent.close();
      assertSame(finishes[0]?.count, 0, 'finishes of the outer span');
      assertSame(finishes[1]?.count, 1, 'finishes of the inner span');
    },
  },
  {
    name: 'closing the outer scope first leaves the inner one active, and loses no span',
    needs: ['scopes'],
    run(subject) {
      const tracer = subject.tracer();
      const parent = tracer.startActiveSpan('Fry');
      const child = tracer.startActiveSpan('Farnsworth');
      const finishes = countFinishes(parent.span);
      parent.close();
      assertSame(tracer.scopeManager.active, child, 'active after the outer close');
      assertSame(finishes.count, 0, 'finishes of the outer span');
      child.close();
      assertSame(tracer.scopeManager.active, null, 'active after both');
      assertSame(finishes.count, 1, 'finishes of the outer span');
    },
  },
];
