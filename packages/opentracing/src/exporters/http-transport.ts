import { tellMistyped } from '../basictracer/report-error.js';
import { ExportError } from '../basictracer/span-exporter.js';
import { checkFlag } from '../check-method.js';
import { describeValue } from '../describe-value.js';
import { isOfPage, pageOrigin } from '../page-origin.js';
import { fetchPost } from './fetch-post.js';
import { gzipOf, MIN_GZIP_BYTES } from './gzip.js';
import { DEFAULT_RETRY_STATUSES, isAccepted, refusal, unreachable } from './http-answer.js';
import type { HttpTarget } from './http-post.js';
import { nodeHttpFor, nodePost } from './node-post.js';
import type { Transport } from './transport.js';
import { VERSION } from './version.js';
import { withoutPassword } from './without-password.js';

/** Header fields by their names. */
export type HttpHeaders = Readonly<Record<string, string>>;

/** How an {@link httpTransport} sends. */
export interface HttpTransportOptions {
  /**
   * Where to: an `http:` or `https:` URL, as text or as a `URL`. A name and password in it are sent as
   * `Authorization`.
   */
  url: string | { readonly href: string };
  /**
   * Sent with each request beside the content type. A function is asked before each request, for
   * tokens that do not last; while it throws, rejects or gives none, the spans wait. When the program
   * ends there is no waiting for a promise: then its last headers are sent once more.
   */
  headers?: HttpHeaders | (() => HttpHeaders | Promise<HttpHeaders>) | undefined;
  /** How long a request may take, in milliseconds. By default 10,000. */
  timeoutMs?: number | undefined;
  /**
   * Whether bodies of 1 KiB and more are compressed. By default `'gzip'` to other machines: Zipkin,
   * Jaeger and the OpenTelemetry Collector take it. By default `'none'` to `localhost`, where bytes cost
   * less than the work, and in a browser, since those collectors do not let pages of other origins send
   * its header. A collector that refuses compressed spans and takes the same ones uncompressed is sent
   * no more compressed ones: after an answer 415 at once, after 400 or 422 when it has done so twice.
   */
  compression?: 'gzip' | 'none' | undefined;
  /**
   * The statuses after which the same spans are sent again. By default 408, 429, 500, 502, 503 and
   * 504; OTLP's are 429, 502, 503 and 504.
   */
  retryStatuses?: readonly number[] | undefined;
  /**
   * Whether the collector takes JSON as `text/plain` too, as Zipkin does. Then the last spans of a page of
   * another origin are sent so: for that the browser need not ask the collector first, for which there
   * may be no time. By default `false` (in `ZipkinExporter` `true`).
   */
  takesPlainText?: boolean | undefined;
}

/** @internal */
export const HTTP_TRANSPORT_OPTIONS: Readonly<Record<keyof HttpTransportOptions, true>> = {
  url: true,
  headers: true,
  timeoutMs: true,
  compression: true,
  retryStatuses: true,
  takesPlainText: true,
};

const DEFAULT_TIMEOUT_MS = 10_000;
// Longer than the timers of JavaScript can wait.
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * Sends each batch as one POST request: over the `http` module of Node where there is one, with a
 * connection that is kept alive and keeps no program running, and over `fetch` elsewhere, with
 * `keepalive` where the body is small enough for it.
 *
 * It resolves with the body of the answer, of which it reads 64 KiB at most. Redirects are not
 * followed. An answer 400, 413 or 422 is an error that is `divisible`; those of `retryStatuses` and a
 * connection that fails are `retryable`, after `Retry-After` where the answer has it.
 *
 * The requests carry `b3: 0`, which says to every B3 tracer on the way, the instrumentation of this
 * package included, that they are not to be traced; but for those from a page to another origin, which
 * Zipkin would not let through with that header. Outside of pages they name this package as `User-Agent`,
 * unless `headers` has one.
 *
 * @throws TypeError for a URL that is none, or not one of HTTP, headers that are none, or a value of
 *   another type
 * @throws RangeError for a timeout that is none, or a compression that is not known
 */
