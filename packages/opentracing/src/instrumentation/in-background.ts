/**
 * Runs `fn` in no zone of zone.js: in one of the program, Angular would wait for a timer before it calls the
 * page stable, and look for changes after each event.
 *
 * @internal
 */
export function outOfZones<R>(fn: () => R): R {
  const { Zone } = globalThis as { Zone?: { root?: { run<R>(fn: () => R): R } } };
  return Zone?.root === undefined ? fn() : Zone.root.run(fn);
}

/**
 * Calls `fn` after so many milliseconds, unless the program has ended, and in no zone.
 *
 * @returns takes that back
 * @internal
 */
export function inBackground(delayMs: number, fn: () => void): () => void {
  const timer = outOfZones(() => setTimeout(fn, delayMs));
  // In browsers a timer is a number and keeps nothing running.
  (timer as { unref?(): void }).unref?.();
  return () => clearTimeout(timer);
}
