import { EventEmitter, once } from 'node:events';
import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import net, { type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Span } from 'opentracing-ts';
import { instrumentHttp } from 'opentracing-ts/instrumentation/http';
import type { MockSpan, MockTracer } from 'opentracing-ts/mocktracer';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createTracer, finishedSpans, listen } from './instrumentation-helpers.js';

/** What a scenario has: a place to note what it sees, and a way to have a span active. */
interface Run {
  /** Notes what one side has seen; the order within a side is compared. */
  see(side: string, ...what: unknown[]): void;
  /** Runs `fn` with a span of that name active, where there is a tracer. */
  under<R>(name: string, fn: () => R): R;
  /** The name of the span that is active. */
  active(): string | undefined;
}

interface Scenario {
  what: string;
  run(run: Run): Promise<void>;
  /** Each span: its name, that of its parent, and its tags and events as far as they tell the end. */
  spans: string[];
  options?: Parameters<typeof instrumentHttp>[0];
}

const listenersOf = (emitter: EventEmitter) =>
  Object.fromEntries(
    emitter
      .eventNames()
      .map((name) => [String(name), emitter.listenerCount(name)])
      .sort(),
  );

/** Notes the events of an emitter without being told what without it would not be. */
function watch(run: Run, side: string, emitter: EventEmitter, events: string[]): void {
  for (const event of events) {
    emitter.on(event, (argument: unknown) => {
      run.see(side, event, (argument as NodeJS.ErrnoException | undefined)?.code ?? '');
    });
  }
}

/** A server whose handler is noted, with the listeners that there are. */
async function serve(run: Run, handler: http.RequestListener): Promise<[number, http.Server]> {
  const server = http.createServer((request, response) => {
    run.see('server', request.method, listenersOf(request), listenersOf(response));
    run.see('server', listenersOf(request.socket), listenersOf(server));
    watch(run, 'request', request, ['aborted', 'error', 'close']);
    watch(run, 'response', response, ['finish', 'error', 'close']);
    handler(request, response);
  });
  return [await listen(server), server];
}

function send(run: Run, side: string, options: http.RequestOptions): ClientRequest {
  const request = http.request({ host: '127.0.0.1', agent: false, ...options });
  run.see(side, listenersOf(request));
  watch(run, side, request, ['error', 'timeout', 'close']);
  request.on('response', (response: IncomingMessage) => {
    run.see(side, response.statusCode, listenersOf(response));
    watch(run, side, response, ['error', 'aborted', 'end', 'close']);
  });
  return request;
}

const closed = (emitter: EventEmitter) =>
  new Promise<void>((resolve) => emitter.once('close', () => setImmediate(resolve)));

const SERVED = ['client GET < page: 200', 'server GET < GET: 200'];

const fail = () => {
  throw new Error('a hook fails');
};
const failing = { ignore: fail, requestHook: fail, responseHook: fail };

