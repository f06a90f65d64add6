// Stock: counts what is on the shelves, which are locked where the pots are.
import fastify from 'fastify';
import { setGlobalTracer } from 'opentracing-ts';
import { traceFastify } from 'opentracing-ts/instrumentation/fastify';
import { createZipkinTracer } from 'opentracing-ts/zipkin';

const PORT = Number(process.env.PORT ?? 8081);
const SHELVES = new Map([['tea', 12]]);

setGlobalTracer(createZipkinTracer({ serviceName: 'stock', url: process.env.ZIPKIN_URL }));
const app = traceFastify(fastify());

async function stock(shelves) {
  shelves.get('/:item', async (request) => ({ count: count(request.params.item) }));
}
app.register(stock, { prefix: '/stock' });

function count(item) {
  const number = SHELVES.get(item);
  if (number === undefined) throw new Error(`the shelf of the ${item} is locked`);
  return number;
}

console.log(`stock listens on ${await app.listen({ port: PORT, host: '127.0.0.1' })}`);
