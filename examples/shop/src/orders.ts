// Orders: numbers an order, and asks inventory and pricing about it at the same time.
import fastify from 'fastify';
import { globalTracer, Logs } from 'opentracing-ts';

const PORT = Number(process.env.PORT ?? 8081);
const INVENTORY_URL = process.env.INVENTORY_URL ?? 'http://127.0.0.1:8082';
const PRICING_URL = process.env.PRICING_URL ?? 'http://127.0.0.1:8083';

const tracer = globalTracer();
const app = fastify();
let lastOrder = 0;

app.post<{ Body: { items: string[] } }>('/orders', async (request, reply) => {
  const order = ++lastOrder;
  const { items } = request.body;
  const total = await prepare(order, items);
  reply.code(201);
  return { order, items, total };
});

/**
 * Reserves the items and finds their price. If either fails, `withActiveSpan` records the error on
 * the span and throws it on.
 */
function prepare(order: number, items: string[]): Promise<number> {
  const tags = { 'order.number': order, 'order.items': items.length };
  return tracer.withActiveSpan('prepare order', { tags }, async (span) => {
    // Two requests at once: both are children of this span, and neither sees the other's span.
    const [{ warehouse }, { total }] = await Promise.all([
      post<{ warehouse: string }>(`${INVENTORY_URL}/reservations`, { order, items }),
      post<{ total: number }>(`${PRICING_URL}/quotes`, { items }),
    ]);
    span.log({ [Logs.EVENT]: 'order prepared', warehouse, total });
    return total;
  });
}

async function post<Answer>(url: string, body: object): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as Answer & { message: string };
  if (!response.ok) throw new RefusedError(response.status, answer.message);
  return answer;
}

/** Fastify answers an error with its `statusCode`: the customer gets the status of whoever refused. */
class RefusedError extends Error {
  constructor(
    readonly statusCode: number,
    message: string,
  ) {
    super(message);
    this.name = 'RefusedError';
  }
}

console.log(`orders listens on ${await app.listen({ port: PORT, host: '127.0.0.1' })}`);

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => app.close());
