import type { FetchTracingOptions } from '../fetch-options.js';

/**
 * What other origins may be sent the headers of a trace: an origin such as `https://api.example.com`, an
 * expression that fits the URL, or a function that says so.
 */
export type PropagationTarget = string | RegExp | ((url: URL) => boolean);

/** How the requests of a page are traced. */
export interface BrowserTracingOptions extends FetchTracingOptions {
  /**
   * Where the headers of a trace are sent besides the origin of the page. A browser asks such a server
   * first whether it allows them (`Access-Control-Allow-Headers`), and fails the request where it does
   * not. By default nowhere. A redirect takes the headers along, from the origin of the page to others too:
   * `ignore` leaves out what is redirected to one that does not allow them.
   */
  propagateTo?: readonly PropagationTarget[] | undefined;
}

/** How the loading of a page is traced. */
export interface PageLoadOptions extends FetchTracingOptions {
  /**
   * Whether there is a span for each script, image, style sheet and so on that was loaded with the page.
   * By default `false`.
   */
  resources?: boolean | undefined;
}

/** How a page is traced. */
export interface InstrumentBrowserOptions extends BrowserTracingOptions, PageLoadOptions {}