export function httpTransport(options: HttpTransportOptions): Transport {
  const { target, headers: ownHeaders } = targetOf(options);
  const { url } = target;
  const { retryStatuses = DEFAULT_RETRY_STATUSES } = options;
  const headers = checkedHeaders(options.headers);
  checkStatuses(retryStatuses);
  tellMistyped(undefined, 'httpTransport', options, HTTP_TRANSPORT_OPTIONS);
  const http = nodeHttpFor(url);
  const post = http === undefined ? fetchPost(target) : nodePost(http, target);
  let gzip = compressionOf(options, url) === 'gzip' ? gzipOf() : null;
  let isGzipTaken = false;
  /** How many compressed bodies were refused and taken uncompressed. */
  let gzipRefusals = 0;
  /** What the function for the headers has given last. */
  let known: HttpHeaders | null = null;

  const send: Transport = async (body, contentType) => {
    const plain = { ...ownHeaders, ...lowerCased(await headersNow()), 'content-type': contentType };
    if (gzip === null || body.byteLength < MIN_GZIP_BYTES) {
      return accepted(await post(body, plain));
    }
    const answer = await post(await gzip(body), { ...plain, 'content-encoding': 'gzip' });
    if (isAccepted(answer)) {
      isGzipTaken = true;
    } else if (!isGzipTaken && mayRefuseGzip(answer.status)) {
      const second = await post(body, plain);
      // Once may be by chance, unless it is what the status says.
      if (isAccepted(second) && (answer.status === 415 || ++gzipRefusals === 2)) {
        gzip = null;
      }
      return accepted(second);
    }
    return accepted(answer);
  };

  async function headersNow(): Promise<HttpHeaders> {
    if (typeof headers !== 'function') {
      return headers;
    }
    known = await asked(headers, url);
    return known;
  }

  function accepted(answer: Awaited<ReturnType<typeof post>>): Uint8Array {
    if (!isAccepted(answer)) {
      throw refusal(url, answer, retryStatuses);
    }
    return answer.body;
  }

  function sendLast(
    batches: Parameters<NonNullable<Transport['sendLast']>>[0],
    deadlineMs: number,
  ) {
    const now = typeof headers === 'function' ? givenNow(headers()) : headers;
    if (now === null) {
      throw new ExportError(
        `The function that gives the headers for ${url.origin} gives a promise, for which there is no ` +
          'waiting when the program ends; call `await tracer.close()` before',
        { retryable: true },
      );
    }
    if (post.last === undefined) {
      return 0;
    }
    const requests = batches.map(({ body, contentType }) => ({
      body,
      headers: { ...ownHeaders, ...lowerCased(now), 'content-type': contentType },
    }));
    const { count, answer, why } = post.last(requests, deadlineMs);
    if (answer !== undefined) {
      const cause = refusal(url, answer, []);
      const retryable = retryStatuses.includes(answer.status);
      // There is no later time to find out whether it fails for one bad span.
      throw notTaken(count, cause, retryable, cause.divisible || answer.status === 500);
    }
    if (why !== undefined) {
      throw notTaken(count, unreachable(url, why), true, false);
    }
    return count;
  }

  function givenNow(given: HttpHeaders | PromiseLike<HttpHeaders>): HttpHeaders | null {
    if (!isPromise(given)) {
      return areHeaders(given);
    }
    given.then(undefined, () => {});
    return known;
  }

  return Object.assign(send, { sendLast, close: () => post.close?.() });
}

