import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Guard } from '../guard.js';
import type { Path } from './mount-patterns.js';
import { type ExpressRequest, routedRequest } from './routed-request.js';

const START = 'tracing:express.router.request:start';
const ERROR = 'tracing:express.router.request:error';

/** What a router publishes of a handler that it calls. */
interface Invocation {
  req: ExpressRequest;
  layer: unknown;
  /** The path that the route, the router or the middleware was given. */
  route: Path;
  /** The parameter that the handler is for, if it is for one. */
  param?: string;
  error?: unknown;
  errorHandler?: boolean;
}

let users = 0;
let stop = () => {};

/**
 * Follows traced requests through the routers that publish what they do, which are those of express
 * from router 2.3 on. There is one subscription for all who want it.
 *
 * @returns stops doing so, once all have stopped who want it
 * @internal
 */
export function followRouters(guard: Guard): () => void {
  if (users === 0) {
    stop = subscribeToRouters(guard);
  }
  users += 1;
  return () => {
    users -= 1;
    if (users === 0) {
      stop();
    }
  };
}

function subscribeToRouters(guard: Guard): () => void {
  const onStart = guard((message: unknown) => {
    const { req, layer, route, param, errorHandler } = message as Invocation;
    const routed = routedRequest(req);
    if (routed === undefined || param !== undefined || errorHandler) {
      return;
    }
    if (req.route?.stack.includes(layer)) {
      routed.onRoute(route);
      return;
    }
    routed.onMiddleware();
    if (route !== '/') {
      routed.onMount(route);
    }
  });
  const onError = guard((message: unknown) => {
    const { req, error } = message as Invocation;
    routedRequest(req)?.onError(error);
  });
  subscribe(START, onStart);
  subscribe(ERROR, onError);
  return () => {
    unsubscribe(START, onStart);
    unsubscribe(ERROR, onError);
  };
}
