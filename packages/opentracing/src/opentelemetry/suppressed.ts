import type { Context } from '@opentelemetry/api';

// The key of `suppressTracing` in @opentelemetry/core, which is not imported for it.
const SUPPRESS_TRACING = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/** @internal Whether nothing may be traced there: an exporter at work, say. */
export function isSuppressed(context: Context): boolean {
  return context.getValue(SUPPRESS_TRACING) === true;
}
