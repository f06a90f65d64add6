// A client and a server, each with a tracer of its kind, as the examples of
// zipkin-javascript-opentracing have them.
const { once } = require('node:events');
const http = require('node:http');
const opentracing = require('opentracing');
const { BatchRecorder } = require('zipkin');
const Tracer = require('zipkin-javascript-opentracing');
const { printSpans } = require('./print-spans.cjs');

const spans = [];
const recorder = new BatchRecorder({ logger: { logSpan: (span) => spans.push(span) } });
const serverTracer = new Tracer({ serviceName: 'kitchen', recorder, kind: 'server' });
opentracing.initGlobalTracer(new Tracer({ serviceName: 'waiter', recorder, kind: 'client' }));

const kitchen = http.createServer((request, response) => {
  const caller = serverTracer.extract(Tracer.FORMAT_HTTP_HEADERS, request.headers);
  const span = serverTracer.startSpan('cook', { childOf: caller });
  span.setTag('dish', 'soup');
  span.log('boiling');
  span.finish();
  response.end('soup');
});

async function serve() {
  kitchen.listen(0, '127.0.0.1');
  await once(kitchen, 'listening');
  const { port } = kitchen.address();
  const tracer = opentracing.globalTracer();
  const span = tracer.startSpan('serve');
  const { FORMAT_HTTP_HEADERS, Tags } = opentracing;
  span.setTag(Tags.PEER_ADDRESS, `127.0.0.1:${port}`);
  const headers = {};
  tracer.inject(span, FORMAT_HTTP_HEADERS, headers);
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    headers,
  });
  span.setTag(Tags.HTTP_STATUS_CODE, response.status);
  span.finish();
  kitchen.close();
  return {
    dish: await response.text(),
    injected: Object.keys(headers).sort(),
    nothing: tracer.extract(FORMAT_HTTP_HEADERS, {}),
    formats: [Tracer.FORMAT_TEXT_MAP, Tracer.FORMAT_HTTP_HEADERS, Tracer.FORMAT_BINARY],
  };
}

serve().then((more) => {
  printSpans(
    spans.map((span) => ({
      name: span.name,
      traceId: span.traceId,
      id: span.id,
      parentId: span.parentId,
      kind: span.kind,
      service: span.localEndpoint.serviceName,
      tags: span.tags,
      annotations: span.annotations.map(({ value }) => value),
    })),
    more,
  );
});
