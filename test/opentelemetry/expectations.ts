import { expect } from 'vitest';
import { MARIADB, POSTGRES, REDIS, type ServerKind } from './servers.js';

/** What one program is expected to record. */
export interface Expectation {
  /** The program, and what its instrumentation is called after. */
  readonly name: string;
  /** The package that is instrumented; `null` for what Node has built in. */
  readonly library: string | null;
  readonly server?: ServerKind;
  /** Each span as `parent > name`, its kind in parentheses where it has one, and whether it failed. */
  readonly spans: readonly string[];
  /** Some of the tags of the first span that has the name. */
  readonly tags: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Messages that are logged with exceptions. */
  readonly errors?: readonly unknown[];
}

const LOOPBACK = { 'peer.hostname': '127.0.0.1', 'peer.port': expect.any(Number) };

export const EXPECTATIONS: readonly Expectation[] = [
  {
    name: 'pg',
    library: 'pg',
    server: POSTGRES,
    spans: [
      'parent > pg.connect (client)',
      'parent > pg.query:SELECT postgres (client)',
      'parent > pg.query:SELECT postgres (client) failed',
      'parent > pg-pool.connect (client)',
      'pg-pool.connect > pg.connect (client)',
      'parent > pg.query:SELECT postgres (client)',
      'parent > pg-pool.connect (client)',
      'pg-pool.connect > pg.connect (client)',
      'parent > pg.query:SELECT postgres (client)',
    ],
    tags: {
      'pg.query:SELECT postgres': {
        ...LOOPBACK,
        'db.type': 'postgresql',
        'db.instance': 'postgres',
        'db.statement': 'SELECT $1::int AS answer',
      },
    },
    errors: ["PostgreSQL error of type 'error' occurred (code: 42P01)"],
  },
  {
    name: 'mysql2',
    library: 'mysql2',
    server: MARIADB,
    spans: [
      'parent > SELECT (client)',
      'parent > SELECT (client)',
      'parent > SELECT (client) failed',
    ],
    tags: {
      SELECT: {
        ...LOOPBACK,
        'db.type': 'mysql',
        'db.instance': 'test',
        'db.statement': 'SELECT 1 AS answer',
      },
    },
  },
  {
    name: 'ioredis',
    library: 'ioredis',
    server: REDIS,
    spans: [
      'parent > connect (client)',
      'parent > info (client)',
      'parent > set (client)',
      'parent > get (client)',
      'parent > get (client)',
      'parent > incr (client) failed',
      'parent > quit (client)',
    ],
    tags: {
      set: { ...LOOPBACK, 'db.type': 'redis', 'db.statement': 'set dish [1 other arguments]' },
    },
    errors: ['ERR value is not an integer or out of range'],
  },
  {
    name: 'mongodb',
    library: 'mongodb',
    spans: [
      'parent > insert dishes (client)',
      'parent > find dishes (client)',
      'parent > aggregate $cmd (client) failed',
    ],
    tags: {
      'find dishes': { ...LOOPBACK, 'db.type': 'mongodb', 'db.instance': 'kitchen' },
      'aggregate $cmd': { 'otel.status_description': 'Unrecognized stage' },
    },
  },
  {
    name: 'kafkajs',
    library: 'kafkajs',
    spans: [
      'parent > send orders (producer)',
      'send orders > process orders (consumer)',
      'process orders > cook',
    ],
    tags: {
      'send orders': { 'message_bus.destination': 'orders', 'messaging.system': 'kafka' },
      'process orders': { 'message_bus.destination': 'orders' },
    },
  },
  {
    name: 'graphql',
    library: 'graphql',
    spans: [
      'parent > graphql.parseSchema',
      'parent > graphql.parse',
      'parent > graphql.validate',
      'query Lunch > graphql.resolve dish',
      'graphql.resolve dish > graphql.resolve dish.hot',
      'parent > query Lunch',
      'parent > graphql.parse',
      'parent > graphql.validate',
    ],
    tags: {
      'query Lunch': { 'graphql.operation.type': 'query', 'graphql.operation.name': 'Lunch' },
    },
    errors: [expect.stringContaining('Cannot query field')],
  },
  {
    name: 'aws-sdk',
    library: '@aws-sdk/client-sqs',
    spans: [
      'parent > S3.ListBuckets (client)',
      'parent > S3.GetObject (client) failed',
      'parent > orders send (producer)',
    ],
    tags: {
      'S3.ListBuckets': { 'rpc.system': 'aws-api', 'http.status_code': 200 },
      'S3.GetObject': { 'http.status_code': 404, 'aws.s3.bucket': 'dishes' },
      'orders send': { 'message_bus.destination': 'orders' },
    },
    errors: ['gone'],
  },
  {
    name: 'grpc',
    library: '@grpc/grpc-js',
    spans: [
      'grpc.Kitchen/Cook > cook',
      'grpc.Kitchen/Cook > grpc.Kitchen/Cook (server)',
      'parent > grpc.Kitchen/Cook (client)',
      'grpc.Kitchen/Cook > cook',
      'grpc.Kitchen/Cook > grpc.Kitchen/Cook (server) failed',
      'parent > grpc.Kitchen/Cook (client) failed',
    ],
    tags: {
      'grpc.Kitchen/Cook': { 'rpc.system': 'grpc', 'rpc.method': 'Cook', 'rpc.service': 'Kitchen' },
    },
  },
  {
    name: 'knex',
    library: 'knex',
    server: POSTGRES,
    spans: [
      'parent > postgres (client)',
      'parent > insert postgres.dishes (client)',
      'parent > select postgres.dishes (client)',
      'parent > select postgres.nowhere (client) failed',
    ],
    tags: {
      'select postgres.dishes': {
        ...LOOPBACK,
        'db.type': 'postgresql',
        'db.instance': 'postgres',
        'db.statement': 'select "name" from "dishes" where "name" = ?',
      },
    },
    errors: ['relation "nowhere" does not exist'],
  },
  {
    name: 'express',
    library: 'express',
    spans: [
      'parent > GET (client)',
      'GET > GET /dishes/:name (server)',
      'GET /dishes/:name > middleware - pass',
      'GET /dishes/:name > request handler',
      'request handler > cook',
    ],
    tags: {
      'GET /dishes/:name': {
        'http.method': 'GET',
        'http.status_code': 200,
        'http.route': '/dishes/:name',
      },
      'request handler': { 'express.type': 'request_handler' },
    },
  },
  {
    name: 'http',
    library: null,
    spans: [
      'parent > GET (client)',
      'GET > GET (server)',
      'parent > GET (client) failed',
      'GET > GET (server) failed',
      'parent > GET (client) failed',
    ],
    tags: { GET: { 'http.method': 'GET', 'http.status_code': 200 } },
    errors: [expect.stringContaining('ECONNREFUSED')],
  },
];
