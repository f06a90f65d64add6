// What a program with jaeger-client gains: the spans of concurrent requests nest through the active
// scope, in the program and in a library that knows the global tracer alone.
const { once } = require('node:events');
const http = require('node:http');
const { setTimeout: passed } = require('node:timers/promises');
const { initTracer } = require('jaeger-client');
const opentracing = require('opentracing');
const { withScopes } = require('opentracing-ts');
const {
  AsyncLocalStorageScopeManager,
} = require('opentracing-ts/scope-managers/async-local-storage');
const { jaegerReporter, jaegerSpans } = require('./jaeger-spans.cjs');
const { printSpans } = require('./print-spans.cjs');

const reporter = jaegerReporter();
const config = { serviceName: 'shop', sampler: { type: 'const', param: 1 } };
const jaeger = initTracer(config, { reporter });
opentracing.initGlobalTracer(withScopes(jaeger, new AsyncLocalStorageScopeManager()));
const tracer = opentracing.globalTracer();

const server = http.createServer((request, response) => {
  const childOf = tracer.extract(opentracing.FORMAT_HTTP_HEADERS, request.headers);
  tracer.withActiveSpan(`answer ${request.url}`, { childOf }, async () => {
    await query(request.url);
    response.end();
  });
});

/** Of a library that is handed no span. */
async function query(name) {
  const span = opentracing.globalTracer().startSpan(`query ${name}`);
  await passed(1);
  span.finish();
}

function ask(path) {
  return tracer.withActiveSpan(`ask ${path}`, async (span) => {
    const headers = {};
    tracer.inject(span, opentracing.FORMAT_HTTP_HEADERS, headers);
    await fetch(`http://127.0.0.1:${server.address().port}${path}`, { headers });
  });
}

async function main() {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const scope = tracer.startActiveSpan('all');
  const during = tracer.activeSpan === scope.span;
  await Promise.all([ask('/a'), ask('/b')]);
  scope.close();
  server.close();
  await once(server, 'close');
  printSpans(jaegerSpans(reporter), { during, after: tracer.activeSpan });
}

main();