/** A client that sends all and says so, to a server that lets it wait for the answer, or does not. */
function halfClosed(isAllowed: boolean, end: string): Scenario {
  return {
    what: `a client that half-closes its connection, which the server ${isAllowed ? 'allows' : 'refuses'}`,
    async run(run) {
      const [port, server] = await serve(run, (request, response) => {
        request.socket.once('end', () => response.end('late'));
      });
      Object.assign(server, { httpAllowHalfOpen: isAllowed });
      const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
      socket.end('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
      run.see('client', (await text(socket)).split('\r\n')[0]);
    },
    spans: [`server GET < nothing: ${end}`],
  };
}

const scenarios: Scenario[] = [
  {
    what: 'hooks that throw',
    options: { servers: failing, clients: failing },
    async run(run) {
      const [port] = await serve(run, (_, response) => response.end('ok'));
      const request = run.under('page', () => send(run, 'client', { port }));
      request.on('response', async (response) => run.see('client', await text(response)));
      request.end();
      await closed(request);
    },
    spans: SERVED,
  },
  halfClosed(true, '200'),
  halfClosed(false, '200, error, aborted'),
  {
    what: 'an upload that the client gives up',
    async run(run) {
      let isThere = () => {};
      const there = new Promise<void>((resolve) => {
        isThere = resolve;
      });
      let gone: Promise<void> | undefined;
      const [port] = await serve(run, (request, response) => {
        gone = closed(response);
        request.once('data', isThere);
      });
      const request = run.under('page', () => send(run, 'client', { port, method: 'PUT' }));
      request.write('a part');
      await there;
      request.destroy(new Error('no longer wanted'));
      await closed(request);
      await gone;
    },
    spans: ['client PUT < page: error, error', 'server PUT < PUT: error, aborted'],
  },
  {
    what: 'a connection that is kept alive for the requests of others',
    async run(run) {
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
      onTestFinished(() => agent.destroy());
      const [port] = await serve(run, (_, response) => response.end('ok'));
      const requests = ['first', 'second', 'third'].map((name) =>
        run.under(name, () => {
          const request = send(run, name, { port, agent });
          request.on('response', (response) => {
            run.see(name, 'reused', request.reusedSocket);
            run.see('active', name, run.active() ?? name);
            response.resume();
          });
          request.end();
          return request;
        }),
      );
      await Promise.all(requests.map(closed));
    },
    spans: [
      'client GET < first: 200',
      'client GET < second: 200',
      'client GET < third: 200',
      'server GET < GET: 200',
      'server GET < GET: 200',
      'server GET < GET: 200',
    ],
  },
  {
    what: 'a response that nobody reads',
    async run(run) {
      let gone: Promise<void> | undefined;
      const [port] = await serve(run, (_, response) => {
        gone = closed(response);
        response.writeHead(200).write('x'.repeat(10_000_000));
      });
      const request = run.under('page', () => send(run, 'client', { port }));
      request.end();
      await once(request, 'response');
      request.destroy();
      await closed(request);
      await gone;
    },
    spans: ['client GET < page: 200, error, aborted', 'server GET < GET: 200, error, aborted'],
  },
  {
    what: 'a server that is destroyed while it handles requests',
    async run(run) {
      const handled = new EventEmitter();
      let gone: Promise<void> | undefined;
      const [port, server] = await serve(run, (_, response) => {
        gone = closed(response);
        handled.emit('request');
      });
      const request = run.under('page', () => send(run, 'client', { port }));
      request.end();
      await once(handled, 'request');
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await closed(request);
      await gone;
    },
    spans: ['client GET < page: error, error', 'server GET < GET: error, aborted'],
  },
  {
    what: 'a pool that gives connections away in the context of others',
    async run(run) {
      const [port] = await serve(run, (_, response) => response.end('ok'));
      const pool = {
        protocol: 'http:',
        defaultPort: 80,
        addRequest(request: ClientRequest & { onSocket(socket: Socket): void }) {
          setImmediate(() =>
            run.under('another', () => request.onSocket(net.connect(port, '127.0.0.1'))),
          );
        },
      };
      const agent = pool as unknown as http.Agent;
      const request = run.under('page', () => send(run, 'client', { port, agent }));
      for (const event of ['socket', 'finish']) {
        request.on(event, () => run.see('active', event, run.active() ?? 'page'));
      }
      request.on('response', (response) => {
        for (const event of ['data', 'end']) {
          response.on(event, () => run.see('active', event, run.active() ?? 'page'));
        }
        response.on('end', () => request.destroy());
      });
      request.end();
      await closed(request);
    },
    spans: SERVED,
  },
  {
    what: 'a request that takes too long',
    async run(run) {
      let gone: Promise<void> | undefined;
      const [port] = await serve(run, (_, response) => {
        gone = closed(response);
      });
      const request = run.under('page', () => send(run, 'client', { port, timeout: 30 }));
      request.end();
      await once(request, 'timeout');
      await vi.waitUntil(() => gone !== undefined);
      request.destroy();
      await closed(request);
      await gone;
    },
    spans: ['client GET < page: error, timeout, error', 'server GET < GET: error, aborted'],
  },
  {
    what: 'an answer that is no HTTP',
    async run(run) {
      const server = net.createServer((socket) => socket.end('what?\r\n\r\n'));
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      onTestFinished(() => void server.close());
      const { port } = server.address() as net.AddressInfo;
      const request = run.under('page', () => send(run, 'client', { port }));
      request.end();
      await closed(request);
    },
    spans: ['client GET < page: error, error'],
  },
];

/** Runs a scenario, and returns what each side has seen. */
async function seen(
  scenario: Scenario,
  tracer: MockTracer | null,
): Promise<Record<string, unknown>> {
  const sides: Record<string, unknown[]> = {};
  const names = new Map<Span, string>();
  await scenario.run({
    see(side, ...what) {
      sides[side] ??= [];
      sides[side].push(what);
    },
    under(name, fn) {
      if (tracer === null) {
        return fn();
      }
      const span = tracer.startSpan(name);
      names.set(span, name);
      return tracer.scopeManager.withActive(span, fn);
    },
    active: () => names.get(tracer?.activeSpan as Span),
  });
  return sides;
}

function described(spans: readonly MockSpan[], all: Map<string, string>): string[] {
  return spans
    .map((span) => {
      const { tags, logs, operationName, parentId } = span;
      const parent = parentId === null ? 'nothing' : all.get(parentId);
      const end = [
        tags['http.status_code'],
        tags.error && 'error',
        ...logs.map(({ fields }) => fields.event),
      ].filter(Boolean);
      return `${tags['span.kind']} ${operationName} < ${parent}: ${end.join(', ')}`;
    })
    .sort();
}

describe('a program in trouble', () => {
  it.each(scenarios)(
    'behaves as without instrumentation, each span finished once, with $what',
    async (scenario) => {
      const without = await seen(scenario, null);

      const tracer = createTracer();
      const started = new Map<string, string>();
      const startSpan = tracer.startSpan.bind(tracer);
      vi.spyOn(tracer, 'startSpan').mockImplementation((name, options) => {
        const span = startSpan(name, options);
        started.set(span.context().toSpanId(), name);
        return span;
      });
      const uninstall = instrumentHttp({ tracer, onError: () => {}, ...scenario.options });
      onTestFinished(uninstall);
      const within = await seen(scenario, tracer);

      expect(within).toEqual(without);
      const spans = await finishedSpans(tracer, scenario.spans.length);
      expect(described(spans, started)).toEqual([...scenario.spans].sort());
      expect(new Set(spans.map((span) => span.context().toSpanId())).size).toBe(spans.length);
    },
  );
});
