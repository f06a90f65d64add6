// What the types gain: a program for opentracing may have a tracer of opentracing-ts, and its own
// tracer goes where one of opentracing-ts is asked for.
import * as opentracing from 'opentracing';
import type * as ts from 'opentracing-ts';
import { MockTracer } from 'opentracing-ts/mocktracer';

/** Of a library for opentracing. */
function fetched(tracer: opentracing.Tracer, parent?: opentracing.Span): void {
  const span = tracer.startSpan('fetched', { childOf: parent });
  span.logEvent('fetched', 1);
  span.finish();
}

/** Of a library for opentracing-ts. */
function asked(tracer: ts.Tracer, work: (span: ts.Span) => void): void {
  tracer.withActiveSpan('asked', work);
}

const mock = new MockTracer();
opentracing.initGlobalTracer(mock);
const tracer: opentracing.Tracer = opentracing.globalTracer();
const scope: opentracing.Scope = tracer.startActiveSpan('outer');
asked(tracer, (span) => {
  tracer.startSpan('asked for', { childOf: span }).finish();
  fetched(tracer);
});
fetched(tracer, scope.span.setOperationName('outermost'));
scope.close();

const spans = mock.finishedSpans();
const nameOf = (id: string | null) =>
  spans.find((span) => span.context().toSpanId() === id)?.operationName ?? null;
console.log(JSON.stringify(spans.map((span) => [span.operationName, nameOf(span.parentId)])));
