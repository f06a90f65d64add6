// Stands for a preloaded tracer: it sends one span before the program begins.
const { OPENTRACING_ZIPKIN_URL: url = '', OPENTRACING_SERVICE_NAME: serviceName } = process.env;
const response = await fetch(url, {
  method: 'POST',
  body: JSON.stringify([
    {
      traceId: process.pid.toString(16),
      id: '1',
      name: 'start',
      timestamp: Date.now() * 1000,
      duration: 1000,
      localEndpoint: { serviceName },
      ...(process.env.FAIL ? { tags: { error: 'yes' } } : {}),
    },
  ]),
});
process.env.PRELOADED = String(response.status);
