import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Tags, type Tracer } from 'opentracing-ts';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Manager, managers } from '../managers.js';
import { tracesOf } from '../traces.js';

type Callback = (answer: string) => void;

/**
 * A pool of one connection, that knows nothing of tracing: opened by whoever is first, and kept; who
 * finds it taken waits. So a callback runs in the context of whoever opened the connection.
 */
class Pool {
  private socket: Socket | undefined;
  private readonly waiting: { statement: string; callback: Callback }[] = [];
  private busy = false;

  constructor(private readonly port: number) {}

  query(statement: string, callback: Callback): void {
    this.waiting.push({ statement, callback });
    this.next();
  }

  close(): void {
    this.socket?.destroy();
  }

  private next(): void {
    const query = this.busy ? undefined : this.waiting.shift();
    if (query === undefined) {
      return;
    }
    this.busy = true;
    this.socket ??= connect(this.port, '127.0.0.1');
    this.socket.once('data', (answer) => {
      this.busy = false;
      query.callback(answer.toString());
      this.next();
    });
    this.socket.write(query.statement);
  }
}

/** What an instrumentation of the pool does: a span for the query, and a callback that is bound. */
function query(tracer: Tracer, pool: Pool, statement: string, callback: Callback): void {
  const span = tracer.startSpan('query', { tags: { [Tags.DB_STATEMENT]: statement } });
  const finish = (answer: string) => {
    span.finish();
    callback(answer);
  };
  pool.query(statement, tracer.scopeManager.bind(finish));
}

/** A program that goes on in the callback. */
function handle(tracer: Tracer, pool: Pool, name: string): Promise<string> {
  return tracer.withActiveSpan(name, () => {
    return new Promise<string>((resolve) => {
      query(tracer, pool, `select ${name}`, (answer) => {
        tracer.withActiveSpan('render', () => resolve(answer));
      });
    });
  });
}

/** A program that awaits the answer: a manager that follows needs no bound callback for that. */
function handleAwaiting(
  tracer: Tracer,
  pool: Pool,
  name: string,
  { followsAwait }: Manager,
): Promise<string> {
  return tracer.withActiveSpan(name, async (span) => {
    const answer = await new Promise<string>((resolve) => pool.query(`select ${name}`, resolve));
    const options = followsAwait ? null : { childOf: span };
    return tracer.withActiveSpan('render', options, () => answer);
  });
}

let server: Server;
let port: number;

beforeAll(async () => {
  server = createServer((socket) => {
    socket.on('data', (statement) => socket.write(`answer to ${statement}`));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.close();
});

describe.each(managers)('Connection pools over $name:', (manager) => {
  test('a bound callback is under its own request, whoever opened the connection', async () => {
    const tracer = new MockTracer(manager.create());
    const pool = new Pool(port);

    const answers = await Promise.all(['one', 'two'].map((name) => handle(tracer, pool, name)));
    const later = await handle(tracer, pool, 'three');
    pool.close();

    expect([...answers, later]).toEqual([
      'answer to select one',
      'answer to select two',
      'answer to select three',
    ]);
    expect(tracesOf(tracer)).toEqual(
      ['one', 'two', 'three'].flatMap((name) => [name, '- query', '- render']),
    );
  });

  test('who awaits the answer of a pool goes on under its own request', async () => {
    const tracer = new MockTracer(manager.create());
    const pool = new Pool(port);

    await Promise.all(['one', 'two'].map((name) => handleAwaiting(tracer, pool, name, manager)));
    pool.close();

    expect(tracesOf(tracer)).toEqual(['one', '- render', 'two', '- render']);
  });
});
