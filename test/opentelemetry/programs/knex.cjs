const { KnexInstrumentation } = require('@opentelemetry/instrumentation-knex');
const { failing, run } = require('./run.cjs');

run([new KnexInstrumentation()], async () => {
  const knex = require('knex')({
    client: 'pg',
    connection: {
      host: '127.0.0.1',
      port: Number(process.env.PORT),
      user: 'postgres',
      database: 'postgres',
    },
  });
  await knex.schema.createTable('dishes', (table) => table.text('name'));
  await knex('dishes').insert({ name: 'soup' });
  await knex('dishes').where({ name: 'soup' }).select('name');
  await failing(knex('nowhere').select());
  await knex.destroy();
});
