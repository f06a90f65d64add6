/**
 * Calls `fn` after so many milliseconds, unless the program has ended, in no zone of zone.js: in one of the
 * program, Angular would wait for the timer before it calls the page stable.
 *
 * @returns takes that back
 * @internal
 */
export function inBackground(delayMs: number, fn: () => void): () => void {
  const { Zone } = globalThis as { Zone?: { root?: { run<R>(fn: () => R): R } } };
  const schedule = () => setTimeout(fn, delayMs);
  const timer = Zone?.root === undefined ? schedule() : Zone.root.run(schedule);
  // In browsers a timer is a number and keeps nothing running.
  (timer as { unref?(): void }).unref?.();
  return () => clearTimeout(timer);
}
