const { GraphQLInstrumentation } = require('@opentelemetry/instrumentation-graphql');
const { run } = require('./run.cjs');

run([new GraphQLInstrumentation()], async () => {
  const { buildSchema, graphql } = require('graphql');
  const schema = buildSchema('type Query { dish(name: String): Dish } type Dish { hot: Boolean }');
  const rootValue = { dish: () => ({ hot: async () => true }) };
  await graphql({ schema, rootValue, source: 'query Lunch { dish(name: "soup") { hot } }' });
  await graphql({ schema, rootValue, source: '{ dish { unknown } }' });
});
