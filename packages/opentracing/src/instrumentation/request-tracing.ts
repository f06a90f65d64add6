import { checkOptions } from '../check-options.js';
import { describeValue } from '../describe-value.js';
import { globalTracer, isGlobalTracerRegistered } from '../global-tracer.js';
import type { Span } from '../span.js';
import { Tracer } from '../tracer.js';
import { type CaptureHeaders, captureHeaders } from './captured-headers.js';
import { NO_OPTIONS, tellMistyped, warn } from './check-instrumentation-options.js';
import { createGuard, type Guard, tell } from './guard.js';
import type { RequestTracingOptions } from './options.js';

const KNOWN: Readonly<Record<keyof RequestTracingOptions<unknown, unknown>, true>> = {
  tracer: true,
  onError: true,
  ignore: true,
  requestHook: true,
  responseHook: true,
  captureRequestHeaders: true,
  captureResponseHeaders: true,
  captureQuery: true,
};

/**
 * The options of one instrumentation, checked, in the form in which each request asks for them. It needs
 * no built-in of Node.
 *
 * @internal
 */
export class RequestTracing<Request extends object, Response extends object> {
  /** The value of the tag `component`. */
  component: string;
  guard: Guard;
  /** Calls a function of the module as {@link Guard} does, without making a function for it. */
  attempt: <A, B, C, R>(fn: (a: A, b: B, c: C) => R, a: A, b: B, c: C) => R | undefined;
  /** Whether the tag `http.url` has the query. */
  captureQuery: boolean;
  /** Set where what was installed for good, such as on a connection, is no longer to do anything. */
  isStopped = false;
  _tracer: Tracer | undefined;
  _ignore: ((request: Request) => boolean | undefined) | null;
  _requestHook: ((span: Span, request: Request) => void) | null;
  _responseHook: ((span: Span, response: Response) => void) | null;
  _requestHeaders: CaptureHeaders | null;
  _responseHeaders: CaptureHeaders | null;

  /**
   * @param of - the function that takes the options, for messages
   * @param guard - one that is shared with others; by default one over `options.onError`
   * @throws TypeError for an option of the wrong type
   */
  constructor(
    of: string,
    component: string,
    options: RequestTracingOptions<Request, Response>,
    guard: Guard = createGuard(options.onError),
  ) {
    check(of, options);
    const { onError = warn } = options;
    const say = (error: Error) => tell(error, onError);
    this.component = component;
    this.guard = guard;
    this.attempt = guard((fn, a, b, c) => fn(a, b, c)) as typeof this.attempt;
    this.captureQuery = options.captureQuery ?? false;
    this._tracer = options.tracer;
    this._ignore = guarded(guard, options, options.ignore);
    this._requestHook = guarded(guard, options, options.requestHook);
    this._responseHook = guarded(guard, options, options.responseHook);
    const { captureRequestHeaders, captureResponseHeaders } = options;
    const capture = (side: string, names: readonly string[] | undefined) => {
      const captured = captureHeaders(`http.${side}.header.`, names, say);
      return captured && guard(captured);
    };
    this._requestHeaders = capture('request', captureRequestHeaders);
    this._responseHeaders = capture('response', captureResponseHeaders);
    tellMistyped(of, options, KNOWN);
  }

  /** The tracer for a request; `null` where it would record nothing, so that nothing need be done. */
  tracer(): Tracer | null {
    const tracer = this._tracer ?? (isGlobalTracerRegistered() ? globalTracer() : null);
    return tracer === null || this.isStopped || tracer.startSpan === Tracer.prototype.startSpan
      ? null
      : tracer;
  }

  ignores(request: Request): boolean {
    return this._ignore !== null && this._ignore(request) === true;
  }

  /**
   * Adds to the span of a request what the options ask for.
   *
   * @param headersOf - asked only where headers are captured; a function of the module, not of the request
   */
  onRequest(span: Span, request: Request, headersOf: (request: Request) => object): void {
    this._requestHeaders?.(span, headersOf(request));
    this._requestHook?.(span, request);
  }

  /** As {@link RequestTracing.onRequest}, for the response. */
  onResponse(span: Span, response: Response, headersOf: (response: Response) => object): void {
    this._responseHeaders?.(span, headersOf(response));
    this._responseHook?.(span, response);
  }
}

function guarded<A extends unknown[], R>(
  guard: Guard,
  options: object,
  hook: ((...args: A) => R) | undefined,
): ((...args: A) => R | undefined) | null {
  // Called as the method of the options that it was written as.
  return hook === undefined || hook === null ? null : guard(hook.bind(options) as typeof hook);
}

function check(of: string, options: RequestTracingOptions<never, never>): void {
  checkOptions(of, options, NO_OPTIONS);
  for (const name of ['ignore', 'requestHook', 'responseHook', 'onError'] as const) {
    refuse(of, name, options[name], typeof options[name] === 'function', 'give a function');
  }
  for (const name of ['captureRequestHeaders', 'captureResponseHeaders'] as const) {
    const names: unknown = options[name];
    const areNames = Array.isArray(names) && names.every((header) => typeof header === 'string');
    refuse(of, name, names, areNames, 'give an array of the names of headers');
  }
  const { captureQuery, tracer } = options;
  refuse(of, 'captureQuery', captureQuery, typeof captureQuery === 'boolean', 'give true or false');
  const isTracer = typeof (tracer as Partial<Tracer> | undefined)?.startSpan === 'function';
  refuse(of, 'tracer', tracer, isTracer, 'give one, or leave it out for the global one');
}

function refuse(of: string, name: string, value: unknown, isRight: boolean, remedy: string): void {
  if (value !== undefined && value !== null && !isRight) {
    throw new TypeError(`The ${name} of ${of} is ${describeValue(value)}; ${remedy}.`);
  }
}
