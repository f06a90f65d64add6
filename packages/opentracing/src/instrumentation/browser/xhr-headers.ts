import type { FetchRequest, FetchResponse } from '../fetch-options.js';
import type { Xhr, XhrState } from './xml-http-request.js';

/** @internal The request of an object, as the options get it. */
export function requestOf({ method, headers }: XhrState, url: URL): FetchRequest {
  return { method, url, headers };
}

/** @internal The response of an object, whose headers are made out as far as the options ask. */
export class XhrResponse implements FetchResponse {
  status: number;
  _xhr: Xhr;

  constructor(xhr: Xhr) {
    this.status = xhr.status;
    this._xhr = xhr;
  }

  get headers(): Headers {
    const headers = new Headers();
    // Asked for by name, a header that the page may not see gives an error in the console.
    for (const line of this._xhr.getAllResponseHeaders().split('\r\n')) {
      const colon = line.indexOf(':');
      if (colon > 0) {
        headers.append(line.slice(0, colon), line.slice(colon + 1));
      }
    }
    return headers;
  }
}
