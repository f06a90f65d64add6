// The worker thread of pricing: vouchers take an amount or a share off, so that the price depends on
// the order in which they are used. It tries every order, which takes a processor and some time.
import { type MessagePort, parentPort } from 'node:worker_threads';
import { FORMAT_TEXT_MAP, globalTracer, Logs } from 'opentracing-ts';

/** What pricing asks for. */
export interface Task {
  items: string[];
  /** The context of the span that asks. */
  carrier: Record<string, string>;
  /** Gets the price, in cents. */
  answer: MessagePort;
}

type Voucher = (cents: number) => number;

const CENTS: Record<string, number> = { tea: 450, cup: 900, pot: 2400, spoon: 350 };
const VOUCHERS: Voucher[] = [
  ...[5, 10, 20, 25].map(
    (amount): Voucher =>
      (cents) =>
        cents - amount,
  ),
  ...[0.9, 0.95, 0.98].map(
    (share): Voucher =>
      (cents) =>
        cents * share,
  ),
];

const tracer = globalTracer();

parentPort?.on('message', (task: Task | 'stop') => {
  if (task === 'stop') {
    parentPort?.close();
    return;
  }
  const parent = tracer.extract(FORMAT_TEXT_MAP, task.carrier);
  tracer.withActiveSpan('try vouchers', { childOf: parent }, (span) => {
    const list = task.items.reduce((sum, item) => sum + (CENTS[item] ?? 500), 0);
    const price = Math.round(cheapest(list, VOUCHERS));
    span.addTags({ 'price.list': list, 'price.best': price });
    span.log({ [Logs.EVENT]: 'best price found' });
    task.answer.postMessage(price);
    task.answer.close();
  });
});

/** The lowest price over all orders in which the vouchers can be used. */
function cheapest(cents: number, vouchers: readonly Voucher[]): number {
  if (vouchers.length === 0) return cents;
  let best = Number.POSITIVE_INFINITY;
  for (const voucher of vouchers) {
    const others = vouchers.filter((other) => other !== voucher);
    best = Math.min(best, cheapest(voucher(cents), others));
  }
  return best;
}
