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
      try {
        onError(error);
      } catch {
        // Nobody is left to tell.
      }
    }
  };
}

function warn(error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  console.warn(`opentracing-ts: the bridge to OpenTelemetry failed (said once): ${reason}`);
}
