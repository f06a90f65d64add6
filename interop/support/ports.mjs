import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Ports of the loopback that nobody listens on, for programs that cannot take any and say which.
 *
 * @param {number} count
 * @returns {Promise<number[]>}
 */
export async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => {
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    return port;
  });
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
