// A shop that asks its stock over HTTP, traced as the README of jaeger-client has it.
const { once } = require('node:events');
const http = require('node:http');
const { initTracer, opentracing: jaegers } = require('jaeger-client');
const opentracing = require('opentracing');
const { jaegerReporter, jaegerSpans } = require('./jaeger-spans.cjs');
const { printSpans } = require('./print-spans.cjs');

const { Tags, FORMAT_HTTP_HEADERS, FORMAT_TEXT_MAP } = opentracing;
const reporter = jaegerReporter();
const config = { serviceName: 'shop', sampler: { type: 'const', param: 1 } };
const jaeger = initTracer(config, { reporter, tags: { 'shop.version': '1.1.2' } });
opentracing.initGlobalTracer(jaeger);
const tracer = opentracing.globalTracer();

const stock = http.createServer((request, response) => {
  const span = tracer.startSpan('stock', {
    childOf: tracer.extract(FORMAT_HTTP_HEADERS, request.headers),
    tags: { [Tags.SPAN_KIND]: Tags.SPAN_KIND_RPC_SERVER },
  });
  const customer = span.getBaggageItem('customer');
  span.logEvent('asked', { customer });
  const message = {};
  tracer.inject(span, FORMAT_TEXT_MAP, message);
  span.finish();
  response.end(JSON.stringify({ customer, message }));
});

async function order() {
  stock.listen(0, '127.0.0.1');
  await once(stock, 'listening');
  const parent = tracer.startSpan('order', { startTime: 1_600_000_000_000 });
  parent.setBaggageItem('customer', 'Ada Löve');
  const span = tracer.startSpan('GET stock', { childOf: parent });
  span.addTags({ [Tags.SPAN_KIND]: Tags.SPAN_KIND_RPC_CLIENT, [Tags.HTTP_METHOD]: 'GET' });
  const headers = {};
  tracer.inject(span, FORMAT_HTTP_HEADERS, headers);
  const { port } = stock.address();
  const response = await fetch(`http://127.0.0.1:${port}/`, { headers });
  const { customer, message } = await response.json();
  span.setTag(Tags.HTTP_STATUS_CODE, response.status).finish();

  const late = tracer.startSpan('restock', {
    references: [opentracing.followsFrom(tracer.extract(FORMAT_TEXT_MAP, message))],
  });
  late.setTag(Tags.ERROR, true).log({ event: 'error', message: 'nothing left' }, 1_600_000_000_500);
  late.finish();
  parent.setOperationName('order of a book');
  parent.finish(1_600_000_001_000);
  return { customer, injected: Object.keys({ ...headers, ...message }).sort() };
}

order().then(async (more) => {
  stock.close();
  await new Promise((resolve) => jaeger.close(resolve));
  printSpans(jaegerSpans(reporter), {
    ...more,
    orderTook: reporter.spans.find((span) => span.operationName.startsWith('order'))._duration,
    oneCopyOfTheApi: jaegers.Tags === Tags,
    disabled: initTracer({ ...config, disable: true }) instanceof opentracing.Tracer,
  });
});
