// What a page gains whose tracer is that of Elastic's agent for browsers: scopes, for synchronous code.
import {
  CONFIG_SERVICE,
  createServiceFactory,
  createTracer,
  PERFORMANCE_MONITORING,
} from '@elastic/apm-rum-core';
import { globalTracer, initGlobalTracer } from 'opentracing';

/** Does the work of the page, whose spans are sent to `serverUrl`. */
export async function work(serverUrl) {
  const factory = createServiceFactory();
  factory.init();
  factory.getService(CONFIG_SERVICE).setConfig({ serviceName: 'page', serverUrl });
  factory.getService(PERFORMANCE_MONITORING).init();
  initGlobalTracer(createTracer(factory));
  const tracer = globalTracer();

  const checkout = tracer.startSpan('checkout', { tags: { type: 'click' } });
  const { receipt, payment } = tracer.scopeManager.withActive(checkout, () => {
    const scope = tracer.startActiveSpan('pay', { finishOnClose: false });
    const receipt = tracer.startSpan('print the receipt');
    scope.close();
    return { receipt, payment: scope.span };
  });
  const active = tracer.activeSpan;
  // What took no time is not sent.
  await new Promise((resolve) => setTimeout(resolve, 5));
  for (const span of [receipt, payment, checkout]) span.finish();
  return { active };
}
