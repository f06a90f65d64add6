// What a program with zipkin-javascript-opentracing gains, whose tracer and spans extend nothing.
const opentracing = require('opentracing');
const { BatchRecorder } = require('zipkin');
const Tracer = require('zipkin-javascript-opentracing');
const { printSpans } = require('./print-spans.cjs');

const spans = [];
const recorder = new BatchRecorder({ logger: { logSpan: (span) => spans.push(span) } });
const held = new Tracer({ serviceName: 'waiter', recorder, kind: 'local' });
opentracing.initGlobalTracer(held);
const tracer = opentracing.globalTracer();

async function main() {
  await tracer.withActiveSpan('serve', async (span) => {
    await null;
    span.setTag('table', 4);
    tracer.startSpan('cut bread').finish();
    held.startSpan('pour water', { childOf: span }).finish();
    const scope = tracer.startActiveSpan('carry');
    const headers = {};
    tracer.inject(tracer.activeSpan, opentracing.FORMAT_HTTP_HEADERS, headers);
    scope.close();
    const childOf = tracer.extract(opentracing.FORMAT_HTTP_HEADERS, headers);
    tracer.startSpan('thank', { childOf }).finish();
  });
  printSpans(
    spans.map(({ name, traceId, id, parentId, tags }) => ({ name, traceId, id, parentId, tags })),
    { active: tracer.activeSpan },
  );
}

main();
