// A program without a word about tracing: a server that answers `/` by asking itself for `/inner`.
import { createServer } from 'node:http';

const server = createServer(async (request, response) => {
  if (request.url === '/inner') return response.end('inner');
  const inner = await fetch(`${address()}/inner`);
  response.end(`outer ${await inner.text()}`);
});
const address = () => `http://127.0.0.1:${server.address().port}`;

server.listen(0, '127.0.0.1', async () => {
  const outer = await fetch(address());
  console.log(await outer.text());
  server.close();
  server.closeAllConnections();
});
