// A server with express, each request of which asks another: a middleware, and a route in a router.
const express = require('express');
const { announce, ask } = require('./measured.cjs');

const orders = express.Router();
orders.get('/:id', async (_request, response) => {
  response.json({ stock: await ask() });
});
const app = express();
app.use(express.json());
app.use('/orders', orders);
const server = app.listen(0, '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  announce(`http://127.0.0.1:${port}`);
});
