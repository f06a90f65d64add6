import type { Span } from '../../span.js';
import type { FetchRequest, FetchResponse } from '../fetch-options.js';
import type { RequestTracing } from '../request-tracing.js';
import { runInScope } from '../run-in-scope.js';
import {
  type Dispatcher,
  globalDispatcherClasses,
  loadedDispatcherClasses,
} from './dispatcher-classes.js';

type Dispatch = (this: unknown, options: unknown, handler: unknown) => boolean;

/** Remembers who has made a request that waits for a connection. */
export interface Callers {
  /**
   * Looks for the classes of undici that are there by now.
   *
   * @param request - as undici has announced it
   */
  find(request: object): void;
  stop(): void;
}

/**
 * A request that finds all connections of a pool taken is passed on to one of them when another request
 * has ended there, and in the context of that one. This has it passed on with the span active that was so
 * when the program made the request, which undici announces only then, and has no hook for before.
 *
 * @internal
 */
export function keepCallers(rules: RequestTracing<FetchRequest, FetchResponse>): Callers {
  /** The span that was active where a request was made, by what undici passes on with it. */
  const callers = new WeakMap<object, { span: Span | null }>();
  const seen = new WeakSet<object>();
  const restore: (() => void)[] = [];

  /** Where the request is passed on in another context: who has made it. */
  const callerOf = rules.guard((handler: object, active: Span | null) => {
    const caller = callers.get(handler);
    if (caller === undefined) {
      callers.set(handler, { span: active });
    }
    return caller?.span === active ? undefined : caller;
  });
  const activeSpan = rules.guard(() => rules.tracer()?.activeSpan);

  function wrap(dispatch: Dispatch): Dispatch {
    return function (options, handler) {
      const active = activeSpan();
      const passOn = () => Reflect.apply(dispatch, this, [options, handler]);
      if (active === undefined || typeof handler !== 'object' || handler === null) {
        return passOn();
      }
      const caller = callerOf(handler, active);
      const tracer = rules.tracer();
      return caller === undefined || tracer === null
        ? passOn()
        : runInScope(tracer, caller.span, passOn);
    };
  }

  function add(base: Dispatcher): void {
    if (!seen.has(base)) {
      seen.add(base);
      restore.push(replaceDispatch(base, wrap));
    }
  }

  return {
    find(request) {
      globalDispatcherClasses(seen).forEach(add);
      // Each copy of undici has its own.
      const requestClass = request.constructor;
      if (!seen.has(requestClass)) {
        seen.add(requestClass);
        loadedDispatcherClasses().forEach(add);
      }
    },
    stop() {
      for (const undo of restore) {
        undo();
      }
    },
  };
}

function replaceDispatch(base: Dispatcher, wrap: (dispatch: Dispatch) => Dispatch): () => void {
  const { dispatch } = base;
  const wrapped = wrap(dispatch);
  base.dispatch = wrapped;
  return () => {
    if (base.dispatch === wrapped) {
      base.dispatch = dispatch;
    }
  };
}
