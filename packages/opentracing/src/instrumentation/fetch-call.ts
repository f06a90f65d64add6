const STANDARD_METHOD = /^(delete|get|head|options|post|put)$/i;

type Input = Parameters<typeof fetch>[0];
type Init = NonNullable<Parameters<typeof fetch>[1]>;

/**
 * One call of `fetch`: read as `fetch` itself reads it, and changed in nothing but the headers.
 *
 * Source: Fetch, section 5.4, "Request class", the constructor.
 *
 * @internal
 */
export class FetchCall {
  url: URL;
  method: string;
  headers: Headers;
  /** Whether the program's own headers can be read but once, so that they are gone by now. */
  areHeadersSpent: boolean;
  _input: Input;
  _init: Init | undefined;
  _others: unknown[];
  _request: Request | null;

  /** @throws what `fetch` rejects with where the call is wrong */
  constructor([input, init, ...others]: unknown[]) {
    this._input = input as Input;
    this._init = optionsOf(init);
    this._others = others;
    this._request = isRequest(input) ? input : null;
    const { method = this._request?.method ?? 'GET', headers = this._request?.headers } =
      this._init ?? {};
    this.method = methodName(String(method));
    this.url = absoluteUrl(this._request?.url ?? String(input));
    this.headers = new Headers(headers);
    this.areHeadersSpent = typeof (headers as Partial<Iterator<unknown>>)?.next === 'function';
  }

  /** Whether `error` is the reason for which the program has given the request up. */
  isGivenUp(error: unknown): boolean {
    const { name } = (error ?? {}) as { name?: unknown };
    const { aborted = false, reason } = this._init?.signal ?? this._request?.signal ?? {};
    return name === 'AbortError' || (aborted && reason === error && name !== 'TimeoutError');
  }

  /** The arguments with more headers; those that the program has set of these are replaced. */
  with(headers: Readonly<Record<string, string>>): unknown[] {
    if (this._request !== null && Object.keys(this._init ?? {}).length === 0) {
      return [withMore(this._request, headers), this._init, ...this._others];
    }
    const all = new Headers(this.headers);
    set(all, headers);
    return [this._input, withHeaders(this._init, all), ...this._others];
  }
}

/** @throws TypeError for what `fetch` does not take as its options */
function optionsOf(init: unknown): Init | undefined {
  if (init !== null && init !== undefined && Object(init) !== init) {
    throw new TypeError('The options are no object.');
  }
  return (init ?? undefined) as Init | undefined;
}

/** Also those of another frame, and of a package that brings its own. */
function isRequest(input: unknown): input is Request {
  return isOfRuntime(input) || Object.prototype.toString.call(input) === '[object Request]';
}

function isOfRuntime(input: unknown): boolean {
  return typeof Request === 'function' && input instanceof Request;
}

/** @internal A method as it is sent: a standard one in upper case. */
export function methodName(method: string): string {
  return STANDARD_METHOD.test(method) ? method.toUpperCase() : method;
}

/**
 * @internal A URL that may be relative, in a page or in the worker of a page.
 *
 * @throws TypeError where it is none
 */
export function absoluteUrl(url: string): URL {
  const { document, location } = globalThis as {
    document?: { baseURI?: string };
    location?: { href?: string };
  };
  return new URL(url, document?.baseURI ?? location?.href);
}

function set(into: Headers, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    into.set(name, value);
  }
}

/** A copy, which has the body and the signal: an option beside a request would take its referrer away. */
function withMore(request: Request, headers: Readonly<Record<string, string>>): Request {
  try {
    const copy = copyOf(request);
    set(copy.headers, headers);
    return copy;
  } catch {
    // Its body was read: `fetch` refuses it.
    return request;
  }
}

function copyOf(request: Request): Request {
  return isOfRuntime(request) ? new Request(request) : new (classOf(request))(request);
}

/** The class that has the properties of a request, below those that a program derives from it. */
function classOf(request: Request): typeof Request {
  let prototype = request;
  while (!Object.hasOwn(prototype, 'url')) {
    prototype = Object.getPrototypeOf(prototype);
  }
  return prototype.constructor as typeof Request;
}

function withHeaders(init: Init | undefined, headers: Headers): Init {
  if (init === undefined || isPlain(init)) {
    return { ...init, headers };
  }
  // Its members may be inherited, or accessors.
  return new Proxy(init, {
    get: (target, name) => (name === 'headers' ? headers : Reflect.get(target, name)),
    has: (target, name) => name === 'headers' || Reflect.has(target, name),
  });
}

function isPlain(object: object): boolean {
  const prototype = Object.getPrototypeOf(object);
  return prototype === Object.prototype || prototype === null;
}
