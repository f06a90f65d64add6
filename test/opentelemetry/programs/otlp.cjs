// One program with an SDK of OpenTelemetry whose own exporter sends by OTLP. Its argument is the encoding:
// `protobuf` or `json`; the environment says where to. It prints the id of its trace.
const { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } = require('@opentelemetry/api');
const { resourceFromAttributes } = require('@opentelemetry/resources');
const { BasicTracerProvider, BatchSpanProcessor } = require('@opentelemetry/sdk-trace-base');

const { OTLPTraceExporter } = require(
  process.argv[2] === 'json'
    ? '@opentelemetry/exporter-trace-otlp-http'
    : '@opentelemetry/exporter-trace-otlp-proto',
);

const provider = new BasicTracerProvider({
  resource: resourceFromAttributes({ 'service.name': 'Bakery', 'host.name': 'oven-1' }),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});
const tracer = provider.getTracer('kitchen', '2.0.0');
const root = tracer.startSpan('Bake', {
  kind: SpanKind.SERVER,
  attributes: { loaves: 3, ratio: 0.5, below: -1, done: true, kinds: ['rye', 'wheat'] },
});
const child = tracer.startSpan(
  'SELECT flour',
  {
    kind: SpanKind.CLIENT,
    attributes: { 'server.address': 'pantry', 'server.port': 5432 },
    links: [{ context: root.spanContext(), attributes: { why: 'order' } }],
  },
  trace.setSpan(ROOT_CONTEXT, root),
);
child.addEvent('opened', { shelf: 2 });
child.setStatus({ code: SpanStatusCode.ERROR, message: 'no flour' });
child.end();
root.end();
provider.shutdown().then(() => console.log(root.spanContext().traceId));
