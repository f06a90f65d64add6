interface Page {
  addEventListener?(type: string, listener: () => void): void;
  removeEventListener?(type: string, listener: () => void): void;
}

// Shared by all copies of this package in one page.
const SLOT = /* @__PURE__ */ Symbol.for('opentracing-ts/v1/page-gone');
const slots = globalThis as { [SLOT]?: Set<() => void> };

/**
 * Calls `fn` when the page goes away, maybe twice, and before what is recorded is sent for the last time:
 * browsers call the listeners of a window in the order in which they were added, whatever they say.
 *
 * @returns takes that back
 * @internal
 */
export function onPageGone(fn: () => void): () => void {
  slots[SLOT] ??= new Set();
  const listeners = slots[SLOT];
  const page = globalThis as Page;
  listeners.add(fn);
  page.addEventListener?.('pagehide', fn);
  return () => {
    listeners.delete(fn);
    page.removeEventListener?.('pagehide', fn);
  };
}

/** @internal Calls those that wait for the end of the page. */
export function tellPageGone(): void {
  for (const fn of slots[SLOT] ?? []) {
    fn();
  }
}
