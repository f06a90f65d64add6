// A GraphQL server with the plugin of apollo-opentracing over jaeger-client.
const { ApolloServer, gql } = require('apollo-server');
const { default: OpentracingPlugin } = require('apollo-opentracing');
const { initTracer } = require('jaeger-client');
const opentracing = require('opentracing');
const { jaegerReporter, jaegerSpans } = require('./jaeger-spans.cjs');
const { printSpans } = require('./print-spans.cjs');

const reporter = jaegerReporter();
const config = { serviceName: 'books', sampler: { type: 'const', param: 1 } };
opentracing.initGlobalTracer(initTracer(config, { reporter }));
const tracer = opentracing.globalTracer();

const typeDefs = gql`
  type Book { title: String! author: Author! }
  type Author { name: String! }
  type Query { book: Book! }
`;
const resolvers = {
  Query: { book: () => ({}) },
  Book: {
    title: () => 'Notes',
    author: async (_book, _args, _context, { span }) => {
      tracer.startSpan('query', { childOf: span }).finish();
      return {};
    },
  },
  Author: {
    name: () => {
      throw new Error('unknown');
    },
  },
};
const plugin = OpentracingPlugin({
  server: tracer,
  local: tracer,
  onRequestResolve: (span, { request }) => span.setTag('graphql.variables', request.variables.all),
  onFieldResolveFinish: (error, _result, span) => {
    if (error) span.log({ event: 'error', message: error.message });
  },
  onRequestError: (span) => span.setTag(opentracing.Tags.ERROR, true),
});

async function main() {
  const server = new ApolloServer({ typeDefs, resolvers, plugins: [plugin] });
  const { port } = await server.listen(0, '127.0.0.1');
  const caller = tracer.startSpan('caller');
  const headers = { 'content-type': 'application/json' };
  tracer.inject(caller.context(), opentracing.FORMAT_HTTP_HEADERS, headers);
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers,
    body: JSON.stringify({
      query: 'query Reading($all: Boolean!) { book { title author @include(if: $all) { name } } }',
      operationName: 'Reading',
      variables: { all: true },
    }),
  });
  const { errors } = await response.json();
  caller.finish();
  await server.stop();
  printSpans(jaegerSpans(reporter), { errors: errors.map(({ message }) => message) });
}

main();
