// A program that knows nothing of tracing but the span that it leaves for its end.
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { globalTracer } from 'opentracing-ts';

const server = createServer((_request, response) => response.end());
server.listen(0, '127.0.0.1', async () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await (await fetch(`${url}/by-fetch`)).text();
  await new Promise<unknown>((resolve) => {
    get(`${url}/by-http`, (response) => response.resume().on('end', resolve));
  });
  await globalTracer().flush();
  server.close();
  server.closeAllConnections();
  globalTracer().startSpan('left for the end').finish();
});
