// Stock: counts what is on the shelves, which are locked where the pots are.
import express from 'express';
import { setGlobalTracer } from 'opentracing-ts';
import { traceExpress } from 'opentracing-ts/instrumentation/express';
import { createZipkinTracer } from 'opentracing-ts/zipkin';

const PORT = Number(process.env.PORT ?? 8081);
const SHELVES = new Map([['tea', 12]]);

setGlobalTracer(createZipkinTracer({ serviceName: 'stock', url: process.env.ZIPKIN_URL }));
const app = traceExpress(express());

const stock = express.Router();

stock.get('/:item', (request, response) => {
  response.json({ count: count(request.params.item) });
});
app.use('/stock', stock);

function count(item) {
  const number = SHELVES.get(item);
  if (number === undefined) throw new Error(`the shelf of the ${item} is locked`);
  return number;
}

const server = app.listen(PORT, '127.0.0.1', () => {
  console.log(`stock listens on http://127.0.0.1:${server.address().port}`);
});
