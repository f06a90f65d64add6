// A longer delay is taken for none.
const MAX_DELAY_MS = 2 ** 31 - 1;

/**
 * Calls `fn` after so many milliseconds, unless the program has ended; returns what takes that back.
 * Without delay by `setImmediate` where there is one: a timer waits for a millisecond, in which a busy
 * program fills the queue.
 *
 * @internal
 */
export function callLater(delayMs: number, fn: () => void): () => void {
  if (delayMs === 0 && typeof setImmediate === 'function') {
    // An immediate that keeps nothing running waits for an event that wakes the program up: a timer is one.
    const takeBackAlarm = callAfter(1, () => {});
    const immediate = setImmediate(fn);
    (immediate as { unref?(): void }).unref?.();
    return () => {
      takeBackAlarm();
      clearImmediate(immediate);
    };
  }
  return callAfter(delayMs, fn);
}

function callAfter(delayMs: number, fn: () => void): () => void {
  const timer = setTimeout(fn, Math.min(delayMs, MAX_DELAY_MS));
  // In browsers a timer is a number and keeps nothing running.
  (timer as { unref?(): void }).unref?.();
  return () => clearTimeout(timer);
}

/**
 * Resolves when `promise` has settled or after so many milliseconds, and keeps the program running until
 * then, unless it is not to.
 *
 * @internal
 */
export async function settledWithin(
  promise: Promise<unknown>,
  timeoutMs: number,
  isHeld = true,
): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.min(timeoutMs, MAX_DELAY_MS));
  });
  if (!isHeld) {
    (timer as { unref?(): void } | undefined)?.unref?.();
  }
  try {
    await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
