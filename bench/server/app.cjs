// The server that is measured: every request asks another server over node:http. A child process of
// cases/server.mjs, which it tells its port and, when asked, how much of the processor it has used.
const http = require('node:http');
const { text } = require('node:stream/consumers');
const fastify = require('fastify');

const upstream = process.argv[2];
const agent = new http.Agent({ keepAlive: true });

const ask = () =>
  new Promise((resolve, reject) => {
    const request = http.get(upstream, { agent }, (response) => resolve(text(response)));
    request.on('error', reject);
  });

async function main() {
  const app = fastify();
  app.get('/orders/:id', async () => ({ stock: await ask() }));
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  process.on('message', () => process.send({ usage: process.cpuUsage() }));
  process.on('disconnect', () => process.exit());
  process.send({ address });
}

main();
