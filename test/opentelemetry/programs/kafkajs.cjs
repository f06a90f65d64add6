const { KafkaJsInstrumentation } = require('@opentelemetry/instrumentation-kafkajs');
const { startKafka } = require('../fakes/kafka.cjs');
const { run } = require('./run.cjs');

let broker;
run(
  [new KafkaJsInstrumentation()],
  async () => {
    const { globalTracer } = require('opentracing-ts');
    const { Kafka, logLevel } = require('kafkajs');
    const kafka = new Kafka({
      clientId: 'kitchen',
      brokers: [`127.0.0.1:${broker.port}`],
      logLevel: logLevel.NOTHING,
    });
    const producer = kafka.producer();
    await producer.connect();
    await producer.send({ topic: 'orders', messages: [{ key: 'a', value: 'soup' }] });
    await producer.disconnect();

    const consumer = kafka.consumer({ groupId: 'cooks' });
    await consumer.connect();
    await consumer.subscribe({ topic: 'orders', fromBeginning: true });
    await new Promise((resolve, reject) => {
      consumer
        .run({
          eachMessage: async () => {
            await globalTracer().withActiveSpan('cook', async () => {});
            resolve();
          },
        })
        .catch(reject);
    });
    await consumer.disconnect();
  },
  {
    before: async () => {
      broker = await startKafka();
    },
    after: () => broker.close(),
  },
);