/** Node takes the last of those that differ in case, `fetch` joins them. */
function lowerCased(headers: HttpHeaders): HttpHeaders {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

function notTaken(
  accepted: number,
  cause: ExportError,
  retryable: boolean,
  divisible: boolean,
): ExportError {
  return new ExportError(cause.message, { retryable, divisible, accepted, cause });
}

/** 415 is what a server is to answer; those that read the bytes as they are cannot decode them. */
function mayRefuseGzip(status: number): boolean {
  return status === 400 || status === 415 || status === 422;
}

function targetOf(options: HttpTransportOptions): { target: HttpTarget; headers: HttpHeaders } {
  const url = parseUrl(options.url);
  const { timeoutMs = DEFAULT_TIMEOUT_MS, takesPlainText = false } = options;
  checkFlag('takesPlainText', takesPlainText);
  if (typeof timeoutMs !== 'number' || !(timeoutMs > 0 && timeoutMs <= MAX_TIMEOUT_MS)) {
    throw new RangeError(
      `timeoutMs is ${describeValue(timeoutMs)}; it has to be a number of milliseconds above 0.`,
    );
  }
  // Of a page of another origin Zipkin takes the content type alone.
  const mayHaveB3 = pageOrigin() === undefined || isOfPage(url);
  const headers: Record<string, string> = mayHaveB3 ? { b3: '0' } : {};
  if (pageOrigin() === undefined) {
    headers['user-agent'] = `opentracing-ts/${VERSION}`;
  }
  if (url.username !== '' || url.password !== '') {
    headers.authorization = basicAuthorization(url);
    url.username = '';
    url.password = '';
  }
  return { target: { url, timeoutMs, takesPlainText }, headers };
}

function parseUrl(given: HttpTransportOptions['url']): URL {
  const text = typeof given === 'object' ? given?.href : given;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new TypeError(
      `The URL of the collector is ${describeValue(typeof given === 'string' ? withoutPassword(given) : given)}; it has to be one of HTTP, such as ` +
        "'http://127.0.0.1:9411/api/v2/spans'.",
    );
  }
  return url;
}

function basicAuthorization({ username, password }: URL): string {
  const bytes = new TextEncoder().encode(`${decoded(username)}:${decoded(password)}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function checkedHeaders(
  given: HttpTransportOptions['headers'],
): NonNullable<HttpTransportOptions['headers']> {
  if (typeof given === 'function') {
    return given;
  }
  try {
    return areHeaders(given);
  } catch (cause) {
    throw new TypeError(
      `The headers for the collector are none (${(cause as Error).message}); pass names with their ` +
        "values, such as { authorization: 'Bearer ...' }.",
      { cause },
    );
  }
}

function isPromise(
  given: HttpHeaders | PromiseLike<HttpHeaders>,
): given is PromiseLike<HttpHeaders> {
  return typeof given?.then === 'function';
}

/** The error does not show what was given: it may be secret. A `Headers` is taken too. */
function areHeaders(headers: HttpHeaders | undefined): HttpHeaders {
  if (headers === undefined) {
    return {};
  }
  if (typeof headers !== 'object' || headers === null) {
    const kind = typeof headers === 'string' ? 'text' : describeValue(headers);
    throw new TypeError(`they are ${kind} rather than an object`);
  }
  if (Symbol.iterator in headers) {
    return Object.fromEntries(new Headers(headers));
  }
  for (const [name, value] of Object.entries(headers)) {
    if (!isHeader(name, value)) {
      throw new TypeError(`${describeValue(name)} has a name or a value that HTTP does not allow`);
    }
  }
  return headers;
}

function isHeader(name: string, value: string): boolean {
  try {
    new Headers([[name, value]]);
    return true;
  } catch {
    return false;
  }
}

function checkStatuses(statuses: unknown): void {
  if (!Array.isArray(statuses) || !statuses.every(Number.isInteger)) {
    throw new TypeError(
      `The retryStatuses are ${describeValue(statuses)}; give a list of numbers such as [429, 503].`,
    );
  }
}

async function asked(headers: () => HttpHeaders | Promise<HttpHeaders>, url: URL) {
  try {
    return areHeaders(await headers());
  } catch (cause) {
    throw new ExportError(
      `The function that gives the headers for ${url.origin} failed (${(cause as Error)?.message}); ` +
        'spans wait until it works',
      { cause, retryable: true },
    );
  }
}

function compressionOf({ compression }: HttpTransportOptions, url: URL): 'gzip' | 'none' {
  if (compression === undefined) {
    return pageOrigin() !== undefined || isLoopback(url) ? 'none' : 'gzip';
  }
  if (compression !== 'gzip' && compression !== 'none') {
    throw new RangeError(
      `The compression ${describeValue(compression)} is not known; use 'gzip' or 'none'.`,
    );
  }
  return compression;
}

function isLoopback({ hostname }: URL): boolean {
  return /^(.+\.)?localhost$|^127\.|^\[::1\]$/.test(hostname);
}
