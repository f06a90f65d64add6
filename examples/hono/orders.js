// Orders: says what is in an order, and asks stock how many of it are there.
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { globalTracer, setGlobalTracer } from 'opentracing-ts';
import { instrumentFetch } from 'opentracing-ts/instrumentation/fetch';
import { traceHono } from 'opentracing-ts/instrumentation/hono';
import { instrumentHttp } from 'opentracing-ts/instrumentation/http';
import { createZipkinTracer } from 'opentracing-ts/zipkin';

const PORT = Number(process.env.PORT ?? 8080);
const STOCK_URL = process.env.STOCK_URL ?? 'http://127.0.0.1:8081';
const ORDERS = new Map([
  ['7', { customer: 'ada', item: 'tea' }],
  ['8', { customer: 'grace', item: 'pot' }],
]);

setGlobalTracer(createZipkinTracer({ serviceName: 'orders', url: process.env.ZIPKIN_URL }));
instrumentFetch();
instrumentHttp();
const app = traceHono(new Hono());
const tracer = globalTracer();

app.get('/orders/:id', async (context) => {
  const id = context.req.param('id');
  const order = await findOrder(id);
  if (order === undefined) return context.json({ message: `there is no order ${id}` }, 404);
  return context.json({ ...order, inStock: await countStock(order.item) });
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

serve({ fetch: app.fetch, port: PORT, hostname: '127.0.0.1' }, ({ port }) => {
  console.log(`orders listens on http://127.0.0.1:${port}`);
});
