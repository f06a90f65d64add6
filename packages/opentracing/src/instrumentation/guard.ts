/**
 * Wraps a hook so that nothing it throws reaches the program; the wrapped hook then returns
 * `undefined`.
 *
 * @internal
 */
export type Guard = <A extends unknown[], R>(
  hook: (...args: A) => R,
) => (...args: A) => R | undefined;

/** @internal A guard that tells `onError` of the first failure of all hooks that it wraps. */
export function createGuard(onError: (error: unknown) => void = warn): Guard {
  let reported = false;
  return (hook) =>
    (...args) => {
      try {
        return hook(...args);
      } catch (error) {
        if (!reported) {
          reported = true;
          tell(error, onError);
        }
        return undefined;
      }
    };
}

/** @internal Tells `onError` of something, whatever that throws. */
export function tell(error: unknown, onError: (error: unknown) => void): void {
  try {
    onError(error);
  } catch {
    // Nobody is left to tell.
  }
}

function warn(error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  console.warn(`opentracing-ts: tracing failed (said once): ${reason}`);
}
