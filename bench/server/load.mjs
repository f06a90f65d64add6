// Servers of other processes under load, and the processor time that they take.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';

const CONNECTIONS = 32;

/** Starts the server that the measured ones ask. */
export async function startUpstream() {
  const upstream = createServer((_request, response) => response.end('12'));
  // A connection that it closes while the server is about to use it again would be a failed request.
  upstream.keepAliveTimeout = 0;
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (upstream.address());
  return {
    url: `http://127.0.0.1:${port}/stock`,
    close() {
      upstream.close();
      upstream.closeAllConnections();
    },
  };
}

/**
 * Starts a server.
 *
 * @param {object} options
 * @param {string} options.program - its file in this folder
 * @param {string} options.upstream - what it asks
 * @param {string[]} [options.preload] - arguments of Node
 * @param {Record<string, string>} [options.env] - added to the environment
 * @throws Error when it ends before it listens
 */
export async function startServer({ program, upstream, preload = [], env = {} }) {
  const server = fork(fileURLToPath(new URL(program, import.meta.url)), [upstream], {
    execArgv: preload,
    env: { ...process.env, ...env },
  });
  const failed = new AbortController();
  server.once('exit', () => failed.abort(new Error(`${program} ended before it listened.`)));
  const [{ address }] = await once(server, 'message', { signal: failed.signal });

  const usage = async () => {
    const answer = once(server, 'message');
    server.send('usage');
    const [{ usage }] = await answer;
    return usage.user + usage.system;
  };

  return {
    /**
     * Asks it for so many orders.
     *
     * @param {number} amount
     * @param {() => Promise<void>} [isDone] - what the server has to do before it counts as done
     * @returns the processor time that it took, in microseconds, and how many requests it answered in
     *   a second
     * @throws Error when a request fails
     */
    async load(amount, isDone) {
      const before = await usage();
      const start = performance.now();
      const { errors, non2xx } = await autocannon({
        url: `${address}/orders/7`,
        connections: CONNECTIONS,
        amount,
        // How soon it notices that it is done.
        sampleInt: 20,
      });
      const seconds = (performance.now() - start) / 1000;
      if (errors + non2xx > 0) {
        throw new Error(`${errors} requests failed, ${non2xx} were refused.`);
      }
      await isDone?.();
      return { processorUs: (await usage()) - before, throughput: amount / seconds };
    },

    stop: () => server.kill(),
  };
}
