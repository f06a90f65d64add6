// A server that Instana traces by itself and whose own spans are OpenTracing's: the core of Instana's
// collector with an agent that keeps what it is sent.
const core = require('@instana/core');

const sent = [];
const logger = { debug() {}, info() {}, warn: console.error, error: console.error };
core.coreConfig.init(logger);
const config = core.coreConfig.normalize({
  serviceName: 'shop',
  tracing: { useOpentelemetry: false, forceTransmissionStartingAt: 1, transmissionDelay: 0 },
});
core.preInit(config);
core.init(
  config,
  {
    sendSpans(spans, done) {
      sent.push(...spans);
      done();
    },
  },
  { getFrom: () => ({ e: '42' }), getEntityId: () => '42' },
);
core.tracing.activate();

const { once } = require('node:events');
const http = require('node:http');
const opentracing = require('opentracing');
const { printSpans } = require('./print-spans.cjs');

const instana = core.tracing.opentracing;
opentracing.initGlobalTracer(instana.createTracer());
const tracer = opentracing.globalTracer();

const server = http.createServer((_request, response) => {
  const span = tracer.startSpan('reserve', {
    childOf: instana.getCurrentlyActiveInstanaSpanContext(),
    tags: { item: 'book' },
  });
  span.setBaggageItem('tenant', 'ä');
  span.log({ event: 'found' }, 1_600_000_000_000);
  const headers = {};
  tracer.inject(span.context(), opentracing.FORMAT_HTTP_HEADERS, headers);
  span.finish();
  response.end(JSON.stringify(headers));
});

async function order() {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { FORMAT_HTTP_HEADERS, Tags } = opentracing;
  const span = tracer.startSpan('order', { startTime: 1_600_000_000_000 });
  span.addTags({ [Tags.SPAN_KIND]: Tags.SPAN_KIND_RPC_SERVER });
  const headers = {};
  tracer.inject(span, FORMAT_HTTP_HEADERS, headers);
  const response = await fetch(`http://127.0.0.1:${server.address().port}/`, { headers });
  const message = await response.json();
  const shipping = tracer.startSpan('ship', {
    references: [opentracing.followsFrom(tracer.extract(FORMAT_HTTP_HEADERS, message))],
  });
  shipping.setTag(Tags.ERROR, true).setOperationName('ship a book');
  const tenant = shipping.getBaggageItem('tenant');
  shipping.finish();
  span.finish(1_600_000_001_000);
  server.close();
  await once(server, 'close');
  return { tenant, injected: Object.keys(message).sort() };
}

order().then((more) => {
  printSpans(
    sent.map(({ n, t, s, p, ec, data: { http: request, sdk } }) => ({
      name: sdk?.name ?? n,
      traceId: t,
      id: s,
      parentId: p,
      errors: ec,
      ...(request ? { status: request.status } : { type: sdk.type, ...sdk.custom }),
    })),
    { ...more, took: sent.find(({ data }) => data.sdk?.name === 'order').d },
  );
});
