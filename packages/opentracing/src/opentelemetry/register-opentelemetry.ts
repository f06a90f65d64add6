import { context, propagation, trace } from '@opentelemetry/api';
import { OpenTracingContextManager } from './context-manager.js';
import { OpenTracingPropagator } from './propagator.js';
import { reportOnce } from './report-once.js';
import { type OpenTracingBridgeOptions, OpenTracingTracerProvider } from './tracer-provider.js';

/**
 * Makes instrumentation written for OpenTelemetry report into a tracer of OpenTracing: registers a
 * tracer provider, a context manager and a propagator with `@opentelemetry/api`. Call it before the
 * instrumentation is enabled and before the libraries that it instruments are loaded.
 *
 * Where something else is registered already it stays, and `onError` is told which.
 *
 * @param options - the tracer, by default the global one
 * @returns takes out again what this call registered
 * @throws TypeError for a tracer that is none
 * @example
 * ```ts
 * import { trace } from '@opentelemetry/api';
 *
 * const tracer = new MockTracer();
 * const unregister = registerOpenTelemetry({ tracer });
 * trace.getTracer('kitchen').startActiveSpan('lunch', (span) => {
 *   tracer.startSpan('soup').finish();
 *   span.end();
 * });
 * unregister();
 * console.log(tracer.formatTrees());
 * ```
 * ```text
 * lunch
 * └ soup
 * ```
 */
export function registerOpenTelemetry(options?: OpenTracingBridgeOptions | null): () => void {
  const report = reportOnce(options?.onError);
  const shared = { tracer: options?.tracer, onError: report };
  const provider = new OpenTracingTracerProvider(shared);
  const manager = new OpenTracingContextManager(shared);
  const propagator = new OpenTracingPropagator(shared);
  const undo: (() => void)[] = [];
  const register = (what: string, isRegistered: boolean, disable: () => void) => {
    if (isRegistered) {
      undo.push(disable);
    } else {
      report(
        new Error(`OpenTelemetry has a ${what} already, which stays: register this one first.`),
      );
    }
  };
  register('tracer provider', trace.setGlobalTracerProvider(provider), () => trace.disable());
  register('context manager', context.setGlobalContextManager(manager), () => context.disable());
  register('propagator', propagation.setGlobalPropagator(propagator), () => propagation.disable());
  return () => {
    for (const disable of undo.splice(0)) {
      disable();
    }
  };
}
