import type { Guard } from '../guard.js';
import { type Method, overrideMethod } from '../override-method.js';
import { patternOfMatch } from './mount-patterns.js';
import { type ExpressRequest, type RoutedRequest, routedRequest } from './routed-request.js';

/** One handler, as the routers of express 4 and of express 5 before router 2.3 keep it. */
interface Layer {
  /** The path that matched. */
  path?: string | undefined;
  params?: Readonly<Record<string, unknown>> | undefined;
  /** Set where the layer leads into a route. */
  route?: { path: unknown } | undefined;
}

/** The names of the two methods in express 4, and in express 5. */
const HANDLE_REQUEST = ['handle_request', 'handleRequest'];
const HANDLE_ERROR = ['handle_error', 'handleError'];

/**
 * Follows traced requests through routers that publish nothing, of which no hook tells the route. It
 * stays for good; with a request that is not traced it does nothing.
 *
 * @param layer - one of the copy of express that is to be watched
 * @internal
 */
export function watchLayers(layer: object, guard: Guard): void {
  const prototype = Object.getPrototypeOf(layer) as Record<string, unknown>;
  const enter = guard(enterLayer);
  const fail = guard((routed: RoutedRequest, error: unknown) => {
    if (error && error !== 'route' && error !== 'router') {
      routed.onError(error);
    }
  });

  const wrapRequest = (original: Method): Method =>
    function (request, response, next) {
      const routed = routedRequest(request as object);
      if (routed === undefined) {
        return Reflect.apply(original, this, [request, response, next]);
      }
      enter(routed, this as Layer, request as ExpressRequest);
      const onNext = (error?: unknown) => {
        fail(routed, error);
        return (next as Method)(error);
      };
      return Reflect.apply(original, this, [request, response, onNext]);
    };
  // Of the other errors, such as those of `router.param`.
  const wrapError = (original: Method): Method =>
    function (error, request, response, next) {
      const routed = routedRequest(request as object);
      if (routed !== undefined) {
        fail(routed, error);
      }
      return Reflect.apply(original, this, [error, request, response, next]);
    };

  override(prototype, HANDLE_REQUEST, wrapRequest);
  override(prototype, HANDLE_ERROR, wrapError);
}

function override(prototype: object, names: string[], wrap: (original: Method) => Method): void {
  for (const name of names.filter((name) => name in prototype)) {
    overrideMethod(prototype, name, wrap);
  }
}

function enterLayer(routed: RoutedRequest, layer: Layer, request: ExpressRequest): void {
  const { path, params, route } = layer;
  if (route !== undefined) {
    routed.onRoute(route.path);
  } else if (!request.route?.stack.includes(layer)) {
    routed.onMiddleware();
    if (path && path !== '/') {
      routed.onMount(patternOfMatch(path, params ?? {}), path);
    }
  }
}
