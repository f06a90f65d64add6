/**
 * Wraps a hook so that nothing it throws reaches the program; the wrapped hook then returns
 * `undefined`.
 *
 * @internal
 */
export type Guard = <A extends unknown[], R>(
  hook: (...args: A) => R,
) => (...args: A) => R | undefined;

/**
 * A guard that tells `onError` of the first failure of all hooks that it wraps. A promise that a hook
 * returns is not waited for, but its failure is one too.
 *
 * @internal
 */
export function createGuard(onError: (error: unknown) => void = warn): Guard {
  let reported = false;
  function report(error: unknown): void {
    if (!reported) {
      reported = true;
      tell(error, onError);
    }
  }
  return (hook) =>
    (...args) => {
      try {
        const result = hook(...args);
        if (result instanceof Promise) {
          result.catch(report);
        }
        return result;
      } catch (error) {
        report(error);
        return undefined;
      }
    };
}

/** @internal Tells `onError` of something, whatever that throws. */
export function tell(error: unknown, onError: (error: unknown) => void): void {
  const nobodyIsLeft = () => {};
  try {
    const told: unknown = onError(error);
    if (told instanceof Promise) {
      told.catch(nobodyIsLeft);
    }
  } catch {
    nobodyIsLeft();
  }
}

function warn(error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  console.warn(`opentracing-ts: tracing failed (said once): ${reason}`);
}
