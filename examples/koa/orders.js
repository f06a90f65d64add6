// Orders: says what is in an order, and asks stock how many of it are there.
import Router from '@koa/router';
import Koa from 'koa';
import { globalTracer, setGlobalTracer } from 'opentracing-ts';
import { instrumentFetch } from 'opentracing-ts/instrumentation/fetch';
import { traceKoa } from 'opentracing-ts/instrumentation/koa';
import { createZipkinTracer } from 'opentracing-ts/zipkin';

const PORT = Number(process.env.PORT ?? 8080);
const STOCK_URL = process.env.STOCK_URL ?? 'http://127.0.0.1:8081';
const ORDERS = new Map([
  ['7', { customer: 'ada', item: 'tea' }],
  ['8', { customer: 'grace', item: 'pot' }],
]);

setGlobalTracer(createZipkinTracer({ serviceName: 'orders', url: process.env.ZIPKIN_URL }));
instrumentFetch();
const app = traceKoa(new Koa());
const tracer = globalTracer();

const router = new Router();

router.get('/orders/:id', async (context) => {
  const order = await findOrder(context.params.id);
  if (order === undefined) {
    context.status = 404;
    context.body = { message: `there is no order ${context.params.id}` };
    return;
  }
  context.body = { ...order, inStock: await countStock(order.item) };
});
app.use(router.routes());

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

const server = app.listen(PORT, '127.0.0.1', () => {
  console.log(`orders listens on http://127.0.0.1:${server.address().port}`);
});
