import { context, propagation, trace } from '@opentelemetry/api';
import { registry } from './attach.js';
import { OpenTracingContextManager } from './context-manager.js';
import { OpenTracingPropagator } from './propagator.js';
import { reportOnce } from './report-once.js';
import { type OpenTracingBridgeOptions, OpenTracingTracerProvider } from './tracer-provider.js';

const PARTS = { trace, context, propagation };

type Part = keyof typeof PARTS;

/**
 * Makes instrumentation written for OpenTelemetry report into a tracer of OpenTracing: registers a
 * tracer provider, a context manager and a propagator with `@opentelemetry/api`. Call it before the
 * instrumentation is enabled and before the libraries that it instruments are loaded.
 *
 * Where something else is registered already it stays, and `onError` is told which. It is told, too, where
 * the API refuses because another version of it has registered something.
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
  const register = (api: Part, what: string, isRegistered: boolean) => {
    if (isRegistered) {
      undo.push(() => PARTS[api].disable());
    } else {
      report(new Error(whyNot(api, what)));
    }
  };
  register('trace', 'tracer provider', trace.setGlobalTracerProvider(provider));
  register('context', 'context manager', context.setGlobalContextManager(manager));
  register('propagation', 'propagator', propagation.setGlobalPropagator(propagator));
  return () => {
    for (const disable of undo.splice(0)) {
      disable();
    }
  };
}

/** The API only says that it has not registered something. */
function whyNot(part: Part, what: string): string {
  const { [part]: registered, version } = registry();
  return registered === undefined
    ? `OpenTelemetry takes no ${what} from here, as version ${version} of @opentelemetry/api has ` +
        'registered something before and this is another: install one version of it alone.'
    : `OpenTelemetry has a ${what} already, which stays: register this one first.`;
}
