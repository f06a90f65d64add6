import { globalTracer, isGlobalTracerRegistered } from '../global-tracer.js';
import type { Span } from '../span.js';
import type { SpanContext } from '../span-context.js';
import type { Tracer } from '../tracer.js';
import type { InstrumentationOptions } from './options.js';

/** What goes along to another thread or process. */
export interface SendOptions extends InstrumentationOptions {
  /** The span, or the context, that the other side goes on with; by default the active span. */
  span?: Span | SpanContext | null | undefined;
}

/** @internal The tracer that an instrumentation uses; `null` where none was given or registered. */
export function tracerOf({ tracer }: InstrumentationOptions): Tracer | null {
  return tracer ?? (isGlobalTracerRegistered() ? globalTracer() : null);
}

/**
 * Writes the context of what is to go along into a carrier, if there is any.
 *
 * @internal
 */
export function injectInto(options: SendOptions, format: string, carrier: object): void {
  const tracer = tracerOf(options);
  const span = options.span ?? tracer?.activeSpan;
  if (tracer && span) {
    tracer.inject(span, format, carrier);
  }
}
