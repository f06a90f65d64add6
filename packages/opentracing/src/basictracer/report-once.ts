/**
 * What an `onError` option is given as its default: failures of tracing are told on the standard error
 * stream, once for each kind, and never thrown.
 *
 * @internal
 */
export function reportOnce(
  onError: ((error: Error) => void) | undefined,
): (error: unknown) => void {
  const told = new Set<string>();
  return (cause) => {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    try {
      if (onError !== undefined) {
        onError(error);
      } else if (!told.has(error.name)) {
        told.add(error.name);
        console.warn(`opentracing-ts: ${error.message}`);
      }
    } catch {
      // A hook that throws must not break the program that is traced.
    }
  };
}
