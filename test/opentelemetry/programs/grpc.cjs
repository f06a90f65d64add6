const { GrpcInstrumentation } = require('@opentelemetry/instrumentation-grpc');
const { called, failing, run } = require('./run.cjs');

const JSON_BYTES = {
  requestSerialize: (value) => Buffer.from(JSON.stringify(value)),
  requestDeserialize: (bytes) => JSON.parse(bytes.toString()),
  responseSerialize: (value) => Buffer.from(JSON.stringify(value)),
  responseDeserialize: (bytes) => JSON.parse(bytes.toString()),
};
const KITCHEN = {
  cook: { path: '/Kitchen/Cook', requestStream: false, responseStream: false, ...JSON_BYTES },
};

run([new GrpcInstrumentation()], async () => {
  const grpc = require('@grpc/grpc-js');
  const { globalTracer } = require('opentracing-ts');
  const server = new grpc.Server();
  server.addService(KITCHEN, {
    cook({ request }, done) {
      globalTracer().startSpan('cook').finish();
      if (request.dish === 'stone') {
        done({ code: grpc.status.NOT_FOUND, details: 'no stones' });
      } else {
        done(null, { hot: true });
      }
    },
  });
  const credentials = grpc.ServerCredentials.createInsecure();
  const port = await called((done) => server.bindAsync('127.0.0.1:0', credentials, done));
  const Client = grpc.makeGenericClientConstructor(KITCHEN, 'Kitchen');
  const client = new Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  await called((done) => client.cook({ dish: 'soup' }, done));
  await failing(called((done) => client.cook({ dish: 'stone' }, done)));
  client.close();
  await called((done) => server.tryShutdown(done));
});
