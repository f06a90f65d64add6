import { checkOptions } from '../check-options.js';
import { describeValue } from '../describe-value.js';
import { NO_OPTIONS, tellMistyped } from './check-instrumentation-options.js';
import { createGuard } from './guard.js';
import type { InstrumentationOptions, RequestRules } from './options.js';
import { RequestTracing } from './request-tracing.js';

/** Options with rules for each side of a connection. */
interface Sides<Server, ServerResponse, Client, ClientResponse> extends InstrumentationOptions {
  servers?: RequestRules<Server, ServerResponse> | false | undefined;
  clients?: RequestRules<Client, ClientResponse> | false | undefined;
}

const KNOWN = { tracer: true, onError: true, servers: true, clients: true } as const;
const INSIDE = 'servers: { … } or clients: { … } around it';
const ELSEWHERE = {
  ignore: INSIDE,
  requestHook: INSIDE,
  responseHook: INSIDE,
  captureRequestHeaders: INSIDE,
  captureResponseHeaders: INSIDE,
  captureQuery: INSIDE,
};

/**
 * The options of an instrumentation of both sides, each in the form in which its requests ask for them;
 * `null` for a side that is not to be traced. Both share one guard, so one first failure.
 *
 * @throws TypeError for an option of the wrong type
 * @internal
 */
export function sidesOf<S extends object, SR extends object, C extends object, CR extends object>(
  of: string,
  component: string,
  options: Sides<S, SR, C, CR>,
): { servers: RequestTracing<S, SR> | null; clients: RequestTracing<C, CR> | null } {
  checkOptions(of, options, NO_OPTIONS);
  const { tracer, onError, servers = {}, clients = {} } = options;
  const guard = createGuard(onError);
  const sides = {
    servers: servers && new RequestTracing(of, component, withShared('servers', servers), guard),
    clients: clients && new RequestTracing(of, component, withShared('clients', clients), guard),
  };
  tellMistyped(of, options, KNOWN, ELSEWHERE);
  return { servers: sides.servers || null, clients: sides.clients || null };

  function withShared<R extends object>(side: string, rules: R): R & InstrumentationOptions {
    if (typeof rules !== 'object') {
      throw new TypeError(
        `The ${side} of ${of} is ${describeValue(rules)}; give an object with rules, or false.`,
      );
    }
    return { ...rules, tracer, onError };
  }
}
