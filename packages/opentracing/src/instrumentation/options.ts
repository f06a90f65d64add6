import type { Span } from '../span.js';
import type { Tracer } from '../tracer.js';

/** What every instrumentation takes. */
export interface InstrumentationOptions {
  /** The tracer that starts the spans; by default the global one, asked for anew at each request. */
  tracer?: Tracer | undefined;
  /**
   * Told of the first failure of the tracer or of the instrumentation itself, which the program never
   * sees. By default it is written to the standard error stream.
   */
  onError?: ((error: unknown) => void) | undefined;
}

/**
 * Which requests are traced, and what is recorded of them.
 *
 * What a hook throws goes to `onError`, the first time; the request goes on as if the hook had returned.
 *
 * @typeParam Request - what the library has as a request
 * @typeParam Response - what the library has as a response
 */
export interface RequestRules<Request, Response> {
  /**
   * Whether a request is passed on without a span, such as a health check: `true` leaves it out, as well
   * as it does for the instrumentations that see the same request later. Spans that its handlers start
   * are then roots. By default none is.
   */
  ignore?(request: Request): boolean;
  /** Sees each request right after its span was started, to add tags, say, or to name it. */
  requestHook?(span: Span, request: Request): void;
  /**
   * Sees each response: of a client as soon as its headers are there, of a server when it has been sent
   * or cut off, right before the span finishes.
   */
  responseHook?(span: Span, response: Response): void;
  /**
   * Names of request headers, in any case, whose values become the tags `http.request.header.<name>`,
   * the name in lower case. By default none. Those that carry secrets (`authorization`, `cookie`,
   * `x-api-key`, and names that look like those of tokens) are left out all the same, which `onError`
   * is told of.
   */
  captureRequestHeaders?: readonly string[] | undefined;
  /** As `captureRequestHeaders`, for the response: the tags `http.response.header.<name>`. */
  captureResponseHeaders?: readonly string[] | undefined;
  /**
   * Whether the tag `http.url` has the query too. Values of parameters that look like tokens, by their
   * name or by themselves, are then replaced by `REDACTED`. By default `false`.
   */
  captureQuery?: boolean | undefined;
}

/**
 * What an instrumentation of requests takes.
 *
 * @typeParam Request - what the library has as a request
 * @typeParam Response - what the library has as a response
 */
export interface RequestTracingOptions<Request, Response>
  extends InstrumentationOptions,
    RequestRules<Request, Response> {}
