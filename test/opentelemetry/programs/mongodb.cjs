const { MongoDBInstrumentation } = require('@opentelemetry/instrumentation-mongodb');
const { startMongo } = require('../fakes/mongo.cjs');
const { failing, run } = require('./run.cjs');

let server;
run(
  [new MongoDBInstrumentation()],
  async () => {
    const { MongoClient } = require('mongodb');
    const client = new MongoClient(`mongodb://127.0.0.1:${server.port}/?directConnection=true`);
    await client.connect();
    const dishes = client.db('kitchen').collection('dishes');
    await dishes.insertOne({ name: 'soup' });
    await dishes.find({ name: 'soup' }).toArray();
    await failing(dishes.aggregate([{ $nonsense: {} }]).toArray());
    await client.close();
  },
  {
    before: async () => {
      server = await startMongo();
    },
    after: () => server.close(),
  },
);
