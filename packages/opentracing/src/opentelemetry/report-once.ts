/** What the bridge takes, in either direction. */
export interface OpenTelemetryErrorOptions {
  /**
   * Told of the first failure of a tracer, which the program never sees. By default it is written to
   * the standard error stream.
   */
  onError?: ((error: unknown) => void) | undefined;
}

/** @internal Passes on the first failure, whatever it is told later. */
export function reportOnce(onError: (error: unknown) => void = warn): (error: unknown) => void {
  let isReported = false;
  return (error) => {
    if (!isReported) {
      isReported = true;
      tell(error, onError);
    }
  };
}

/** @internal Tells of how the bridge is set up, by default, rather than of a failure. */
export function tell(error: unknown, onError: (error: unknown) => void = warnOfSetUp): void {
  try {
    onError(error);
  } catch {
    // Nobody is left to tell.
  }
}

function warnOfSetUp(error: unknown): void {
  console.warn(`opentracing-ts: ${(error as Error).message}`);
}

function warn(error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  console.warn(`opentracing-ts: the bridge to OpenTelemetry failed (said once): ${reason}`);
}
