const { IORedisInstrumentation } = require('@opentelemetry/instrumentation-ioredis');
const { failing, run } = require('./run.cjs');

run([new IORedisInstrumentation()], async () => {
  const { Redis } = require('ioredis');
  const port = Number(process.env.PORT);
  const redis = new Redis({ host: '127.0.0.1', port, lazyConnect: true, disableClientInfo: true });
  await redis.connect();
  await redis.set('dish', 'soup');
  await Promise.all([redis.get('dish'), redis.get('other')]);
  await failing(redis.incr('dish'));
  await redis.quit();
});
