import { installOnce } from '../install-once.js';
import { RequestTracing } from '../request-tracing.js';
import { replaceGlobalFetch } from '../traced-fetch.js';
import { openExchanges } from './open-exchanges.js';
import type { BrowserTracingOptions } from './options.js';
import { propagateTo } from './propagate-to.js';

/**
 * Traces every request that a page or a worker makes with `fetch`: a client span that is a child of the
 * active span and finishes when the body has been received, as the program reads it, or is given up.
 * Where the program has not begun to read it after 5 seconds, or the page goes away, the span ends with
 * the headers. The context goes into the headers of requests to the page's own origin, and to others that
 * `propagateTo` names. Statuses from 400 and errors set the `error` tag; the tag `http.url` has no query
 * unless `captureQuery` asks for it. Redirects are part of the request.
 *
 * A request that carries the header `b3: 0` is passed on without a span, and so are those by which the
 * exporters of this package send spans.
 *
 * @param options - the tracer, by default the global one; where contexts are sent; hooks
 * @returns stops tracing. While it is installed, by whichever copy of this package, installing it again
 *   does nothing.
 * @throws TypeError for an option of the wrong type
 * @example
 * ```ts
 * const stop = instrumentBrowserFetch({ propagateTo: ['https://api.example.com'] });
 * stop();
 * ```
 */
export function instrumentBrowserFetch(options: BrowserTracingOptions = {}): () => void {
  const of = 'instrumentBrowserFetch';
  const rules = new RequestTracing(of, 'fetch', options);
  const mayPropagate = propagateTo(of, options.propagateTo, rules.guard);
  return installOnce('fetch', () => {
    const open = openExchanges();
    const restore = replaceGlobalFetch({ rules, mayPropagate, onStart: open.add });
    return () => {
      restore();
      open.stop();
    };
  });
}
