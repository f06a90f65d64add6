/**
 * Traces `fetch` and undici.
 *
 * @module
 */
import { describeValue } from '../../describe-value.js';
import type { FetchTracingOptions } from '../fetch-options.js';
import { installOnce } from '../install-once.js';
import { RequestTracing } from '../request-tracing.js';
import { type Fetch, replaceGlobalFetch, tracedFetch } from '../traced-fetch.js';
import { type Channels, traceUndici } from './undici.js';

export type { FetchRequest, FetchResponse, FetchTracingOptions } from '../fetch-options.js';
export type { InstrumentationOptions, RequestRules, RequestTracingOptions } from '../options.js';
export type { Fetch } from '../traced-fetch.js';

/** Of a process, as far as it is used here. */
interface Process {
  versions?: Readonly<Record<string, string | undefined>>;
  getBuiltinModule?(name: string): unknown;
}

/**
 * Traces every request that the program makes with the `fetch` of the runtime, and on Node with the
 * package undici too, from version 5.23 on. The span is a child of the active span, its context goes into
 * the request's headers, and it finishes when the body of the response has been received. Statuses from
 * 400 and errors set the `error` tag; a body that the program cancels does not. The tag `http.url` has no
 * query unless `captureQuery` asks for it. Upgrades (WebSocket) and tunnels are not traced.
 *
 * On Node undici announces what it sends, so that `fetch` stays as it is: there is a span for each
 * exchange, so one for every redirect too. A request that has to wait for a connection of a pool keeps the
 * parent that it was made with. (The limit: in a program that is bundled with a copy of undici whose pools
 * are not the global dispatcher, it has the span as its parent that is active when it is its turn.)
 *
 * On Bun, Deno, Workers and in browsers the global `fetch` is replaced by what {@link traceFetch} makes of
 * it. For browsers there is `opentracing-ts/instrumentation/browser`, which heeds what they ask for of
 * requests to other origins.
 *
 * A request that carries the header `b3: 0` is passed on without a span.
 *
 * @param options - the tracer, by default the global one; hooks; which requests and headers are recorded
 * @returns stops tracing. While it is installed, by whichever copy of this package, installing it again
 *   does nothing.
 * @throws TypeError for an option of the wrong type
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import type { AddressInfo } from 'node:net';
 *
 * const tracer = new MockTracer();
 * const stop = instrumentFetch({ tracer });
 *
 * const server = createServer((_request, response) => void response.end('3 items'));
 * await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
 * const { port } = server.address() as AddressInfo;
 * const response = await fetch(`http://127.0.0.1:${port}/basket?user=ada`);
 * console.log(await response.text());
 *
 * server.closeAllConnections();
 * await new Promise<unknown>((done) => void server.close(done));
 * stop();
 * console.log(tracer.getSpan('GET').tags['http.status_code']);
 * ```
 * ```text
 * 3 items
 * 200
 * ```
 */
export function instrumentFetch(options: FetchTracingOptions = {}): () => void {
  const rules = new RequestTracing('instrumentFetch', 'fetch', options);
  return installOnce('fetch', () => {
    const { process } = globalThis as { process?: Process };
    const channels = process?.getBuiltinModule?.('node:diagnostics_channel') as
      | Channels
      | undefined;
    const stops = channels === undefined ? [] : [traceUndici(channels, rules)];
    if (!announcesFetch(process?.versions)) {
      stops.push(replaceGlobalFetch({ rules, mayPropagate: () => true }));
    }
    return () => {
      for (const stop of stops) {
        stop();
      }
    };
  });
}

/**
 * A function like `fetch` with a client span for each call, on any runtime: a child of the active span,
 * whose context goes into the request's headers, and which finishes when the body of the response has
 * been received: as the program reads it, for nothing else is read or kept. Where the program has not
 * begun to read it after 5 seconds, the span ends with the headers. Redirects are part of the call, and
 * a line in the span's log. Errors, statuses and `b3: 0` are as with {@link instrumentFetch}, which gives
 * no second span for such a request.
 *
 * @param fetch - that of the runtime, or one like it
 * @param options - the tracer, by default the global one; hooks; which requests and headers are recorded
 * @returns what behaves as `fetch` does: the same results and errors, and its own properties
 * @throws TypeError when `fetch` is no function, or for an option of the wrong type
 * @typeParam F - the type of the function, which stays
 * @example
 * ```ts
 * const tracer = new MockTracer();
 * const answer = traceFetch(async (_url: string) => new Response('3 items'), { tracer });
 *
 * console.log(await (await answer('http://shop.example/basket?user=ada')).text());
 * console.log(tracer.getSpan('GET').tags['http.url']);
 * ```
 * ```text
 * 3 items
 * http://shop.example/basket
 * ```
 */
export function traceFetch<F extends Fetch>(fetch: F, options: FetchTracingOptions = {}): F {
  if (typeof fetch !== 'function') {
    throw new TypeError(`traceFetch takes a function, not ${describeValue(fetch)}; pass fetch.`);
  }
  return tracedFetch(fetch, {
    rules: new RequestTracing('traceFetch', 'fetch', options),
    mayPropagate: () => true,
  });
}

/** Whether `fetch` is that of Node: that of others is their own, also where they pretend to be Node. */
function announcesFetch(versions: Process['versions']): boolean {
  return (
    versions?.undici !== undefined && versions.bun === undefined && versions.deno === undefined
  );
}
