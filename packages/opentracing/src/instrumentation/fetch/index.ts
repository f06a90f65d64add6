/**
 * Traces `fetch` and undici.
 *
 * @module
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Logs } from '../../logs.js';
import { FORMAT_HTTP_HEADERS } from '../../propagation.js';
import type { Span } from '../../span.js';
import { Tags } from '../../tags.js';
import type { Tracer } from '../../tracer.js';
import { createGuard } from '../guard.js';
import { isSuppressed, peerAt, tagPeer } from '../http-tags.js';
import { installOnce } from '../install-once.js';
import { type InstrumentationOptions, tracerSource } from '../options.js';
import { urlTag } from '../url-tag.js';

export type { InstrumentationOptions } from '../options.js';

/** What undici publishes of a request, as far as it is used here. */
interface UndiciRequest {
  origin: string | URL;
  path: string;
  method: string;
  upgrade?: unknown;
  /** Names and values in turn; one string in undici 5. */
  headers: string | (string | string[])[];
  addHeader(name: string, value: string): unknown;
}

interface UndiciMessage {
  request: UndiciRequest;
  response?: { statusCode: number };
  error?: unknown;
}

/**
 * Traces every request that the program makes with the built-in `fetch` or with the package undici,
 * from version 5.23 on: a client span for each exchange, so one for every redirect too. It is a child
 * of the active span, its context goes into the request's headers, and it finishes when the body of
 * the response has been received. Statuses from 400 and errors set the `error` tag; a body that the
 * program cancels does not. The tag `http.url` has no query. Upgrades (WebSocket) and tunnels are not
 * traced.
 *
 * A request that carries the header `b3: 0` is passed on without a span.
 *
 * The limit: a request that had to wait for a connection, which happens only with a dispatcher of a
 * limited number of connections, has the span as its parent that is active when it is its turn.
 *
 * @param options - the tracer, by default the global one
 * @returns stops tracing. While it is installed, by whichever copy of this package, installing it again
 *   does nothing.
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
export function instrumentFetch(options: InstrumentationOptions = {}): () => void {
  return installOnce('fetch', () => {
    const guard = createGuard(options.onError);
    const tracer = tracerSource(options);
    const exchanges = new WeakMap<UndiciRequest, Exchange>();
    const hooks: Record<string, (message: UndiciMessage) => void> = {
      'undici:request:create': ({ request }) => {
        const exchange = startExchange(tracer(), request);
        if (exchange !== null) {
          exchanges.set(request, exchange);
        }
      },
      'undici:request:headers': ({ request, response }) => {
        exchanges.get(request)?.onHeaders(response?.statusCode ?? 0);
      },
      'undici:request:trailers': ({ request }) => {
        exchanges.get(request)?.span.finish();
      },
      'undici:request:error': ({ request, error }) => {
        exchanges.get(request)?.onError(error);
      },
    };
    const subscriptions = Object.entries(hooks).map(([channel, hook]) => {
      const onMessage = guard((message: unknown) => hook(message as UndiciMessage));
      subscribe(channel, onMessage);
      return () => unsubscribe(channel, onMessage);
    });
    return () => {
      for (const stop of subscriptions) {
        stop();
      }
    };
  });
}

/** One request, its response, and its span. */
class Exchange {
  span: Span;
  hasResponse = false;

  constructor(span: Span) {
    this.span = span;
  }

  onHeaders(status: number): void {
    this.hasResponse = true;
    this.span.setTag(Tags.HTTP_STATUS_CODE, status);
    if (status >= 400) {
      this.span.setTag(Tags.ERROR, true);
    }
  }

  onError(error: unknown): void {
    if (this.hasResponse && (error as Partial<Error> | null)?.name === 'AbortError') {
      this.span.log({
        [Logs.EVENT]: 'aborted',
        [Logs.MESSAGE]: 'the program did not want the whole body',
      });
    } else {
      this.span.logError(error);
    }
    this.span.finish();
  }
}

function startExchange(tracer: Tracer, request: UndiciRequest): Exchange | null {
  const { method, upgrade } = request;
  // Of those undici publishes no end.
  if (upgrade || method === 'CONNECT' || isSuppressed(headerOf(request, 'b3'))) {
    return null;
  }
  const origin = new URL(request.origin);
  const host = origin.hostname.replace(/^\[|\]$/g, '');
  const span = tracer.startSpan(method, {
    tags: {
      [Tags.SPAN_KIND]: Tags.SPAN_KIND_RPC_CLIENT,
      [Tags.COMPONENT]: 'fetch',
      [Tags.HTTP_METHOD]: method,
      [Tags.HTTP_URL]: urlTag(origin.origin, request.path),
      [Tags.PEER_HOSTNAME]: host,
    },
  });
  const port = Number(origin.port) || (origin.protocol === 'https:' ? 443 : 80);
  tagPeer(span, peerAt(host, port));
  const headers: Record<string, string> = {};
  tracer.inject(span, FORMAT_HTTP_HEADERS, headers);
  for (const name in headers) {
    setHeader(request, name, headers[name] as string);
  }
  return new Exchange(span);
}

function headerOf({ headers }: UndiciRequest, name: string): unknown {
  if (typeof headers === 'string') {
    return new RegExp(`^${name}: *([^\\r]*)`, 'im').exec(headers)?.[1];
  }
  const index = indexOfHeader(headers, name);
  return index === -1 ? undefined : headers[index + 1];
}

/** A header that the program has set itself is replaced: two of them could not be read. */
function setHeader(request: UndiciRequest, name: string, value: string): void {
  const { headers } = request;
  const index = typeof headers === 'string' ? -1 : indexOfHeader(headers, name);
  if (index === -1) {
    request.addHeader(name, value);
  } else {
    (headers as string[])[index + 1] = value;
  }
}

/** Where the name of a header is in the list; -1 where it is not. */
function indexOfHeader(headers: readonly (string | string[])[], name: string): number {
  const lowerCase = name.toLowerCase();
  for (let i = 0; i < headers.length; i += 2) {
    if (String(headers[i]).toLowerCase() === lowerCase) {
      return i;
    }
  }
  return -1;
}
