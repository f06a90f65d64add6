// What a site gains that has the middleware of express-opentracing and jaeger-client: its handlers
// need not pass on the span of the request, and no tracer is wrapped.
const { once } = require('node:events');
const { setTimeout: passed } = require('node:timers/promises');
const express = require('express');
const { default: middleware } = require('express-opentracing');
const { initTracer } = require('jaeger-client');
const opentracing = require('opentracing');
const { jaegerReporter, jaegerSpans } = require('./jaeger-spans.cjs');
const { printSpans } = require('./print-spans.cjs');

const reporter = jaegerReporter();
const config = { serviceName: 'site', sampler: { type: 'const', param: 1 } };
opentracing.initGlobalTracer(initTracer(config, { reporter }));
const tracer = opentracing.globalTracer();

const app = express();
app.use(middleware());
app.use((request, _response, next) => tracer.scopeManager.withActive(request.span, () => next()));
app.get('/a', page);
app.get('/b', page);

async function page({ path }, response) {
  await tracer.withActiveSpan(`read ${path}`, async () => {
    await passed(1);
    tracer.startSpan(`query ${path}`).finish();
  });
  tracer.startActiveSpan(`render ${path}`).close();
  response.end();
}

async function main() {
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;
  await Promise.all(['/a', '/b'].map((path) => fetch(url + path)));
  server.close();
  await once(server, 'close');
  const spans = jaegerSpans(reporter).map(({ tags: _, logs: __, ...span }) => span);
  printSpans(spans, { active: tracer.activeSpan });
}

main();
