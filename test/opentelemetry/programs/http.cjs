const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const { called, failing, run } = require('./run.cjs');

let server;
run([new HttpInstrumentation()], async () => {
  const http = require('node:http');
  server = http.createServer((request, response) => {
    response.statusCode = request.url === '/broken' ? 500 : 200;
    response.end('soup');
  });
  await called((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  const get = (path, to = port) =>
    new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: to, path, agent: false };
      http.get(options, (response) => response.resume().on('end', resolve)).on('error', reject);
    });
  await get('/dish?token=secret');
  await get('/broken');
  await called((done) => server.close(done));
  await failing(get('/gone'));
});
