// What the servers that are measured have in common. Each is a child process of load.mjs.
const http = require('node:http');
const { text } = require('node:stream/consumers');
const { useEmitters } = require('./emitters.cjs');

useEmitters();

const upstream = process.argv[2];
const agent = new http.Agent({ keepAlive: true });

/** Asks another server over node:http. */
exports.ask = () =>
  new Promise((resolve, reject) => {
    const request = http.get(upstream, { agent }, (response) => resolve(text(response)));
    request.on('error', reject);
  });

/** Tells the parent where the server is and, when asked, how much of the processor it has used. */
exports.announce = (address) => {
  process.on('message', () => process.send({ usage: process.cpuUsage() }));
  process.on('disconnect', () => process.exit());
  process.send({ address });
};
