import { onPageGone } from '../../page-gone.js';
import type { FetchRequest, FetchResponse } from '../fetch-options.js';
import { inBackground, outOfZones } from '../in-background.js';
import { installOnce } from '../install-once.js';
import { RequestTracing } from '../request-tracing.js';
import type { PageLoadOptions } from './options.js';
import { type Page, thisPage } from './page.js';
import { recordPage } from './record-page.js';

/**
 * Records how the page was loaded, once it is: a span `page load` from the navigation to the end of the
 * `load` event, with the moments in between as logs; in it the request for the document, and with
 * `resources` one for each script, image and so on.
 *
 * It is a child of the span that the server names in the page, by `<meta name="traceparent" content="...">`
 * or by the response header `Server-Timing: traceparent;desc="..."`: any names that the tracer extracts
 * will do, so `b3` too. Without one it is a root.
 *
 * A page that goes away before it was loaded gives a span with the log `aborted`; one that is rendered
 * before the user sees it (prerender) is recorded when it is shown, and not at all when it never is; one
 * that comes back from the back/forward cache was not loaded, and gives none. The tag `page.hidden` says
 * that the page was loaded in the background, where browsers take their time.
 *
 * Source: Navigation Timing Level 2, section 4; Resource Timing; Server Timing; Prerendering Revamped.
 *
 * @param options - the tracer, by default the global one, asked for when the page is loaded; hooks
 * @returns stops it where the page is not loaded yet. Once it is installed, by whichever copy of this
 *   package, and where there is no page, installing it does nothing.
 * @throws TypeError for an option of the wrong type
 * @example
 * ```ts
 * const stop = instrumentPageLoad({ resources: true });
 * stop();
 * ```
 */
export function instrumentPageLoad(options: PageLoadOptions = {}): () => void {
  const rules = new RequestTracing('instrumentPageLoad', 'page', options);
  const page = thisPage();
  return page === null
    ? () => {}
    : installOnce('page-load', () => outOfZones(() => waitForPage(page, rules, options)));
}

type Rules = RequestTracing<FetchRequest, FetchResponse>;

function waitForPage(page: Page, rules: Rules, { resources }: PageLoadOptions): () => void {
  const { document } = page;
  let isOver = false;
  let takeBack = () => {};
  const record = rules.guard((isAborted: boolean) => {
    if (!isOver) {
      isOver = true;
      recordPage(page, rules, isAborted, resources === true);
    }
  });
  const onLoaded = () => {
    // The event has an end only when all have heard of it.
    takeBack = inBackground(0, () => record(false));
  };
  let stopListening = () => {};
  const onShown = () => {
    stopListening = onPageGone(() => record(true));
    if (document.readyState === 'complete') {
      onLoaded();
    } else {
      page.addEventListener('load', onLoaded);
    }
  };
  if (document.prerendering) {
    document.addEventListener('prerenderingchange', onShown);
  } else {
    onShown();
  }
  return () => {
    isOver = true;
    takeBack();
    document.removeEventListener('prerenderingchange', onShown);
    page.removeEventListener('load', onLoaded);
    stopListening();
  };
}
