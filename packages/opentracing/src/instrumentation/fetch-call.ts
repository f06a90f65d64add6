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
  _input: Input;
  _init: Init | undefined;
  _others: unknown[];
  _request: Request | null;

  /** @throws what `fetch` rejects with where the call is wrong */
  constructor([input, init, ...others]: unknown[]) {
    this._input = input as Input;
    this._init = (init ?? undefined) as Init | undefined;
    this._others = others;
    this._request = isRequest(input) ? input : null;
    const method = String(this._init?.method ?? this._request?.method ?? 'GET');
    this.method = methodName(method);
    this.url = absoluteUrl(this._request?.url ?? String(input));
    this.headers = new Headers(this._init?.headers ?? this._request?.headers);
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

function isRequest(input: unknown): input is Request {
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
    const copy = new Request(request);
    set(copy.headers, headers);
    return copy;
  } catch {
    // Its body was read: `fetch` refuses it.
    return request;
  }
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
