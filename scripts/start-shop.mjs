// The four programs of examples/shop, and the orders that are sent to them.
import { setTimeout as delay } from 'node:timers/promises';
import { startProgram } from './start-program.mjs';

const CUSTOMERS = ['ada', 'grace', 'linus'];
const BASKETS = [['tea', 'cup'], ['pot'], ['spoon', 'cup', 'tea'], ['tea', 'pot']];

/**
 * The answer to an order.
 *
 * @typedef {object} Answer
 * @property {number} status the status of the response
 * @property {string} traceId the trace of the request
 */

/** The shop: gateway, orders, inventory and pricing, each in its own process on a free port. */
export class Shop {
  /** @type {import('./start-program.mjs').Program[]} */
  programs = [];
  /** The address of the gateway, when it has started. */
  url = '';
  sent = 0;
  isStopped = false;

  /** @param {string} collector the address of the collector */
  constructor(collector) {
    this.collector = collector;
    /**
     * Rejects, with a sentence and its stderr, when one of the programs ends by itself.
     *
     * @type {Promise<never>}
     */
    this.failed = new Promise((_resolve, reject) => {
      this.fail = reject;
    });
  }

  /**
   * Starts the programs: first those that are asked, for the others need their addresses.
   *
   * @param {(name: string, url: string) => void} onReady told of each program that listens
   */
  async start(onReady = () => {}) {
    /** @type {(name: string, env?: Record<string, string>) => Promise<string>} */
    const start = async (name, env) => {
      if (this.isStopped) throw new Error('the shop has been stopped');
      const program = startProgram(name, {
        OTEL_EXPORTER_ZIPKIN_ENDPOINT: `${this.collector}/api/v2/spans`,
        ...env,
      });
      this.programs.push(program);
      program.failed.catch(this.fail);
      const url = await program.address;
      onReady(name, url);
      return url;
    };
    const [inventory, pricing] = await Promise.all([start('inventory'), start('pricing')]);
    const orders = await start('orders', { INVENTORY_URL: inventory, PRICING_URL: pricing });
    this.url = await start('gateway', { ORDERS_URL: orders });
  }

  /**
   * Sends an order; the customers and the baskets take turns.
   *
   * @returns {Promise<Answer>}
   */
  async order() {
    const customer = CUSTOMERS[this.sent % CUSTOMERS.length];
    const items = BASKETS[this.sent % BASKETS.length];
    this.sent += 1;
    const response = await fetch(`${this.url}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ customer, items }),
    }).catch(async (error) => {
      // A program that has ended says more than the request that it left without an answer.
      await Promise.race([this.failed, delay(1_000)]);
      throw error;
    });
    await response.arrayBuffer();
    return { status: response.status, traceId: response.headers.get('trace-id') ?? '' };
  }

  /** Ends the programs: first those that ask, so that no request is left without its answer. */
  async stop() {
    this.isStopped = true;
    for (const program of this.programs.toReversed()) await program.stop();
  }
}
