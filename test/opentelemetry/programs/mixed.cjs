// One program in which OpenTelemetry's instrumentation of http and OpenTracing code take turns: a client asks
// a server, which asks another. Its argument says where the spans go: `sdk` or `opentracing`.
const { trace, context, propagation } = require('@opentelemetry/api');
const { registerInstrumentations } = require('@opentelemetry/instrumentation');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const { globalTracer, setGlobalTracer } = require('opentracing-ts');
const { OpenTelemetryTracer, registerOpenTelemetry } = require('opentracing-ts/opentelemetry');

const finished = process.argv[2] === 'sdk' ? setUpSdk() : setUpOpenTracing();
registerInstrumentations({ instrumentations: [new HttpInstrumentation()] });

const http = require('node:http');
const tracer = globalTracer();
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

const bakery = http.createServer((request, response) => {
  tracer.withActiveSpan(`bake ${request.url}`, async (span) => {
    await new Promise((done) => setTimeout(done, 1));
    tracer.startSpan(`flour ${span.getBaggageItem('customer')}`).finish();
    response.end('bread');
  });
});
const shop = http.createServer((request, response) => {
  tracer.activeSpan.setTag('by', 'OpenTracing');
  const scope = tracer.startActiveSpan(`sell ${request.url}`);
  get(bakery, request.url).then(() => response.end('thanks'));
  scope.close();
});

async function main() {
  for (const server of [bakery, shop]) {
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
  }
  await tracer.withActiveSpan('shopping', async (span) => {
    span.setBaggageItem('customer', 'ada');
    await Promise.all(['/rye', '/wheat', '/spelt'].map((path) => get(shop, path)));
  });
  agent.destroy();
  for (const server of [bakery, shop]) {
    await new Promise((done) => server.close(done));
  }
}

// By then every span has finished that ever will.
process.on('exit', () => console.log(JSON.stringify(finished())));

function get(server, path) {
  const { port } = server.address();
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, agent };
    http.get(options, (response) => response.resume().on('end', resolve)).on('error', reject);
  });
}

function setUpSdk() {
  const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks');
  const core = require('@opentelemetry/core');
  const sdk = require('@opentelemetry/sdk-trace-base');
  const exporter = new sdk.InMemorySpanExporter();
  const spanProcessors = [new sdk.SimpleSpanProcessor(exporter)];
  trace.setGlobalTracerProvider(new sdk.BasicTracerProvider({ spanProcessors }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  const propagators = [new core.W3CTraceContextPropagator(), new core.W3CBaggagePropagator()];
  propagation.setGlobalPropagator(new core.CompositePropagator({ propagators }));
  setGlobalTracer(new OpenTelemetryTracer());
  return () =>
    exporter.getFinishedSpans().map((span) => ({
      ...span.spanContext(),
      name: span.name,
      kind: ['internal', 'server', 'client'][span.kind],
      parentId: span.parentSpanContext?.spanId ?? null,
      by: span.attributes.by,
    }));
}

function setUpOpenTracing() {
  const { BasicTracer, InMemoryRecorder } = require('opentracing-ts/basictracer');
  const {
    AsyncLocalStorageScopeManager,
  } = require('opentracing-ts/scope-managers/async-local-storage');
  const recorder = new InMemoryRecorder();
  const scopeManager = new AsyncLocalStorageScopeManager();
  const propagationFormats = ['tracecontext', 'baggage'];
  setGlobalTracer(new BasicTracer({ recorder, scopeManager, propagation: propagationFormats }));
  registerOpenTelemetry();
  return () =>
    recorder.spans.map((span) => ({
      traceId: span.context().toTraceId(),
      spanId: span.context().toSpanId(),
      name: span.operationName,
      kind: span.tags['span.kind'] ?? 'internal',
      parentId: span.parentId,
      by: span.tags.by,
    }));
}

main();
