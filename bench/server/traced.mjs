// A server every request of which is traced, and each span sent.
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startCollector } from './collector.mjs';
import { startServer, startUpstream } from './load.mjs';

// By then none of the servers gets any faster: up to 6,000 requests, most of the time goes to compiling.
const WARM_UP_REQUESTS = 8_000;
const REQUESTS = 8_000;
const REQUESTS_OF_SMOKE = 50;
const DELIVERY_MS = 15_000;

export const bars = [
  { atMost: 0.5, times: 'OpenTelemetry', above: 'nothing' },
  { fasterThan: 'dd-trace' },
];

/**
 * The variants of the cases that measure a server.
 *
 * The same work for all three: the server span of what comes in, with the caller's context read from
 * its headers; the client span of what goes out, with its own context written there; the span active
 * for the handler over AsyncLocalStorage; both spans, all of them, in batches to the collector, which
 * counts them before the clock stops.
 * - Ours: `opentracing-ts/register` as it comes, with four headers of B3 to be written; Zipkin's JSON.
 * - OpenTelemetry: one header of W3C, the batch processor, Zipkin's JSON (open-telemetry.cjs), and of its
 *   instrumentations those of `http` and express, with its spans of middlewares; for fastify
 *   `@opentelemetry/auto-instrumentations-node` has none, so the spans of `http` are what
 *   its users get.
 * - dd-trace: as it comes, which is spans of the framework and of connections too; MessagePack. Its agent
 *   is told of traces rather than of spans, so it is those that are counted.
 *
 * @param {string} program - the server
 */
export function tracedVariants(program) {
  const preloadOf = (/** @type {string} */ url) => ['--require', fileURLToPath(url)];
  return {
    nothing: () => served(program, { preload: [], isTraced: false }),
    'opentracing-ts': () =>
      served(program, { preload: ['--import', import.meta.resolve('opentracing-ts/register')] }),
    OpenTelemetry: () =>
      served(program, { preload: preloadOf(import.meta.resolve('./open-telemetry.cjs')) }),
    'dd-trace': () => served(program, { preload: preloadOf(import.meta.resolve('dd-trace/init')) }),
  };
}

/** Returns what resolves with the microseconds of one request, and how many there were in a second. */
function served(program, { preload, isTraced = true }) {
  return async ({ isSmoke }) => {
    const warmUp = isSmoke ? REQUESTS_OF_SMOKE : WARM_UP_REQUESTS;
    const measured = isSmoke ? REQUESTS_OF_SMOKE : REQUESTS;
    const collector = await startCollector();
    const upstream = await startUpstream();
    const env = environmentFor(collector.origin);
    const server = await startServer({ program, upstream: upstream.url, preload, env });
    const isDelivered = (requests) => () => delivered(collector, isTraced ? requests : 0);
    try {
      await server.load(warmUp, isDelivered(warmUp));
      const { processorUs, throughput } = await server.load(
        measured,
        isDelivered(warmUp + measured),
      );
      return { figure: processorUs / measured, throughput };
    } finally {
      server.stop();
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
