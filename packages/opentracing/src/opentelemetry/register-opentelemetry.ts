import { context, propagation, trace } from '@opentelemetry/api';
import { registry } from './attach.js';
import { OpenTracingContextManager } from './context-manager.js';
import { OpenTracingPropagator } from './propagator.js';
import { tell } from './report-once.js';
import {
  bridgeParts,
  type OpenTracingBridgeOptions,
  OpenTracingTracerProvider,
} from './tracer-provider.js';
import { TracerSource } from './tracer-source.js';

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
  const { report } = bridgeParts('registerOpenTelemetry', options);
  const shared = { tracer: options?.tracer, onError: report };
  const provider = new OpenTracingTracerProvider(shared);
  const manager = new OpenTracingContextManager(shared);
  const propagator = new OpenTracingPropagator(shared);
  const undo: (() => void)[] = [];
  const troubles: string[] = [];
  const register = (api: Part, what: string, isRegistered: boolean) => {
    if (isRegistered) {
      undo.push(() => PARTS[api].disable());
    } else {
      troubles.push(whyNot(api, what));
    }
  };
  register('trace', 'tracer provider', trace.setGlobalTracerProvider(provider));
  register('context', 'context manager', context.setGlobalContextManager(manager));
  register('propagation', 'propagator', propagation.setGlobalPropagator(propagator));
  if (troubles.length > 0) {
    // What is true of the first is true of the others, as a rule.
    tell(new Error(troubles[0]), options?.onError);
  }
  return () => {
    for (const disable of undo.splice(0)) {
      disable();
    }
  };
}

/** The API only says that it has not registered something. */
function whyNot(part: Part, what: string): string {
  const { [part]: registered, version } = registry();
  if (registered === undefined) {
    return (
      `OpenTelemetry takes no ${what} from here, as version ${version} of @opentelemetry/api has ` +
      'registered something before and this is another: install one version of it alone.'
    );
  }
  return new TracerSource(null, null).provider() instanceof OpenTracingTracerProvider
    ? 'registerOpenTelemetry was called before, and what it registered stays; call the function that ' +
        'it returned to take that out first.'
    : `OpenTelemetry has a ${what} already, which stays: register this one first.`;
}
