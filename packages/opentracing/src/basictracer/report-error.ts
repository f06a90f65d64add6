/**
 * Tells a hook of a failure of tracing, and keeps the program safe from the hook.
 *
 * @param onError - by default, writes to the standard error stream
 * @internal
 */
export function errorReporter(onError: (error: Error) => void = warn): (cause: unknown) => void {
  return (cause) => {
    try {
      onError(cause instanceof Error ? cause : new Error(String(cause)));
    } catch {
      // A hook that throws must not break the program that is traced.
    }
  };
}

/**
 * Like {@link errorReporter}, but told of each kind of error once only: for failures that come with
 * every span.
 *
 * @internal
 */
export function errorReporterOnce(onError?: (error: Error) => void): (cause: unknown) => void {
  const told = new Set<string>();
  const report = errorReporter(onError);
  return (cause) => {
    const kind = cause instanceof Error ? cause.name : typeof cause;
    if (!told.has(kind)) {
      told.add(kind);
      report(cause);
    }
  };
}

function warn(error: Error): void {
  console.warn(`opentracing-ts: ${error.message}`);
}
