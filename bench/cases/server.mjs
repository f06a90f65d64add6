// A server under load, traced by nothing but what is loaded before it.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { startCollector } from '../server/collector.mjs';

const CONNECTIONS = 32;
const WARM_UP_REQUESTS = 3_000;
const REQUESTS = 5_000;
const REQUESTS_OF_SMOKE = 50;
const DELIVERY_MS = 15_000;

export const title = 'A server, every request traced';

export const about =
  'Fastify, each request of which asks another server over `node:http`, 32 connections: processor time of the server process for one of 5,000 requests after 3,000 to warm up. Every request leaves a server and a client span, which are sent to a collector of another process and counted there; sending counts. OpenTelemetry is its instrumentation of `http`, batch processor and exporter for Zipkin; ours is `--import opentracing-ts/register`.';

export const unit = 'µs';
export const isReading = true;

export const bars = [
  { atMost: 0.5, times: 'OpenTelemetry', above: 'nothing' },
  { fasterThan: 'dd-trace' },
];

// The same work for all three: the server span of what comes in, with the caller's context read from
// its headers; the client span of what goes out, with its own context written there; the span active
// for the handler over AsyncLocalStorage; both spans, all of them, in batches to the collector, which
// counts them before the clock stops.
// - Ours: `opentracing-ts/register` as it comes, with four headers of B3 to be written; Zipkin's JSON.
// - OpenTelemetry: the instrumentation of `http` for both directions and no other, one header of W3C,
//   the batch processor, Zipkin's JSON (../server/open-telemetry.cjs).
// - dd-trace: as it comes, which is spans of fastify and of connections too; MessagePack. Its agent is
//   told of traces rather than of spans, so it is those that are counted.
export const variants = {
  nothing: () => served({ preload: [], isTraced: false }),
  'opentracing-ts': () =>
    served({ preload: ['--import', import.meta.resolve('opentracing-ts/register')] }),
  OpenTelemetry: () =>
    served({
      preload: [
        '--require',
        fileURLToPath(new URL('../server/open-telemetry.cjs', import.meta.url)),
      ],
    }),
  'dd-trace': () =>
    served({ preload: ['--require', fileURLToPath(import.meta.resolve('dd-trace/init'))] }),
};

/** Returns what resolves with the microseconds of one request. */
function served({ preload, isTraced = true }) {
  return async ({ isSmoke }) => {
    const warmUp = isSmoke ? REQUESTS_OF_SMOKE : WARM_UP_REQUESTS;
    const measured = isSmoke ? REQUESTS_OF_SMOKE : REQUESTS;
    const collector = await startCollector();
    const upstream = createServer((_request, response) => response.end('12'));
    // A connection that it closes while the server is about to use it again would be a failed request.
    upstream.keepAliveTimeout = 0;
    upstream.listen(0, '127.0.0.1');
    await once(upstream, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (upstream.address());
    const server = fork(
      fileURLToPath(new URL('../server/app.cjs', import.meta.url)),
      [`http://127.0.0.1:${port}/stock`],
      { execArgv: preload, env: { ...process.env, ...environmentFor(collector.origin) } },
    );
    try {
      const [{ address }] = await once(server, 'message');
      const load = async (amount, total) => {
        const { errors, non2xx } = await autocannon({
          url: `${address}/orders/7`,
          connections: CONNECTIONS,
          amount,
        });
        if (errors + non2xx > 0) {
          throw new Error(`${errors} requests failed, ${non2xx} were refused.`);
        }
        await delivered(collector, isTraced ? total : 0);
      };
      await load(warmUp, warmUp);
      const before = await usageOf(server);
      await load(measured, warmUp + measured);
      return ((await usageOf(server)) - before) / measured;
    } finally {
      server.kill();
      upstream.close();
      collector.close();
    }
  };
}

/** What the three tracers ask the environment for. */
function environmentFor(origin) {
  return {
    OPENTRACING_ZIPKIN_URL: `${origin}/api/v2/spans`,
    OPENTRACING_SERVICE_NAME: 'bench',
    COLLECTOR_URL: `${origin}/api/v2/spans`,
    DD_TRACE_AGENT_URL: origin,
    DD_SERVICE: 'bench',
    DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
    DD_REMOTE_CONFIGURATION_ENABLED: 'false',
    DD_CRASHTRACKING_ENABLED: 'false',
    DD_TRACE_STARTUP_LOGS: 'false',
  };
}

/** Waits until the spans of so many requests have come in. */
async function delivered(collector, requests) {
  const end = performance.now() + DELIVERY_MS;
  while (collector.requests() < requests) {
    if (performance.now() > end) {
      throw new Error(`The spans of ${collector.requests()} of ${requests} requests came in.`);
    }
    await pause(20);
  }
}

async function usageOf(server) {
  const answer = once(server, 'message');
  server.send('usage');
  const [{ usage }] = await answer;
  return usage.user + usage.system;
}
