// Orders: says what is in an order, and asks stock how many of it are there.
import fastify from 'fastify';
import { globalTracer, setGlobalTracer } from 'opentracing-ts';
import { traceFastify } from 'opentracing-ts/instrumentation/fastify';
import { instrumentFetch } from 'opentracing-ts/instrumentation/fetch';
import { createZipkinTracer } from 'opentracing-ts/zipkin';

const PORT = Number(process.env.PORT ?? 8080);
const STOCK_URL = process.env.STOCK_URL ?? 'http://127.0.0.1:8081';
const ORDERS = new Map([
  ['7', { customer: 'ada', item: 'tea' }],
  ['8', { customer: 'grace', item: 'pot' }],
]);

setGlobalTracer(createZipkinTracer({ serviceName: 'orders', url: process.env.ZIPKIN_URL }));
instrumentFetch();
const app = traceFastify(fastify());
const tracer = globalTracer();

app.get('/orders/:id', async (request, reply) => {
  const order = await findOrder(request.params.id);
  if (order === undefined) {
    reply.code(404);
    return { message: `there is no order ${request.params.id}` };
  }
  return { ...order, inStock: await countStock(order.item) };
});

/** Stands for a database. A span of your own: what is done in it is under it. */
function findOrder(id) {
  return tracer.withActiveSpan('find order', async (span) => {
    span.setTag('order.id', id);
    return ORDERS.get(id);
  });
}

/** The request has a span by itself, which goes on with the trace in the other program. */
async function countStock(item) {
  const response = await fetch(`${STOCK_URL}/stock/${item}`);
  if (!response.ok) throw new Error(`stock answered ${response.status}`);
  return (await response.json()).count;
}

console.log(`orders listens on ${await app.listen({ port: PORT, host: '127.0.0.1' })}`);
