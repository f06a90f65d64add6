// Inventory: reserves items on the shelves of its warehouse. Plain node:http, without a framework.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { globalTracer, Logs, Tags } from 'opentracing-ts';

const PORT = Number(process.env.PORT ?? 8082);
/** Every so many orders, the warehouse counts its stock, and nothing leaves a shelf. */
const STOCKTAKING_EVERY = 10;

interface Reservation {
  order: number;
  items: string[];
}

const tracer = globalTracer();
const server = createServer(async (request, response) => {
  if (request.method !== 'POST' || request.url !== '/reservations') {
    send(response, 404, { message: `there is no ${request.method} ${request.url}` });
    return;
  }
  try {
    send(response, 201, await reserve(await read(request)));
  } catch (error) {
    send(response, 503, { message: (error as Error).message });
  }
});

/** Reserves one item after the other, so that an order that cannot be met stops at once. */
async function reserve({ order, items }: Reservation): Promise<{ warehouse: string }> {
  for (const item of items) {
    await tracer.withActiveSpan('reserve item', { tags: { item } }, () => takeFromShelf(order));
  }
  return { warehouse: 'north' };
}

/** Stands for a database: takes a few milliseconds, and fails when the stock is being counted. */
async function takeFromShelf(order: number): Promise<void> {
  const span = tracer.activeSpan;
  span?.setTag(Tags.DB_TYPE, 'sql');
  span?.setTag(Tags.DB_STATEMENT, 'update shelf set stock = stock - 1 where item = ?');
  await delay(3);
  if (order % STOCKTAKING_EVERY === 0) {
    throw new Error('the shelf is locked for stocktaking');
  }
  span?.log({ [Logs.EVENT]: 'reserved' });
}

async function read(request: IncomingMessage): Promise<Reservation> {
  return (await json(request)) as Reservation;
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

server.listen(PORT, '127.0.0.1');
await once(server, 'listening');
console.log(`inventory listens on http://127.0.0.1:${(server.address() as AddressInfo).port}`);

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close());
