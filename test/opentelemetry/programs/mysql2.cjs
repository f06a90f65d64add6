const { MySQL2Instrumentation } = require('@opentelemetry/instrumentation-mysql2');
const { called, failing, run } = require('./run.cjs');

run([new MySQL2Instrumentation()], async () => {
  const mysql = require('mysql2');
  const connection = mysql.createConnection({
    host: '127.0.0.1',
    port: Number(process.env.PORT),
    user: 'tester',
    database: 'test',
  });
  await called((done) => connection.query('SELECT 1 AS answer', done));
  await called((done) => connection.execute('SELECT ? AS answer', [42], done));
  await failing(called((done) => connection.query('SELECT * FROM nowhere', done)));
  await called((done) => connection.end(done));
});
