// A page that is traced through the OpenTracing tracer of Elastic's agent for browsers.
import {
  CONFIG_SERVICE,
  createServiceFactory,
  createTracer,
  PERFORMANCE_MONITORING,
} from '@elastic/apm-rum-core';
import {
  FORMAT_HTTP_HEADERS,
  followsFrom,
  globalTracer,
  initGlobalTracer,
  Tags,
  Tracer,
} from 'opentracing';

/**
 * Does the work of the page, whose spans are sent to `serverUrl`, as the child of the request that
 * `traceparent` names.
 */
export async function work(serverUrl, traceparent) {
  const factory = createServiceFactory();
  factory.init();
  factory.getService(CONFIG_SERVICE).setConfig({ serviceName: 'page', serverUrl });
  factory.getService(PERFORMANCE_MONITORING).init();
  initGlobalTracer(createTracer(factory));
  const tracer = globalTracer();

  const request = tracer.extract(FORMAT_HTTP_HEADERS, { traceparent });
  const checkout = tracer.startSpan('checkout', {
    childOf: request,
    tags: { type: 'click', 'user.id': 'u7' },
  });
  const payment = tracer.startSpan('pay', { childOf: checkout });
  payment.addTags({ type: 'app', [Tags.HTTP_METHOD]: 'POST' });
  const receipt = tracer.startSpan('receipt', { childOf: payment.context() });
  receipt.log({ event: 'error', 'error.object': new Error('no paper') });
  receipt.setOperationName('print the receipt');
  const late = tracer.startSpan('mail', { references: [followsFrom(checkout)] });
  // What took no time is not sent.
  await new Promise((resolve) => setTimeout(resolve, 5));
  for (const span of [receipt, payment, late, checkout]) span.finish();
  return {
    request: request.traceId,
    nothing: tracer.extract(FORMAT_HTTP_HEADERS, {}),
    isATracer: createTracer(factory) instanceof Tracer,
  };
}
