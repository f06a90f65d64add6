import { once } from 'node:events';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

/**
 * Starts a server on the loopback that takes spans as Zipkin's JSON, and traces as Datadog's agent
 * does, and counts the requests that they tell of: those with a server and a client span.
 */
export async function startCollector() {
  let requests = 0;
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    requests += requestsIn(request, body);
    response.setHeader('content-type', 'application/json');
    response.end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    origin: `http://127.0.0.1:${port}`,
    requests: () => requests,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {Buffer} body
 */
function requestsIn({ url, headers }, body) {
  if (url === '/api/v2/spans') {
    const json = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    const kinds = JSON.parse(json.toString()).map(({ kind }) => kind);
    // Half a request each.
    return kinds.filter((kind) => kind === 'SERVER' || kind === 'CLIENT').length / 2;
  }
  return Number(headers['x-datadog-trace-count'] ?? 0);
}
