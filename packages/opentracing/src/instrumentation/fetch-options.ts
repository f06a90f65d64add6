import type { RequestTracingOptions } from './options.js';

/** A request as the options of `instrumentFetch` and its kin get it. */
export interface FetchRequest {
  /** In upper case where it is a standard one. */
  readonly method: string;
  /** Absolute. */
  readonly url: URL;
  /** Those that the program has set; changing them changes nothing of the request. */
  readonly headers: Headers;
}

/** A response as the options of `instrumentFetch` and its kin get it, which a `Response` is. */
export interface FetchResponse {
  /** 0 where the browser does not tell. */
  readonly status: number;
  /** Those that the program may see. */
  readonly headers: Headers;
}

/** Which requests are traced, with which tracer, and what is recorded of them. */
export interface FetchTracingOptions extends RequestTracingOptions<FetchRequest, FetchResponse> {}

/** @internal Where the headers are that the options may ask for. */
export function headersOf({ headers }: FetchRequest | FetchResponse): Headers {
  return headers;
}
