import { FORMAT_HTTP_HEADERS } from '../../propagation.js';
import type { Tracer } from '../../tracer.js';
import { isCarried } from '../carried-headers.js';
import { ClientExchange } from '../client-exchange.js';
import { startClientSpan } from '../client-span.js';
import { type FetchRequest, type FetchResponse, headersOf } from '../fetch-options.js';
import { isSuppressed } from '../http-tags.js';
import type { RequestTracing } from '../request-tracing.js';
import { keepCallers } from './callers.js';

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

interface UndiciResponse {
  statusCode: number;
  /** Names and values in turn, as bytes. */
  headers?: readonly (Uint8Array | readonly Uint8Array[])[];
}

interface UndiciMessage {
  request: UndiciRequest;
  response?: UndiciResponse;
  error?: unknown;
}

/** The part of `node:diagnostics_channel` that is used here. */
export interface Channels {
  subscribe(name: string, onMessage: (message: unknown) => void): void;
  unsubscribe(name: string, onMessage: (message: unknown) => void): unknown;
}

/**
 * Traces what undici announces, which the `fetch` of Node is built on.
 *
 * @returns stops doing so
 * @internal
 */
export function traceUndici(
  channels: Channels,
  rules: RequestTracing<FetchRequest, FetchResponse>,
): () => void {
  const exchanges = new WeakMap<UndiciRequest, ClientExchange>();
  const callers = keepCallers(rules);
  const hooks: Record<string, (message: UndiciMessage) => void> = {
    'undici:request:create': ({ request }) => {
      const tracer = rules.tracer();
      if (tracer !== null) {
        callers.find(request);
        const exchange = startExchange(rules, tracer, request);
        if (exchange !== null) {
          exchanges.set(request, exchange);
        }
      }
    },
    'undici:request:headers': ({ request, response = { statusCode: 0 } }) => {
      const exchange = exchanges.get(request);
      if (exchange !== undefined) {
        exchange.onHeaders(response.statusCode);
        rules.onResponse(exchange.span, new AnnouncedResponse(response), headersOf);
      }
    },
    'undici:request:trailers': ({ request }) => {
      exchanges.get(request)?.finish();
    },
    'undici:request:error': ({ request, error }) => {
      exchanges.get(request)?.onError(error, isOfProgram(error));
    },
  };
  const subscriptions = Object.entries(hooks).map(([channel, hook]) => {
    const onMessage = rules.guard((message: unknown) => hook(message as UndiciMessage));
    channels.subscribe(channel, onMessage);
    return () => channels.unsubscribe(channel, onMessage);
  });
  return () => {
    for (const stop of subscriptions) {
      stop();
    }
    callers.stop();
  };
}

/** Whether it is the reason for which the program gives a body up: errors of undici and Node have codes. */
function isOfProgram(error: unknown): boolean {
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
  return name === 'AbortError' || (typeof code !== 'string' && name !== 'TimeoutError');
}

function startExchange(
  rules: RequestTracing<FetchRequest, FetchResponse>,
  tracer: Tracer,
  request: UndiciRequest,
): ClientExchange | null {
  const { method, path, upgrade } = request;
  const header = (name: string) => headerOf(request, name);
  // Of those undici publishes no end.
  if (upgrade || method === 'CONNECT' || isSuppressed(header('b3')) || isCarried(header)) {
    return null;
  }
  const announced = new AnnouncedRequest(request);
  if (rules.ignores(announced)) {
    return null;
  }
  const origin = new URL(request.origin);
  const span = startClientSpan(tracer, rules.component, method, origin, path, rules.captureQuery);
  const exchange = new ClientExchange(span);
  // Before those of the tracer are added.
  rules.onRequest(span, announced, headersOf);
  const inject = rules.guard(() => {
    const headers: Record<string, string> = {};
    tracer.inject(span, FORMAT_HTTP_HEADERS, headers);
    for (const name in headers) {
      setHeader(request, name, headers[name] as string);
    }
  });
  inject();
  return exchange;
}

/** The request that was announced, made out as far as the options ask. */
class AnnouncedRequest implements FetchRequest {
  _request: UndiciRequest;

  constructor(request: UndiciRequest) {
    this._request = request;
  }

  get method(): string {
    return this._request.method;
  }

  get url(): URL {
    return new URL(this._request.path, this._request.origin);
  }

  get headers(): Headers {
    const { headers } = this._request;
    return headersFrom(
      typeof headers === 'string' ? headers.split('\r\n').flatMap(nameAndValue) : headers,
    );
  }
}

class AnnouncedResponse implements FetchResponse {
  status: number;
  _headers: NonNullable<UndiciResponse['headers']>;

  constructor({ statusCode, headers = [] }: UndiciResponse) {
    this.status = statusCode;
    this._headers = headers;
  }

  get headers(): Headers {
    return headersFrom(this._headers);
  }
}

function nameAndValue(line: string): string[] {
  const colon = line.indexOf(':');
  return colon === -1 ? [] : [line.slice(0, colon), line.slice(colon + 1).trim()];
}

/** @param list - names and values in turn, of which there may be several */
function headersFrom(list: readonly (unknown | readonly unknown[])[]): Headers {
  const headers = new Headers();
  for (let i = 0; i + 1 < list.length; i += 2) {
    for (const value of Array.isArray(list[i + 1]) ? (list[i + 1] as unknown[]) : [list[i + 1]]) {
      headers.append(String(list[i]), String(value));
    }
  }
  return headers;
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
