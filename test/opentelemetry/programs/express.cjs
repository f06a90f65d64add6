const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const { ExpressInstrumentation } = require('@opentelemetry/instrumentation-express');
const { called, run } = require('./run.cjs');

run([new HttpInstrumentation(), new ExpressInstrumentation()], async () => {
  const { globalTracer } = require('opentracing-ts');
  const http = require('node:http');
  const express = require('express');
  const app = express();
  app.use(function pass(_request, _response, next) {
    setImmediate(next);
  });
  app.get('/dishes/:name', (request, response) => {
    globalTracer().withActiveSpan('cook', (span) => span.setTag('dish', request.params.name));
    response.send('soup');
  });
  const server = await new Promise((resolve) => {
    const listening = app.listen(0, '127.0.0.1', () => resolve(listening));
  });
  await new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: server.address().port, path: '/dishes/soup' };
    http
      .get({ ...options, agent: false }, (response) => response.resume().on('end', resolve))
      .on('error', reject);
  });
  await called((done) => server.close(done));
});
