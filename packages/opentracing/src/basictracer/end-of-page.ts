import { tellPageGone } from '../page-gone.js';
import type { Ending } from './end-of-program.js';

interface Page {
  document?: EventTarget & { visibilityState?: string };
  addEventListener?(type: string, listener: () => void): void;
}

/** @internal Whether this runs in a page, which may go away at any time. */
export function isInPage(): boolean {
  return (globalThis as Page).document !== undefined;
}

/**
 * Flushes what waits when the page is hidden, which may be the last that it hears, by requests that
 * outlive it; sends the rest without the event loop when it goes away. Then a browser says of requests on their way that they
 * have failed, although they go on, and hides the page once more: nothing is sent any more, unless the
 * page comes back.
 *
 * Source: HTML, "unload a document" and `pageshow`; Page Visibility.
 *
 * @internal
 */
export function watchPage(waiting: ReadonlySet<Ending>): void {
  const page = globalThis as Page;
  const { document } = page;
  if (document === undefined) {
    return;
  }
  let isGone = false;
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden' && !isGone) {
      for (const ending of waiting) {
        ending._flushUnheld(false);
      }
    }
  });
  page.addEventListener?.('pagehide', () => {
    tellPageGone();
    isGone = true;
    for (const ending of waiting) {
      ending._sendWithoutLoop(ending._exitDeadlineMs, false);
    }
  });
  page.addEventListener?.('pageshow', () => {
    isGone = false;
  });
}
