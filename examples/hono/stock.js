// Stock: counts what is on the shelves, which are locked where the pots are.
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { setGlobalTracer } from 'opentracing-ts';
import { traceHono } from 'opentracing-ts/instrumentation/hono';
import { instrumentHttp } from 'opentracing-ts/instrumentation/http';
import { createZipkinTracer } from 'opentracing-ts/zipkin';

const PORT = Number(process.env.PORT ?? 8081);
const SHELVES = new Map([['tea', 12]]);

setGlobalTracer(createZipkinTracer({ serviceName: 'stock', url: process.env.ZIPKIN_URL }));
instrumentHttp();
const app = traceHono(new Hono());

const stock = new Hono();

stock.get('/:item', (context) => context.json({ count: count(context.req.param('item')) }));
app.route('/stock', stock);

function count(item) {
  const number = SHELVES.get(item);
  if (number === undefined) throw new Error(`the shelf of the ${item} is locked`);
  return number;
}

serve({ fetch: app.fetch, port: PORT, hostname: '127.0.0.1' }, ({ port }) => {
  console.log(`stock listens on http://127.0.0.1:${port}`);
});
