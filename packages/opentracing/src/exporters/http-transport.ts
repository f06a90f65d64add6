import type * as nodeHttp from 'node:http';
import type * as nodeHttps from 'node:https';
import { ExportError } from '../basictracer/span-exporter.js';
import type { Transport } from './transport.js';

/** How an {@link httpTransport} sends. */
export interface HttpTransportOptions {
  /** Where to: an `http:` or `https:` URL. */
  url: string;
  /** Sent with each request beside the content type. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** How long a request may take, in milliseconds. By default 10,000. */
  timeoutMs?: number | undefined;
}

// Some browsers refuse a request that outlives its page when its body is larger.
const MAX_KEEPALIVE_BYTES = 60_000;
const MAX_REASON_LENGTH = 200;

/**
 * Sends each batch as one POST request: over the `http` module of Node where there is one, with a
 * connection that is kept alive and keeps no program running, and over `fetch` elsewhere.
 *
 * The requests carry `b3: 0`, which says to every B3 tracer on the way, the instrumentation of this
 * package included, that they are not to be traced.
 *
 * @throws TypeError for a URL that is none, or not one of HTTP
 */
export function httpTransport(options: HttpTransportOptions): Transport {
  const url = parseUrl(options.url);
  const headers = { ...options.headers, b3: '0' };
  const timeoutMs = options.timeoutMs ?? 10_000;
  const runtime = (globalThis as { process?: Partial<Pick<NodeJS.Process, 'getBuiltinModule'>> })
    .process;
  const http = runtime?.getBuiltinModule?.(
    url.protocol === 'https:' ? 'node:https' : 'node:http',
  ) as typeof nodeHttp | typeof nodeHttps | undefined;
  return http === undefined
    ? fetchTransport(url, headers, timeoutMs)
    : nodeTransport(http, url, headers, timeoutMs);
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new TypeError(
      `The URL of the collector is '${text}'; it has to be one of HTTP, such as ` +
        "'http://127.0.0.1:9411/api/v2/spans'.",
    );
  }
  return url;
}

function nodeTransport(
  http: typeof nodeHttp | typeof nodeHttps,
  url: URL,
  headers: Record<string, string>,
  timeoutMs: number,
): Transport {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const send = (body: Uint8Array, contentType: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const request = http.request(url, {
        method: 'POST',
        agent: agent as nodeHttp.Agent,
        headers: { ...headers, 'content-type': contentType, 'content-length': body.byteLength },
        signal: AbortSignal.timeout(timeoutMs),
      });
      request.on('socket', (socket) => socket.unref());
      request.on('error', (error) => reject(unreachable(url, error)));
      request.on('response', (response) => {
        const { statusCode = 0 } = response;
        let reason = '';
        response.setEncoding('utf8');
        response.on('data', (text: string) => {
          reason = (reason + text).slice(0, MAX_REASON_LENGTH);
        });
        response.on('error', (error) => reject(unreachable(url, error)));
        response.on('end', () => {
          const refused = refusal(url, statusCode, reason);
          if (refused === null) {
            resolve();
          } else {
            reject(refused);
          }
        });
      });
      request.end(body);
    });
  return Object.assign(send, { close: () => agent.destroy() });
}

function fetchTransport(url: URL, headers: Record<string, string>, timeoutMs: number): Transport {
  return async (body, contentType) => {
    let response: Response;
    let reason: string;
    try {
      response = await fetch(url, {
        method: 'POST',
        headers: { ...headers, 'content-type': contentType },
        body: body as Uint8Array<ArrayBuffer>,
        keepalive: body.byteLength <= MAX_KEEPALIVE_BYTES,
        signal: AbortSignal.timeout(timeoutMs),
      });
      reason = await response.text();
    } catch (error) {
      throw unreachable(url, error);
    }
    const refused = refusal(url, response.status, reason.slice(0, MAX_REASON_LENGTH));
    if (refused !== null) {
      throw refused;
    }
  };
}

/** Why an answer is no acceptance; `null` when it is one. */
function refusal(url: URL, status: number, reason: string): ExportError | null {
  return status >= 200 && status < 300
    ? null
    : new ExportError(
        `The collector at ${withoutSecrets(url)} answered ${status}${reason && `: ${reason.trim()}`}`,
        { retryable: status === 408 || status === 429 || status >= 500 },
      );
}

function unreachable(url: URL, cause: unknown): ExportError {
  const why = cause instanceof Error ? cause.message || cause.name : String(cause);
  return new ExportError(
    `The collector at ${withoutSecrets(url)} cannot be reached (${why}); spans wait until it can`,
    { cause, retryable: true },
  );
}

/** The URL as it may stand in a message: a name and password or a key in the query may not. */
function withoutSecrets(url: URL): string {
  return url.origin + url.pathname;
}
