const { PgInstrumentation } = require('@opentelemetry/instrumentation-pg');
const { failing, run } = require('./run.cjs');

run([new PgInstrumentation()], async () => {
  const pg = require('pg');
  const server = { host: '127.0.0.1', port: Number(process.env.PORT), user: 'postgres' };
  const client = new pg.Client({ ...server, database: 'postgres' });
  await client.connect();
  await client.query('SELECT $1::int AS answer', [42]);
  await failing(client.query('SELECT * FROM nowhere'));
  await client.end();
  const pool = new pg.Pool({ ...server, database: 'postgres' });
  await Promise.all([pool.query('SELECT 1'), pool.query('SELECT 2')]);
  await pool.end();
});
