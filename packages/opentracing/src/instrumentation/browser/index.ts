/**
 * Traces the requests of a page, by `fetch` and XMLHttpRequest, and how the page was loaded.
 *
 * @module
 */
import { instrumentBrowserFetch } from './browser-fetch.js';
import type { InstrumentBrowserOptions } from './options.js';
import { instrumentPageLoad } from './page-load.js';
import { instrumentXMLHttpRequest } from './xhr.js';

export type { FetchRequest, FetchResponse, FetchTracingOptions } from '../fetch-options.js';
export type { InstrumentationOptions, RequestRules, RequestTracingOptions } from '../options.js';
export { instrumentBrowserFetch } from './browser-fetch.js';
export type {
  BrowserTracingOptions,
  InstrumentBrowserOptions,
  PageLoadOptions,
  PropagationTarget,
} from './options.js';
export { instrumentPageLoad } from './page-load.js';
export { instrumentXMLHttpRequest } from './xhr.js';

/**
 * Traces a page: {@link instrumentBrowserFetch}, {@link instrumentXMLHttpRequest} and
 * {@link instrumentPageLoad} with the same options. In a worker it does what there is to do.
 *
 * @param options - the tracer, by default the global one; where contexts are sent; hooks
 * @returns stops tracing
 * @throws TypeError for an option of the wrong type
 * @example
 * ```ts
 * const tracer = new MockTracer();
 * const stop = instrumentBrowser({ tracer, propagateTo: ['https://api.example.com'] });
 * stop();
 * ```
 */
export function instrumentBrowser(options: InstrumentBrowserOptions = {}): () => void {
  const stops = [
    instrumentBrowserFetch(options),
    instrumentXMLHttpRequest(options),
    instrumentPageLoad(options),
  ];
  return () => {
    for (const stop of stops) {
      stop();
    }
  };
}
