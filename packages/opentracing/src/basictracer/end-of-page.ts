import type { Ending } from './end-of-program.js';

interface Page {
  document?: EventTarget & { visibilityState?: string };
  addEventListener?(type: string, listener: () => void): void;
}

/**
 * Flushes what waits when the page is hidden, which may be the last that it hears, by requests that
 * outlive it; hands the rest on when it goes away. Source: Page Visibility, and HTML on `pagehide`.
 *
 * @internal
 */
export function watchPage(waiting: ReadonlySet<Ending>): void {
  const page = globalThis as Page;
  const { document } = page;
  document?.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') {
      for (const ending of waiting) {
        ending._flushUnheld();
      }
    }
  });
  if (document !== undefined) {
    page.addEventListener?.('pagehide', () => {
      for (const ending of waiting) {
        ending._handOn(ending._exitDeadlineMs, false);
      }
    });
  }
}
