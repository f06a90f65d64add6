import { globalTracer } from '../global-tracer.js';
import type { Tracer } from '../tracer.js';

/** What every instrumentation takes. */
export interface InstrumentationOptions {
  /** The tracer that starts the spans; by default the global one, asked for anew at each request. */
  tracer?: Tracer | undefined;
  /**
   * Told of the first failure of the tracer or of the instrumentation itself, which the program never
   * sees. By default it is written to the standard error stream.
   */
  onError?: ((error: unknown) => void) | undefined;
}

/** @internal Where an instrumentation gets its tracer from, at each request. */
export function tracerSource(options: InstrumentationOptions): () => Tracer {
  const { tracer } = options;
  return tracer === undefined ? globalTracer : () => tracer;
}
