// A web site with the middleware of express-opentracing and the global tracer, which jaeger-client is.
const { once } = require('node:events');
const express = require('express');
const { default: middleware } = require('express-opentracing');
const { initTracer } = require('jaeger-client');
const opentracing = require('opentracing');
const { jaegerReporter, jaegerSpans } = require('./jaeger-spans.cjs');
const { printSpans } = require('./print-spans.cjs');

const reporter = jaegerReporter();
const config = { serviceName: 'site', sampler: { type: 'const', param: 1 } };
opentracing.initGlobalTracer(initTracer(config, { reporter }));

const app = express();
app.use(middleware());
app.get('/users/:id', (request, response) => {
  const span = opentracing.globalTracer().startSpan('query', { childOf: request.span });
  span.setTag('db.type', 'sql').finish();
  response.json({ id: request.params.id });
});
app.get('/broken', (_request, response) => {
  response.status(500).end();
});

async function main() {
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;
  const caller = opentracing.globalTracer().startSpan('caller');
  const headers = {};
  opentracing.globalTracer().inject(caller, opentracing.FORMAT_HTTP_HEADERS, headers);
  const found = await fetch(`${url}/users/7`, { headers });
  const broken = await fetch(`${url}/broken`);
  caller.finish();
  server.close();
  // A request is finished at the other end when its response has been closed.
  await once(server, 'close');
  printSpans(jaegerSpans(reporter), {
    answer: await found.json(),
    statuses: [found.status, broken.status],
    callersTrace: found.headers.get('uber-trace-id').split(':')[0] === caller.context().traceIdStr,
  });
}

main();
