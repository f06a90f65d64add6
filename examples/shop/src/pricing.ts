// Pricing: finds the best price of an order. The search is long, so a worker thread does it.
import { once } from 'node:events';
import { MessageChannel, Worker } from 'node:worker_threads';
import fastify from 'fastify';
import { FORMAT_TEXT_MAP, globalTracer } from 'opentracing-ts';
import type { Task } from './price-worker.js';

const PORT = Number(process.env.PORT ?? 8083);

const tracer = globalTracer();
const app = fastify();
// It gets this program's `--import opentracing-ts/register` too, and so a tracer of its own.
const worker = new Worker(new URL('./price-worker.js', import.meta.url));

app.post<{ Body: { items: string[] } }>('/quotes', async (request) => {
  // The gateway, two programs away, put it into the baggage: quotes can be searched by it.
  const tier = tracer.activeSpan?.getBaggageItem('customer.tier');
  tracer.activeSpan?.setTag('customer.tier', tier);
  return { total: await findPrice(request.body.items) };
});

/** Asks the worker. The active span is known in its own thread only: the carrier takes it there. */
function findPrice(items: string[]): Promise<number> {
  return tracer.withActiveSpan('find price', async (span) => {
    const carrier: Record<string, string> = {};
    tracer.inject(span, FORMAT_TEXT_MAP, carrier);

    const { port1, port2 } = new MessageChannel();
    const task: Task = { items, carrier, answer: port2 };
    worker.postMessage(task, [port2]);
    const [total] = await once(port1, 'message');
    return total as number;
  });
}

console.log(`pricing listens on ${await app.listen({ port: PORT, host: '127.0.0.1' })}`);

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);

async function stop(): Promise<void> {
  await app.close();
  worker.postMessage('stop');
}
