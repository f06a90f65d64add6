// The gateway: the one program of the shop that customers reach. It knows who they are.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import express from 'express';
import { globalTracer, Logs } from 'opentracing-ts';

const PORT = Number(process.env.PORT ?? 8080);
const ORDERS_URL = process.env.ORDERS_URL ?? 'http://127.0.0.1:8081';
const TIERS = new Map([
  ['ada', 'gold'],
  ['grace', 'silver'],
]);

const tracer = globalTracer();
const app = express();
app.use(express.json());

app.post('/orders', async (request, response) => {
  // The span of this request: opentracing-ts/register has started it and made it the active one.
  const span = tracer.activeSpan;
  // Whoever complains about an order can say which trace is theirs.
  if (span) response.set('trace-id', span.context().toTraceId());

  const { customer, items } = request.body ?? {};
  if (typeof customer !== 'string' || !isListOfText(items)) {
    response.status(400).json({ message: 'an order is {"customer": "ada", "items": ["tea"]}' });
    return;
  }
  span?.setTag('customer', customer);

  // Baggage goes with the trace into every program: pricing tags its span with it, and orders, which
  // is between the two, need not know. It is for traces only: without a tracer there is no baggage.
  span?.setBaggageItem('customer.tier', await findTier(customer));

  const answer = await fetch(`${ORDERS_URL}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ items }),
  });
  response.status(answer.status).json(await answer.json());
});

/** Looks a customer up, which takes the two milliseconds of a database near by. */
function findTier(customer: string): Promise<string> {
  return tracer.withActiveSpan('find customer', async (span) => {
    await delay(2);
    const tier = TIERS.get(customer);
    if (tier === undefined) span.log({ [Logs.EVENT]: 'new customer' });
    return tier ?? 'standard';
  });
}

function isListOfText(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((it) => typeof it === 'string');
}

const server = app.listen(PORT, '127.0.0.1');
await once(server, 'listening');
console.log(`gateway listens on http://127.0.0.1:${(server.address() as AddressInfo).port}`);

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close());
