import { describeValue } from '../describe-value.js';
import { mistypedOptions } from '../mistyped-options.js';

/**
 * Tells a hook of a failure of tracing, and keeps the program safe from the hook.
 *
 * @param onError - by default, writes to the standard error stream
 * @throws TypeError for a hook that is none
 * @internal
 */
export function errorReporter(onError?: ((error: Error) => void) | null): (cause: unknown) => void {
  const tell = onError ?? warn;
  if (typeof tell !== 'function') {
    throw new TypeError(
      `The onError is ${describeValue(tell)}; ` +
        'give a function such as (error) => console.warn(error.message).',
    );
  }
  return (cause) => {
    try {
      tell(cause instanceof Error ? cause : new Error(String(cause)));
    } catch {
      // A hook that throws must not break the program that is traced.
    }
  };
}

/** @internal Tells of an error unless one of the same trouble has been told; there are few troubles. */
export type ReportOnce = (cause: unknown, trouble: string) => void;

/**
 * Like {@link errorReporter}, but told of each trouble once only: for failures that come with every span.
 *
 * @internal
 */
export function errorReporterOnce(onError?: (error: Error) => void): ReportOnce {
  const told = new Set<string>();
  const report = errorReporter(onError);
  return (cause, trouble) => {
    if (!told.has(trouble)) {
      told.add(trouble);
      report(cause);
    }
  };
}

/**
 * Tells of names of options that look mistyped, all in one sentence; see {@link mistypedOptions}.
 *
 * @internal
 */
export function tellMistyped(
  onError: ((error: Error) => void) | undefined,
  ...names: Parameters<typeof mistypedOptions>
): void {
  const report = errorReporter(onError);
  const slips = mistypedOptions(...names);
  if (slips !== null) {
    report(slips);
  }
}

function warn(error: Error): void {
  console.warn(`opentracing-ts: ${error.message}`);
}
