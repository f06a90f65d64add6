// A server with fastify, each request of which asks another.
const fastify = require('fastify');
const { announce, ask } = require('./measured.cjs');

const app = fastify();
app.get('/orders/:id', async () => ({ stock: await ask() }));
app.listen({ host: '127.0.0.1', port: 0 }).then(announce);
